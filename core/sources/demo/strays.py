"""Events that belong to no journey: purchases nobody asked for, and broadcasts over the API."""
import numpy as np
import polars as pl

from core.sources.demo.crowd import Crowd
from core.sources.demo.plan import Rhythm
from core.sources.demo.records import PLATFORM, SHOP_SYSTEM
from core.sources.demo.rhythm import Calendar, entry_times
from core.sources.demo.sheet import SECOND, Ints

PURCHASES = Rhythm(0.9, feels_peak=True)
BROADCASTS = Rhythm(0.5, "office")


def strays(crowd: Crowd, calendar: Calendar, rng: np.random.Generator) -> pl.DataFrame:
    """Contract columns, one row an event. A purchase may still count as the goal of a run its profile is in."""
    count = len(crowd.ids)
    bought_at, sent_at = (entry_times(rhythm, calendar, count, rng) for rhythm in (PURCHASES, BROADCASTS))
    buyers, readers = (pl.Series(rng.integers(0, count, len(at))) for at in (bought_at, sent_at))
    values = pl.Series(np.round(55 * rng.lognormal(0.0, 0.6, len(bought_at)), 2)).cast(pl.Decimal(18, 6))
    purchases = _events(bought_at, "order", SHOP_SYSTEM).with_columns(
        profile_id=crowd.ids.gather(buyers), event_type=pl.lit("event.performed"), name=pl.lit("ItemPurchased"),
        value_amount=values, value_currency=pl.lit("EUR"))
    sent = _events(sent_at, "api-sent", PLATFORM).with_columns(
        profile_id=crowd.ids.gather(readers), event_type=pl.lit("message.sent"), message_id=pl.format("api-m{}", pl.int_range(pl.len())),
        channel=pl.lit("SMS"), sender=pl.lit("ADRIA"))
    delivered = _events(sent_at + 4 * SECOND, "api-delivered", PLATFORM).with_columns(
        event_type=pl.lit("message.delivered"), message_id=pl.format("api-m{}", pl.int_range(pl.len())))
    return pl.concat([purchases, sent, delivered], how="diagonal")


def _events(at: Ints, name: str, source: str) -> pl.DataFrame:
    return pl.DataFrame({"at": at}).select(
        source=pl.lit(source), event_id=pl.format("{}:{}", pl.lit(name), pl.int_range(pl.len())),
        occurred_at=pl.from_epoch("at", "us").dt.replace_time_zone("UTC"), is_machine=pl.lit(False))
