"""Read columns of plainly good values at once; whatever is not plain is left to the contract's exact readers.

What is called plain here must be read just as core.contract.values reads it: tests hold the two equal.
"""
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from core.access.offsets import instants_of
from core.contract.columns import COLUMNS, EVENT_TYPES, Kind, required_by
from core.contract.judge import AHEAD, Given
from core.eventlog.records import MOMENT, SCHEMA
from core.sources.reading.choosing import where

Read = tuple[pl.Series, pl.Series]  # (typed values, null where there is none; is the row plain?)

_DAY_AND_TIME = r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-5][0-9]"
_OFFSET = r"[+-]([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"^{_DAY_AND_TIME}(\.[0-9]{{1,9}})?([Zz]|{_OFFSET})?$"
_INTEGER = r"^-?[0-9]{1,18}$"
_DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
_DOUBLE = r"^[0-9]{1,15}(\.[0-9]{1,15})?$"
_CLOSE = (datetime(1970, 1, 1), datetime(2037, 1, 1))  # noqa: DTZ001  (naive as the columns)
_YEARS = (datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001


def plainly_good(table: pl.DataFrame, given: Given) -> tuple[pl.DataFrame, pl.Series]:
    """(the typed frame, eventlog.SCHEMA; which of its rows are plainly good). `table` has columns of the contract, attributes ready."""
    typed, plain = [], _all(True, len(table))
    for column, kind in COLUMNS.items():
        values, is_plain = _column(table, column, kind, given)
        typed.append(values.alias(column))
        plain = plain & is_plain
    frame = pl.DataFrame(typed, schema=SCHEMA)
    return frame, plain & _passes(frame, given)


def _column(table: pl.DataFrame, column: str, kind: Kind, given: Given) -> Read:
    if column in table.columns and table[column].dtype != pl.Null:
        values, is_plain = READERS[kind](table[column], given.zone)
        is_plain = (is_plain & values.is_not_null()).fill_null(False) | table[column].is_null()
    else:
        values, is_plain = _all(None, len(table), SCHEMA[column]), _all(True, len(table))
    default = {"source": given.source, "is_machine": False, "received_at": given.now}.get(column)
    return values if default is None else values.fill_null(pl.lit(default, dtype=SCHEMA[column])), is_plain


def _passes(frame: pl.DataFrame, given: Given) -> pl.Series:
    """Rows that break none of the rules between columns."""
    required = [(pl.col("event_type") != event_type) | pl.all_horizontal(pl.col(required_by(event_type)).is_not_null()) for event_type in EVENT_TYPES]
    return frame.select(
        pl.all_horizontal(
            pl.col("event_type").is_in(EVENT_TYPES),
            *required,
            pl.col("profile_id").ne_missing("0"),
            pl.col("occurred_at") <= given.now + AHEAD,
            pl.col("received_at") <= given.now,
            pl.col("account_id").is_null() | (pl.col("account_id") == given.account_id),
        ).fill_null(False)
    ).to_series()


def _all(value: object, length: int, kind: pl.DataType | None = None) -> pl.Series:
    return pl.Series([value], dtype=kind or pl.Boolean()).new_from_index(0, length)


def _text(column: pl.Series, _: ZoneInfo | None) -> Read:
    return (column.cast(pl.String), _all(True, len(column))) if column.dtype == pl.String or column.dtype.is_integer() else _nothing(column, pl.String())


def _upper(column: pl.Series, zone: ZoneInfo | None) -> Read:
    text, plain = _text(column, zone)
    return text.str.to_uppercase(), plain & (text.str.len_bytes() == text.str.len_chars()) if column.dtype == pl.String else plain


def _currency(column: pl.Series, zone: ZoneInfo | None) -> Read:
    text, plain = _text(column, zone)
    return text.str.to_uppercase(), plain & text.str.contains("^[A-Za-z]{3}$")


def _moment(column: pl.Series, zone: ZoneInfo | None) -> Read:
    if isinstance(column.dtype, pl.Datetime):
        return _placed(column, zone) if column.dtype.time_zone is None else (column.cast(MOMENT), column.dt.replace_time_zone(None).is_between(*_YEARS))
    if column.dtype != pl.String:
        return _nothing(column, MOMENT)
    shaped = column.str.contains(_MOMENT)
    text = where(shaped, column)
    clock = (text.str.slice(0, 10) + "T" + text.str.slice(11, 8)).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    if text.str.contains(".", literal=True).any():
        micro = text.str.extract(r"\.([0-9]{1,6})").str.pad_end(6, "0").cast(pl.Int64).fill_null(0)
        clock = clock + micro.cast(pl.Duration("us"))
    offset = text.str.extract(rf"({_OFFSET})$")
    zoned = offset.is_not_null() | text.str.to_lowercase().str.ends_with("z")
    if offset.null_count() < len(offset):
        clock = clock - _micros(offset).fill_null(0).cast(pl.Duration("us"))
    if zoned.all():
        return clock.dt.replace_time_zone("UTC"), shaped
    placed, is_placed = _placed(clock, zone)
    chosen = where(zoned, clock.dt.replace_time_zone("UTC"), placed)
    return chosen, shaped & (zoned | is_placed)


def _micros(offset: pl.Series) -> pl.Series:
    """±hh:mm as microseconds."""
    minutes = offset.str.slice(1, 2).cast(pl.Int64) * 60 + offset.str.slice(4, 2).cast(pl.Int64)
    return where(offset.str.starts_with("-"), -minutes, minutes) * 60_000_000


def _placed(clock: pl.Series, zone: ZoneInfo | None) -> Read:
    """Naive times in the zone, as the exact readers place them."""
    if zone is None:
        return _nothing(clock, MOMENT)
    return instants_of(clock.cast(pl.Datetime("us")), zone.key), clock.is_between(*_CLOSE)


def _integer(column: pl.Series, _: ZoneInfo | None) -> Read:
    if column.dtype.is_integer():
        return column.cast(pl.Int64, strict=False), _all(True, len(column))
    return _numbers(column, _INTEGER, pl.Int64())


def _decimal(column: pl.Series, _: ZoneInfo | None) -> Read:
    if column.dtype.is_integer() or column.dtype.is_float():
        column = column.cast(pl.String)
    if isinstance(column.dtype, pl.Decimal) and (column.dtype.scale or 0) <= 6:
        return column.cast(pl.Decimal(18, 6), strict=False), _all(True, len(column))
    return _numbers(column, _DECIMAL, pl.Decimal(18, 6))


def _double(column: pl.Series, _: ZoneInfo | None) -> Read:
    if column.dtype.is_float():
        values = column.cast(pl.Float64)
        return values + 0.0, values.is_finite() & (values >= 0)
    return _numbers(column.cast(pl.String) if column.dtype.is_integer() else column, _DOUBLE, pl.Float64())


def _numbers(column: pl.Series, shape: str, kind: pl.DataType) -> Read:
    if column.dtype != pl.String:
        return _nothing(column, kind)
    shaped = column.str.contains(shape)
    return where(shaped, column).cast(kind, strict=False), shaped


def _boolean(column: pl.Series, _: ZoneInfo | None) -> Read:
    if column.dtype == pl.Boolean:
        return column, _all(True, len(column))
    if column.dtype != pl.String and not column.dtype.is_integer():
        return _nothing(column, pl.Boolean())
    words = column.cast(pl.String).str.to_lowercase()
    plain = words.is_in(["true", "false", "1", "0"]) & (words.str.len_bytes() == column.cast(pl.String).str.len_bytes())
    return words.is_in(["true", "1"]), plain


def _nothing(column: pl.Series, kind: pl.DataType) -> Read:
    return _all(None, len(column), kind), _all(False, len(column))


READERS: Mapping[Kind, Callable[[pl.Series, ZoneInfo | None], Read]] = {
    Kind.TEXT: _text, Kind.UPPER: _upper, Kind.CURRENCY: _currency, Kind.MOMENT: _moment, Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal, Kind.DOUBLE: _double, Kind.BOOLEAN: _boolean, Kind.OBJECT: _text,
}
