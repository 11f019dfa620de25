"""Instants as text: RFC 3339 in the zone of the account that was in force, fractions only where there are any."""
from datetime import datetime

import polars as pl

from core.warehouse.zones import Zones

_WHOLE, _EXACT = "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S%.6f%:z"


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with the moment's own offset; fractions only where there are any."""
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")


def local_texts(frame: pl.DataFrame, zones: Zones) -> pl.DataFrame:
    """The frame with every instant as such a text."""
    instants = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    return frame.with_columns(_text(pl.col(name), zones).alias(name) for name in instants)


def _text(instant: pl.Expr, zones: Zones) -> pl.Expr:
    text = _in(instant, zones[0][1])
    for since, zone in zones[1:]:
        text = pl.when(instant >= pl.lit(since)).then(_in(instant, zone)).otherwise(text)
    return text


def _in(instant: pl.Expr, zone: str) -> pl.Expr:
    local = instant.dt.convert_time_zone(zone)
    return pl.when(local.dt.microsecond() == 0).then(local.dt.to_string(_WHOLE)).otherwise(local.dt.to_string(_EXACT))
