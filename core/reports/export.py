"""Answers as files: CSV that no spreadsheet can be tricked by, and Excel with typed cells and a sheet that says what they are."""
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import polars as pl

from core.errors import JourneysError
from core.metrics import MEASURES, Column, Query, Result, Unit
from core.metrics.clock import rfc3339
from core.metrics.lineage import basis_of, filters_in_words, range_in_words
from core.metrics.result import json_value
from core.reports.failing import Failing

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_CELL = 32_767  # characters; xlsxwriter leaves a longer one out without a word
MOST_ROWS = 1_048_575  # of a sheet, its header apart
EXACT_INTEGERS = 2**53  # beyond it a spreadsheet's number loses digits
CUT = "… (cut: a cell holds 32,767 characters)"
JOURNEYS = ("journey", "journey_id")  # columns of journey ids: written as two, Journey ID and Journey
_FORMATS = {Unit.COUNT: "#,##0", Unit.PEOPLE: "#,##0", Unit.MONEY: "#,##0.00####", Unit.RATE: "0.0%", Unit.SECONDS: "#,##0.0##",
            Unit.NUMBER: "#,##0.00##"}
_STARTS_FORMULA = r"^[=+\-@\t\r]"
_PHONE = r"^\+[1-9][0-9]{6,14}$"  # may stand as it is: a number, whatever a spreadsheet makes of it


def to_csv(result: Result, path: Path) -> None:
    """The answer, all its rows: UTF-8 with a byte-order mark, RFC 4180, CRLF, labels as headers."""
    with replaced(path) as file:
        write_csv(file, result.columns, [result.frame], result.journeys)


def to_xlsx(result: Result, path: Path, about: Mapping[str, str] | None = None) -> None:
    """The answer as a sheet of typed cells, and a sheet “About”: `about` (title, account…), then filters, basis, snapshot, as-of, definitions."""
    told = [*(about or {}).items(), *about_result(result)]
    with replaced(path) as file:
        write_xlsx(file, result.columns, [result.frame], result.journeys, told)


def about_result(result: Result) -> list[tuple[str, str]]:
    """What an answer is, as lines of a name and a text."""
    lines = [*about_query(result.query), *result.definitions, ("Snapshot", result.snapshot_id), ("As of", rfc3339(result.as_of))]
    return [*lines, *(("Note", text) for text in result.warnings)]


def about_query(query: Query) -> list[tuple[str, str]]:
    """What a question asks: range, basis, filters and the definitions of its measures."""
    lines = [("Range", range_in_words(query)), ("Basis", basis_of(query)), *(("Filter", text) for text in filters_in_words(query))]
    lines += [(MEASURES[name].label, MEASURES[name].definition) for name in query.measures]
    return [*lines, *((formula.name, f"Formula: {formula.text}") for formula in query.formulas)]


def write_csv(file: IO[bytes], columns: Sequence[Column], batches: Iterable[pl.DataFrame], journeys: Mapping[str, str]) -> None:
    """The rows of the batches under one header; memory is bounded by a batch."""
    columns = _with_names(columns)
    header = pl.DataFrame({column.name: [column.label] for column in columns})
    file.write(BYTE_ORDER_MARK)
    _lines(header, file)
    for frame in batches:
        csv_rows(file, columns, _named(frame, journeys))


def csv_rows(file: IO[bytes], columns: Sequence[Column], frame: pl.DataFrame) -> None:
    """Rows of a CSV without a header; `frame` has the columns by their names."""
    _lines(frame.select(_cell(column, frame.schema[column.name]) for column in columns), file)


def write_xlsx(file: IO[bytes], columns: Sequence[Column], batches: Iterable[pl.DataFrame], journeys: Mapping[str, str],
               about: Sequence[tuple[str, str]]) -> None:
    """The rows of the batches in one sheet, `about` in the other. Raises JourneysError where a sheet cannot hold them."""
    with workbook(file) as book:
        write_sheet(book, "Data", columns, batches, journeys)
        write_about(book, about)


@contextmanager
def workbook(file: IO[bytes]) -> Iterator["Book"]:
    """A new workbook with the house's formats; it is whole when this ends. Sheets are written one after the other, row by row, so memory stays small."""
    from xlsxwriter import Workbook  # a tenth of a second that a CSV need not wait
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(Failing(file), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as made:
            bold, bold_right = made.add_format({"bold": True}), made.add_format({"bold": True, "align": "right"})
            yield Book(made, bold, bold_right, {unit: made.add_format({"num_format": text}) for unit, text in _FORMATS.items()})
    except FileCreateError as error:  # what the system said is inside
        raise (error.args[0] if isinstance(error.args[0], OSError) else error) from error


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook of xlsxwriter that is being written, and its formats."""

    made: Any
    bold: Any
    bold_right: Any  # above numbers
    formats: Mapping[Unit, Any]


def write_sheet(book: Book, name: str, columns: Sequence[Column], batches: Iterable[pl.DataFrame], journeys: Mapping[str, str]) -> tuple[Any, int]:
    """The rows of the batches under one header; gives the sheet, and how many rows it has. Raises JourneysError where a sheet cannot hold them."""
    columns = _with_names(columns)
    sheet = book.made.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    printed(sheet)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, max(12, len(column.label) + 2))
        sheet.write_string(0, at, column.label, book.bold if column.unit is Unit.TEXT else book.bold_right)
    height = 0
    for frame in batches:
        for row in _named(frame, journeys).select(column.name for column in columns).iter_rows():
            height += 1
            if height > MOST_ROWS:
                raise JourneysError(f"An Excel sheet holds {MOST_ROWS:,} rows and there are more: export CSV, or ask for fewer.")
            for at, value in enumerate(row):
                _write(sheet, height, at, columns[at], value, book.formats)
    return sheet, height


def printed(sheet: Any, pages: int = 0) -> None:
    """On paper its columns, and the charts beside each other, are not cut apart. `pages`: how many it may take; 0: as many as there are rows for."""
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, pages)


def write_about(book: Book, about: Sequence[tuple[str, str]]) -> None:
    """The sheet that says what the others are: a name and a text a line."""
    sheet = book.made.add_worksheet("About")
    printed(sheet)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for at, (name, text) in enumerate(about):
        sheet.write_string(at, 0, _short(name), book.bold)
        sheet.write_string(at, 1, _short(text))


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the path's place when it is whole and on disk, with the rights that one has, else the umask's; what was there stays until then.

    A device or a pipe (/dev/stdout) is written into, and what a link names is replaced, not the link. Raises JourneysError.
    """
    made = None
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        path = path.resolve()
        with path.with_name(f".new-{token_hex(8)}").open("xb") as draft:
            made = Path(draft.name)
            if path.exists():
                made.chmod(path.stat().st_mode & 0o777)
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
        made.replace(path)
        made = None
    except OSError as problem:
        if "Broken pipe" in str(problem):  # whoever reads what we write has enough of it
            raise
        raise JourneysError(f"{path} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def _with_names(columns: Sequence[Column]) -> list[Column]:
    """The columns of a file: a journey is two of them."""
    written = []
    for column in columns:
        if column.name in JOURNEYS:
            written += [Column(column.name, "Journey ID", Unit.TEXT), Column(f"{column.name} name", "Journey", Unit.TEXT)]
        else:
            written.append(column)
    return written


def _named(frame: pl.DataFrame, journeys: Mapping[str, str]) -> pl.DataFrame:
    ids = [name for name in JOURNEYS if name in frame.columns]
    return frame.with_columns((pl.col(name).replace(dict(journeys)) if journeys else pl.col(name)).alias(f"{name} name") for name in ids)


def _cell(column: Column, kind: pl.DataType) -> pl.Expr:
    """A column as it stands in a CSV: values as in the JSON, and text that begins like a formula behind an apostrophe."""
    cell = pl.col(column.name)
    if isinstance(kind, pl.Date):
        return cell.dt.to_string("%Y-%m" if column.name.startswith("month") else "%Y-%m-%d")
    if isinstance(kind, pl.String):
        return pl.when(cell.str.contains(_STARTS_FORMULA) & ~cell.str.contains(_PHONE)).then("'" + cell).otherwise(cell).alias(column.name)
    return cell


def _lines(frame: pl.DataFrame, file: IO[bytes]) -> None:
    alone = '""' if frame.width == 1 else None  # a row of one null would be a blank line, which readers of CSV leave out
    frame.write_csv(file, include_header=False, line_terminator="\r\n", quote_style="necessary", null_value=alone)


def _write(sheet: Any, row: int, at: int, column: Column, value: Any, formats: Mapping[Unit, Any]) -> None:
    if value is None:
        sheet.write_blank(row, at, None, formats.get(column.unit))  # a row of nulls alone is a row too
    elif isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal) and -EXACT_INTEGERS <= value <= EXACT_INTEGERS:
        sheet.write_number(row, at, value, formats.get(column.unit))
    else:
        sheet.write_string(row, at, _short(str(json_value(column.name, value))))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
