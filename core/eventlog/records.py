"""The typed record frame that the log takes, and what makes two records the same."""
from collections.abc import Iterable, Mapping

import polars as pl

from core.contract.columns import COLUMNS, Kind
from core.contract.objects import canonical

MOMENT = pl.Datetime("us", "UTC")
TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(), Kind.UPPER: pl.String(), Kind.CURRENCY: pl.String(), Kind.MOMENT: MOMENT, Kind.INTEGER: pl.Int64(),
    Kind.DECIMAL: pl.Decimal(18, 6), Kind.DOUBLE: pl.Float64(), Kind.BOOLEAN: pl.Boolean(), Kind.OBJECT: pl.String(),
}
SCHEMA: dict[str, pl.DataType] = {column: TYPES[kind] for column, kind in COLUMNS.items()}
IDENTITY = ("source", "event_id")
APART = ("account_id", "received_at")  # no part of a record's content: a replay brings others
COMPARED = tuple(column for column in COLUMNS if column not in (*IDENTITY, *APART, "attributes"))


def frame_of(records: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """The typed frame (SCHEMA, one row a record, in order) of what `contract.judge` accepted."""
    return pl.DataFrame(list(records), schema=SCHEMA, orient="row")


def same_content(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Row by row: is it the same content (interface §1: all columns as read, attributes by value; account_id and received_at apart)?"""
    equal = pl.Series("equal", [True]).new_from_index(0, len(left))
    for column in COMPARED:
        equal = equal & left[column].eq_missing(right[column])
    return equal & same_attributes(left["attributes"], right["attributes"])


def same_attributes(left: pl.Series, right: pl.Series) -> pl.Series:
    """Row by row: are the two JSON texts equal as objects, with numbers by value and `{}` for none?"""
    equal = left.eq_missing(right).to_list()
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        equal[row] = equal[row] or canonical(one) == canonical(other)
    return pl.Series("equal", equal, dtype=pl.Boolean)
