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
    texts = [_text(pl.col(name), zones, bool((frame[name].dt.microsecond() == 0).all())).alias(name) for name in instants]
    return frame.with_columns(texts)


def _text(instant: pl.Expr, zones: Zones, is_whole: bool) -> pl.Expr:
    """`is_whole`: none of them has a fraction, so none is written out both ways."""
    text = _in(instant, zones[0][1], is_whole)
    for since, zone in zones[1:]:
        text = pl.when(instant >= pl.lit(since)).then(_in(instant, zone, is_whole)).otherwise(text)
    return text


def _in(instant: pl.Expr, zone: str, is_whole: bool) -> pl.Expr:
    local = instant.dt.convert_time_zone(zone)
    if is_whole:
        return local.dt.to_string(_WHOLE)
    return pl.when(local.dt.microsecond() == 0).then(local.dt.to_string(_WHOLE)).otherwise(local.dt.to_string(_EXACT))
