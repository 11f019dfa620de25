"""What CSV, Parquet and XLSX share: a header, and the size of a row as NDJSON."""
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from core.contract.columns import LARGEST_RECORD
from core.contract.objects import NotJson, dumps, parse
from core.sources.reading.chunk import Record
from core.sources.reading.opening import Unreadable
from core.sources.reading.records import present

_ESCAPED = 6  # bytes that one may take in JSON: a control character is \\u00XX


def header_of(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """The names without the empty ones at the end. Raises Unreadable for one that is there twice, or empty in between."""
    kept = list(names)
    while kept and not kept[-1]:
        kept.pop()
    twice = next((name for place, name in enumerate(kept) if name in kept[:place]), None)
    if twice is not None:
        what = f"the column “{twice}” twice" if twice else "columns without a name"
        raise Unreadable(f"{path} has {what}: each column needs a name of its own.")
    return tuple(kept)


def too_large_rows(table: pl.DataFrame, record: Callable[[int], Record]) -> list[int]:
    """Rows whose NDJSON is over the limit: measured only where the cells leave any doubt."""
    sizes = pl.Series([sum(len(name.encode()) + 6 for name in table.columns) + 2], dtype=pl.Int64).new_from_index(0, len(table))
    for place, named in enumerate(table):
        column = named.alias(str(place))
        if column.dtype.is_nested() or column.dtype == pl.Binary:
            sizes = sizes + LARGEST_RECORD  # cannot be told from here
        else:
            sizes = sizes + (column.str.len_bytes().cast(pl.Int64).fill_null(0) * _ESCAPED if column.dtype == pl.String else 40)
    doubtful = (sizes > LARGEST_RECORD).arg_true().to_list()
    return [row for row in doubtful if ndjson_size(record(row)) > LARGEST_RECORD]


def ndjson_size(record: Record) -> int:
    """Bytes of UTF-8 of the record's NDJSON: compact, nulls left out, attributes as the object that their text is."""
    try:
        return len(dumps(present(with_parsed_attributes(record))).encode())
    except NotJson:
        return len(repr(record).encode())


def with_parsed_attributes(record: Record) -> Record:
    """The record with the object that its `attributes` are the JSON text of; as it is where they are no JSON."""
    text = record.get("attributes")
    if not isinstance(text, str) or not text:
        return record
    try:
        return {**record, "attributes": parse(text)}
    except NotJson:
        return record
