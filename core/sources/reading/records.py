"""Turn records (dicts) into a chunk: the contract's columns beside them, for the quick judgement."""
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from core.contract.columns import COLUMNS, Kind
from core.contract.judge import attributes_of
from core.contract.values import Bad
from core.sources.reading.choosing import where
from core.sources.reading.chunk import Chunk, Record

_KNOWN = tuple(column for column in COLUMNS if column != "attributes")
_KEYS = frozenset(_KNOWN)


def chunk_of_records(file: str, lines: Sequence[int], records: Sequence[Record], flaws: Mapping[int, str], shown: Callable[[int], object]) -> Chunk:
    """The chunk of these records; flawed rows have any record, such as an empty one."""
    odd: set[int] = set()
    keys: set[str] = set().union(*records)
    columns = [_column(name, records, odd) for name in _KNOWN if name in keys]
    columns.append(_attributes(records, odd, keys))
    return Chunk(file, lines, records.__getitem__, shown, pl.DataFrame(columns), flaws, frozenset(odd))


def _column(name: str, records: Sequence[Record], odd: set[int]) -> pl.Series:
    """The column as text (a number is its literal, a boolean its word); rows with anything else in it are odd."""
    values = [record.get(name) for record in records]
    kinds = set(map(type, values))
    if bool in kinds and COLUMNS[name] is Kind.BOOLEAN:
        values = [str(value) if isinstance(value, bool) else value for value in values]
        kinds.discard(bool)
    if not all(kind is type(None) or issubclass(kind, str) for kind in kinds):
        odd.update(row for row, value in enumerate(values) if not (value is None or isinstance(value, str)))
        values = [value if isinstance(value, str) else None for value in values]
    return without_empty(pl.Series(name, values, dtype=pl.String))


def without_empty(column: pl.Series) -> pl.Series:
    """Empty text is null in every format."""
    cells = column.alias("cells")  # for the name may be anything
    return where(cells != "", cells).alias(column.name)


def _attributes(records: Sequence[Record], odd: set[int], keys: set[str]) -> pl.Series:
    texts: list[str | None] = [None] * len(records)
    if not keys <= _KEYS:
        for row, record in enumerate(records):
            if not record.keys() <= _KEYS:
                try:
                    texts[row] = attributes_of(present(record))
                except Bad:
                    odd.add(row)
    return pl.Series("attributes", texts, dtype=pl.String)


def present(record: Record) -> dict[str, object]:
    """What the record holds: a column that is null, or empty text, is not there."""
    return {key: value for key, value in record.items() if value is not None and value != ""}
