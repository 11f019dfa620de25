"""Instants as text: RFC 3339 in the zone of the account that was in force, fractions only where there are any."""
from datetime import datetime, timedelta

import polars as pl

from core.access.offsets import ahead
from core.warehouse.zones import Zones

_MICRO = timedelta(microseconds=1)
_WHOLE, _EXACT = "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.6f"


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with the moment's own offset; fractions only where there are any."""
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")


def local_texts(frame: pl.DataFrame, zones: Zones) -> pl.DataFrame:
    """The frame with every instant as such a text."""
    return frame.with_columns(_text(frame[name], zones) for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime))


def _text(instants: pl.Series, zones: Zones) -> pl.Series:
    text = _in(instants, zones[0][1])
    for since, zone in zones[1:]:
        text = _in(instants, zone).zip_with((instants >= since).fill_null(False), text)
    return text


def _in(instants: pl.Series, zone: str) -> pl.Series:
    offsets = ahead(instants, zone)
    clock, fractions = instants.dt.replace_time_zone(None) + offsets, instants.dt.microsecond() != 0
    text = clock.dt.to_string(_WHOLE)
    if fractions.any():  # else none of them is written out both ways
        text = clock.dt.to_string(_EXACT).zip_with(fractions.fill_null(False), text)
    known = offsets.drop_nulls().unique().to_list()
    return text + offsets.cast(pl.Int64).replace_strict([offset // _MICRO for offset in known], [_offset_text(offset) for offset in known],
                                                        default=None, return_dtype=pl.String)


def _offset_text(offset: timedelta) -> str:
    """±hh:mm, to the minute: before there were zones a town's clock was odd seconds ahead, which RFC 3339 cannot say."""
    minutes = (abs(offset) + timedelta(seconds=30)) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
