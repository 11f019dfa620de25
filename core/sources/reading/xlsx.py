"""Read XLSX: the first sheet, a header, then a record a row."""
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from core.contract.columns import COLUMNS, LARGEST_RECORD
from core.contract.objects import Number
from core.sources.reading.chunk import NOT_A_RECORD, TEXT_ROWS, TOO_LARGE, Chunk, Record
from core.sources.reading.opening import Unreadable, said_of
from core.sources.reading.records import chunk_of_records, present
from core.sources.reading.table import header_of, ndjson_size, with_parsed_attributes

_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError)


def xlsx_chunks(path: Path) -> Iterator[Chunk]:
    """The rows of the first sheet that are not empty. Raises Unreadable."""
    with said_of(path):
        rows = _rows(path)
        line, cells = next(rows, (0, ()))
        if not line:
            raise Unreadable(f"{path} is empty.")
        header = header_of(path, ["" if cell is None else str(cell) for cell in cells])
        lines: list[int] = []
        gathered: list[tuple[object, ...]] = []
        for line, cells in rows:
            lines.append(line)
            gathered.append(cells)
            if len(gathered) == TEXT_ROWS:
                yield _chunk(path.name, header, lines, gathered)
                lines, gathered = [], []
        if gathered:
            yield _chunk(path.name, header, lines, gathered)


def _rows(path: Path) -> Iterator[tuple[int, tuple[object, ...]]]:
    """(row number from 1, cells) of the rows that are not empty."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
                if any(cell is not None and cell != "" for cell in cells):
                    yield line, cells
        finally:
            book.close()
    except _BROKEN as error:
        raise Unreadable(f"{path} cannot be read as XLSX: {error}") from error


def _chunk(file: str, header: tuple[str, ...], lines: list[int], rows: list[tuple[object, ...]]) -> Chunk:
    records: list[Record] = []
    flaws: dict[int, str] = {}
    for row, cells in enumerate(rows):
        record = {name: _value(name, cell) for name, cell in zip(header, cells, strict=False)}
        if any(cell is not None and cell != "" for cell in cells[len(header):]):
            flaws[row] = NOT_A_RECORD
        elif ndjson_size(record) > LARGEST_RECORD:
            flaws[row] = TOO_LARGE
        records.append(record)
    read = [with_parsed_attributes(record) for record in records]
    chunk = chunk_of_records(file, lines, read, flaws, lambda row: {name: _shown(value) for name, value in present(records[row]).items()})
    return Chunk(file, lines, records.__getitem__, chunk.shown, chunk.table, flaws, chunk.odd, header, attributes_are_text=True)


def _value(name: str, cell: object) -> object:
    """A number is its literal; a date or time of a column that is none of ours is its ISO text."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Number(repr(cell))
    return str(cell.isoformat()) if isinstance(cell, date) and name not in COLUMNS else cell if isinstance(cell, str | bool | datetime | None) else str(cell)


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
