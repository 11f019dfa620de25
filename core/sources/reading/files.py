"""Which reader a file's name asks for."""
from collections.abc import Callable, Iterator
from pathlib import Path

from core.sources.reading.chunk import Chunk
from core.sources.reading.delimited import csv_chunks
from core.sources.reading.ndjson import ndjson_chunks
from core.sources.reading.opening import Unreadable
from core.sources.reading.parquet import parquet_chunks
from core.sources.reading.xlsx import xlsx_chunks

KINDS = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
READERS: dict[str, Callable[[Path], Iterator[Chunk]]] = {"ndjson": ndjson_chunks, "csv": csv_chunks, "parquet": parquet_chunks, "xlsx": xlsx_chunks}


def kind_of(path: Path) -> str:
    """ndjson, csv, parquet or xlsx, by the name (.gz of the text ones apart). Raises Unreadable."""
    packed = path.suffix.lower() == ".gz"
    kind = KINDS.get((path.with_suffix("") if packed else path).suffix.lower())
    if kind is None or (packed and kind not in ("ndjson", "csv")):
        raise Unreadable(f"{path}: the name must say what it is: .ndjson, .jsonl or .csv (also with .gz), .parquet or .xlsx.")
    return kind


def chunks_of(path: Path) -> Iterator[Chunk]:
    """The rows of the file, in order. Raises Unreadable, perhaps only after some chunks."""
    return READERS[kind_of(path)](path)
