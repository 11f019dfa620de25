"""Generates a big log, compactly: a year, twelve journeys, messages with their receipts, goals, calls, people who come back."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

END = datetime(2026, 7, 1, tzinfo=UTC)
DAYS = 365
DAY = 86_400_000_000
HOUR = DAY // 24
SECOND = 1_000_000
START = int(END.timestamp()) * SECOND - DAYS * DAY
EVENTS_A_RUN = 9.85  # measured; only sizes the world
RUNS_A_PROFILE = 4.2

TYPES = ("journey.entered", "journey.exited", "element.entered", "message.sent", "message.delivered", "message.failed", "message.seen", "message.clicked",
         "message.opened", "event.performed", "call.started", "call.answered", "call.menu_entered", "call.input", "call.ended")
TYPE = {name: number for number, name in enumerate(TYPES)}
JOURNEYS = tuple(f"journey-{number:02d}" for number in range(12))
SHARES = np.array([22, 17, 13, 10, 8, 7, 6, 5, 4, 3, 3, 2]) / 100
IVR, SILENT, WITHOUT_IDS = 6, 8, 9  # a journey of calls, one without any send, one without entry_id
CHANNELS = ("EMAIL", "SMS", "VIBER", "WHATSAPP", "PUSH")
ELEMENTS = ("e1", "s1", "w1", "s2", "w2", "s3", "a", "b", "c", "menu", "out")
E = {name: number for number, name in enumerate(ELEMENTS)}
REASONS = ("exit_point", "timeout", "absent subscriber", "mailbox full", "transferred")
PLANS, REGIONS = ("gold", "silver", "bronze", "free"), 20  # of what the account filters by
ATTRIBUTES = ("plan", "region")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """Compact events (one row an event, codes for texts) in the order of receipt: `bulk`, then the newest 1 %, a fifth of it late."""

    bulk: pl.DataFrame
    newest: pl.DataFrame


def world(events: int, seed: int = 1) -> World:
    rng = np.random.default_rng(seed)
    count = round(events / EVENTS_A_RUN)
    profiles = max(round(count / RUNS_A_PROFILE), 1)
    end = int(END.timestamp()) * SECOND
    journey = rng.choice(len(JOURNEYS), count, p=SHARES)
    days = np.arange(DAYS)
    weights = np.where(days % 7 >= 5, 0.6, 1.0) * (0.8 + 0.4 * days / DAYS)
    start = START + rng.choice(DAYS, count, p=weights / weights.sum()) * DAY + (rng.beta(3, 2.4, count) * DAY).astype(np.int64)
    start.sort()
    profile = (rng.random(count) ** 1.4 * profiles).astype(np.int64)
    blocks = list(_blocks(rng, journey, start))
    made = pl.concat(blocks, how="diagonal").filter(pl.col("at") < end)
    made = made.with_columns(journey=pl.Series(journey.astype(np.int8)).gather(made["run"]), profile=pl.Series(profile.astype(np.int32)).gather(made["run"]))
    made = made.sort("at").with_row_index("number")
    share = len(made) // 100
    cut = made["at"][len(made) - round(share * 0.8)] if share else end
    month = made.filter((pl.col("at") < cut) & (pl.col("at") >= cut - 30 * DAY))
    late = month.sample(min(share - round(share * 0.8), len(month)), seed=seed)["number"]
    is_new = (made["at"] >= cut) | made["number"].is_in(late.implode())
    newest = made.filter(is_new).with_columns(received=pl.when(pl.col("at") < cut).then(cut + pl.col("number").cast(pl.Int64) % HOUR).otherwise(pl.col("at")))
    return World(made.filter(~is_new).with_columns(received=pl.col("at")), newest.sort("received"))


def _block(event_type: str, run: Ints, at: Ints, **more: Any) -> pl.DataFrame:
    columns = [pl.Series("run", run, dtype=pl.Int32), pl.Series("at", at)]
    scalars = [pl.lit(TYPE[event_type], dtype=pl.Int8).alias("type")]
    for name, value in more.items():
        if isinstance(value, np.ndarray):
            columns.append(pl.Series(name, value.astype(np.int32 if name in ("message", "call") else np.int8)))
        else:
            scalars.append(pl.lit(value, dtype=pl.Boolean if isinstance(value, bool) else pl.Int8).alias(name))
    return pl.DataFrame(columns).with_columns(*scalars)


def _blocks(rng: np.random.Generator, journey: Ints, start: Ints) -> Iterator[pl.DataFrame]:
    every = np.arange(len(journey), dtype=np.int64)
    yield _block("journey.entered", every, start)
    yield _block("element.entered", every, start, element=E["e1"])
    is_call = journey == IVR
    yield from _calls(rng, every[is_call], start[is_call])
    sends = ~is_call & (journey != SILENT)
    at, base = start + 2 * SECOND, 0
    for number, (element, share) in enumerate((("s1", 1.0), ("s2", 0.6), ("s3", 0.35))):
        run = every[sends & (rng.random(len(every)) < share)]
        message = np.arange(base, base + len(run), dtype=np.int64)
        base += len(run)
        yield from _messages(rng, run, at[run], message, (journey[run] + number) % len(CHANNELS), E[element])
        sends = np.isin(every, run, assume_unique=True)
        if number < 2:
            yield _block("element.entered", run, at[run] + 20 * SECOND, element=E[f"w{number + 1}"])
        waits = DAY * (number + 1) + (rng.lognormal(0, 0.8, len(every)) * 2 * HOUR).astype(np.int64)
        at = at + np.where(sends, waits, 0)
    armed = every[(journey < 2) & ~is_call]
    yield _block("element.entered", armed, start[armed] + SECOND, element=(E["a"] + rng.integers(0, 3, len(armed))).astype(np.int64))
    leaves = rng.random(len(every))
    out, other = every[leaves < 0.83], every[(leaves >= 0.83) & (leaves < 0.9)]
    yield _block("journey.exited", out, at[out] + 3 * SECOND, element=E["out"])
    yield _block("journey.exited", other, at[other] + 3 * SECOND, reason=1)
    buys = every[rng.random(len(every)) < 0.13]
    yield _block("event.performed", buys, start[buys] + (rng.lognormal(0, 1, len(buys)) * DAY).astype(np.int64), is_nameless=True)


def _messages(rng: np.random.Generator, run: Ints, at: Ints, message: Ints, channel: Ints, element: int) -> Iterator[pl.DataFrame]:
    """Three to five events a message: sent, its receipt (which knows the message alone), views, clicks, a mail proxy."""
    named = {"message": message, "channel": channel}
    yield _block("message.sent", run, at, element=element, **named)
    lot, view, click = rng.random((3, len(run)))
    ok, lost = lot < 0.96, lot >= 0.96
    arrives = at + (rng.exponential(8, len(run)) * SECOND).astype(np.int64) + SECOND
    seen_at = arrives + (rng.lognormal(0, 1.4, len(run)) * 2 * HOUR).astype(np.int64)
    yield _block("message.delivered", run[ok], arrives[ok], is_bare=True, message=message[ok])
    yield _block("message.failed", run[lost], arrives[lost], is_bare=True, message=message[lost], reason=2)
    seen = ok & (view < np.where(channel == 1, 0.0, 0.78))
    clicked = (click < 0.3) & (seen | (ok & (channel == 1)))
    machine = ok & (channel == 0) & (click > 0.5)
    for event_type, who, when in (("message.seen", seen, seen_at), ("message.clicked", clicked, seen_at + 30 * SECOND)):
        yield _block(event_type, run[who], when[who], element=element, message=message[who], channel=channel[who])
    yield _block("message.opened", run[machine], arrives[machine] + SECOND, is_machine=True,
                 element=element, message=message[machine], channel=channel[machine])


def _calls(rng: np.random.Generator, run: Ints, at: Ints) -> Iterator[pl.DataFrame]:
    yield _block("call.started", run, at + SECOND, call=run)
    answered = rng.random(len(run)) < 0.8
    run, at = run[answered], at[answered]
    yield _block("call.answered", run, at + 8 * SECOND, call=run)
    yield _block("call.menu_entered", run, at + 9 * SECOND, call=run, element=E["menu"])
    chose = rng.random(len(run)) < 0.75
    yield _block("call.input", run[chose], at[chose] + 17 * SECOND, call=run[chose], element=E["menu"])
    yield _block("call.ended", run, at + 60 * SECOND, call=run, reason=4)


def rendered(part: pl.DataFrame) -> pl.DataFrame:
    """The contract's columns of compact events."""
    def text(names: tuple[str, ...], column: str) -> pl.Series:
        return pl.Series(names).gather(part[column])

    part = part.with_columns(type_name=text(TYPES, "type"), journey_name=text(JOURNEYS, "journey"), element_name=text(ELEMENTS, "element"),
                             channel_name=text(CHANNELS, "channel"), reason_name=text(REASONS, "reason"))
    is_bare, is_nameless = pl.col("is_bare").fill_null(False), pl.col("is_nameless").fill_null(False)
    named, is_sent = ~(is_bare | is_nameless), pl.col("type") == TYPE["message.sent"]
    is_ended = pl.col("type") == TYPE["call.ended"]
    is_goal = pl.col("type") == TYPE["event.performed"]
    return part.select(
        source=pl.lit("engage"), event_id=pl.format("ev-{}", "number"), event_type="type_name", occurred_at=_instant("at"), received_at=_instant("received"),
        profile_id=pl.when(~is_bare).then(pl.format("{}", pl.col("profile").cast(pl.String).str.zfill(8))),
        journey_id=pl.when(named).then("journey_name"),
        element_id=pl.when(named).then("element_name"),
        entry_id=pl.when(named & (pl.col("journey") != WITHOUT_IDS)).then(pl.format("run-{}", "run")),
        channel=pl.when(~is_bare).then("channel_name"),
        message_id=pl.format("m-{}", "message"),
        reason=pl.when(~is_ended).then("reason_name"), status=pl.when(is_ended).then("reason_name"),
        is_machine=pl.col("is_machine").fill_null(False),
        cost_amount=pl.when(is_sent).then(pl.lit("0.041")).when(is_ended).then(pl.lit("0.02")).otherwise(None).cast(pl.Decimal(18, 6)),
        cost_currency=pl.when(is_sent | is_ended).then(pl.lit("EUR")),
        name=pl.when(is_goal).then(pl.lit("ItemPurchased")),
        value_amount=pl.when(is_goal).then((pl.col("number").cast(pl.Int64) % 9000 + 999) / 100).cast(pl.Decimal(18, 6)),
        call_id=pl.format("c-{}", "call"), input=pl.when(pl.col("type") == TYPE["call.input"]).then(pl.lit("1")),
        duration_s=pl.when(is_ended).then(60.0),
        attributes=pl.when(pl.col("type") == TYPE["journey.entered"]).then(
            pl.concat_str(pl.lit('{"plan":"'), pl.lit(pl.Series(PLANS)).gather(pl.col("profile") % len(PLANS)), pl.lit('","region":"r'),
                          (pl.col("profile") // 7 % REGIONS).cast(pl.String), pl.lit('"}'))),
    )


def _instant(column: str) -> pl.Expr:
    return pl.from_epoch(column, "us").dt.replace_time_zone("UTC")


def write(part: pl.DataFrame, folder: Path, name: str, rows_a_file: int = 1_000_000) -> list[Path]:
    """Parquet files in the order of receipt."""
    files = []
    for number, offset in enumerate(range(0, len(part), rows_a_file)):
        files.append(folder / f"{name}-{number:03d}.parquet")
        rendered(part.slice(offset, rows_a_file)).write_parquet(files[-1], compression="snappy")
    return files


def documents() -> list[dict[str, Any]]:
    """The catalog of the twelve journeys: two versions each, a goal in most, arms in two."""
    return [{
        "journey_id": journey, "name": f"Journey {number}", "status": "active", "created_by": None, "tags": [], "sub_account_id": f"sub-{number % 3}",
        "launched_at": None, "ended_at": None,
        "versions": [_version(number, version, published) for version, published in ((1, END - timedelta(days=DAYS + 9)), (2, END - timedelta(days=160)))],
    } for number, journey in enumerate(JOURNEYS)]


def _version(number: int, version: int, published: datetime) -> dict[str, Any]:
    arms = [{"name": name, "element_id": element, "control": name == "control"} for name, element in (("control", "a"), ("A", "b"), ("B", "c"))]
    return {
        "version": version, "published_at": published.isoformat(), "goal": {"event": "ItemPurchased", "within_days": 14} if number != SILENT else None,
        "arms": arms if number < 2 else None,
        "elements": [{"element_id": element, "kind": "send" if element[0] == "s" else "other", "name": element, "channel": None, "next": []}
                     for element in ELEMENTS],
    }
