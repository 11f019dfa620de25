"""Make a table of a file's own columns ready: attributes checked and normalised, columns that are none of ours put into them."""
from collections.abc import Sequence

import polars as pl

from core.contract.columns import COLUMNS
from core.contract.judge import attributes_of
from core.contract.objects import NotJson, dumps, parse
from core.contract.values import Bad
from core.sources.reading.choosing import where

_ESCAPED = r'["\\\x00-\x1f]'  # text that JSON has to escape
_DIGITS = r"^-?[0-9]{1,15}\.[0-9]{1,6}$"


def with_ready_attributes(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """(the contract's columns of the table, attributes ready; rows whose attributes only the exact judge can read)."""
    ours = [column for column in table if column.name in COLUMNS and column.name != "attributes"]
    others = [column for column in table if column.name not in COLUMNS and column.null_count() < len(column)]
    own, odd = _own(table)
    if others:
        merged, also_odd = _merged(others)
        both = merged.is_not_null() & own.is_not_null()
        odd = odd | also_odd | both
        own = where(own.is_not_null(), own, merged)
    return pl.DataFrame([*ours, own.alias("attributes")]), odd


def _own(table: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The `attributes` column, normalised; each different text is read once."""
    nothing = pl.Series("attributes", [None], dtype=pl.String).new_from_index(0, len(table))
    if "attributes" not in table.columns or table["attributes"].null_count() == len(table):
        return nothing, pl.Series([False]).new_from_index(0, len(table))
    column = table["attributes"]
    if column.dtype != pl.String:
        return nothing, column.is_not_null()
    texts = column.unique().drop_nulls()
    read = [_normalised(text) for text in texts]
    good = pl.Series([text is not None for text in read], dtype=pl.Boolean)
    ready = column.replace_strict(texts, pl.Series(["" if text is None else text for text in read], dtype=pl.String), default=None, return_dtype=pl.String)
    odd = column.is_in(texts.filter(~good).to_list()).fill_null(False)
    return where(ready != "", ready), odd


def _normalised(text: str) -> str | None:
    """The text of the object as the log keeps it, "" for an empty one; None if it is no object."""
    try:
        return attributes_of({"attributes": parse(text)}) or ""
    except (NotJson, Bad):
        return None


def _merged(columns: Sequence[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """Each row's cells as a JSON object, without those that are null; and the rows of which that cannot be told by column."""
    members, odd = [], pl.Series([False]).new_from_index(0, len(columns[0]))
    for place, named in enumerate(columns):
        column = named.alias(str(place))
        cells, is_plain = _cells(column)
        members.append((dumps(named.name) + ":" + cells).alias(column.name))
        odd = odd | (column.is_not_null() & ~is_plain.fill_null(False))
    inside = pl.DataFrame(members).select(pl.concat_str(pl.all(), separator=",", ignore_nulls=True).alias("inside")).to_series()
    return where(inside != "", "{" + inside + "}"), odd


def _cells(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(the cells as JSON, null where null; which of them are plain)."""
    if column.dtype == pl.String:
        return '"' + column + '"', ~column.str.contains(_ESCAPED)
    text = column.cast(pl.String) if column.dtype.is_integer() or column.dtype.is_float() or column.dtype == pl.Boolean else None
    if text is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(column)), column.is_null()
    return text, text.str.contains(_DIGITS) if column.dtype.is_float() else text.is_not_null()
