"""Turns the lines of a sheet into records of the contract (interface.md §1), with the ids and names they carry."""
import hashlib

import polars as pl

from core.sources.demo.crowd import Crowd
from core.sources.demo.plan import Plan
from core.sources.demo.runs import Runs
from core.sources.demo.sheet import Ints

PLATFORM = "engage"
SHOP_SYSTEM = "webshop"

TIERS = ("new",) * 3 + ("regular",) * 5 + ("vip",) * 2 + (None,)  # what entries say a person is


def records(plan: Plan, lines: pl.DataFrame, runs: Runs, crowd: Crowd) -> pl.DataFrame:
    """One row an event, with the contract's columns that the demo uses, in the order of `lines`."""
    named = pl.concat([lines, run_columns(plan, runs, crowd)[lines["run"]]], how="horizontal")
    is_entry, is_goal = pl.col("event_type") == "journey.entered", pl.col("event_type") == "event.performed"
    is_silent = pl.col("is_bare").fill_null(False)
    knows_journey = ~(is_silent | pl.col("is_nameless").fill_null(False))
    knows_run = knows_journey & ~pl.col("is_anonymous")
    number = pl.int_range(pl.len()).cast(pl.String)
    return named.select(
        source=pl.when(is_goal).then(pl.lit(SHOP_SYSTEM)).when(is_entry).then(pl.lit(plan.source)).otherwise(pl.lit(PLATFORM)),
        event_id=pl.when(is_entry & pl.lit(plan.source != PLATFORM)).then("entry_id").otherwise(pl.lit(f"{plan.journey_id}:") + number),
        event_type="event_type",
        occurred_at=pl.from_epoch("at", "us").dt.replace_time_zone("UTC"),
        sub_account_id=pl.when(is_entry & pl.lit(plan.names_sub_account)).then("sub_account_id"),
        profile_id=pl.when(~is_silent & ~pl.col("is_anonymous")).then("profile_id"),
        journey_id=pl.when(knows_journey).then(pl.lit(plan.journey_id)),
        journey_version=pl.when(is_entry & pl.lit(plan.names_version)).then("version"),
        element_id=pl.when(knows_journey).then("element_id"),
        entry_id=pl.when(knows_run & pl.lit(plan.has_entry_ids)).then("entry_id"),
        channel=pl.when(~is_silent).then("channel"), sender=pl.when(~is_silent).then("sender"),
        message_id=pl.lit(f"{plan.journey_id}-m") + pl.col("message").cast(pl.String),
        status="status", reason="reason", url="url", direction="direction", is_machine=pl.col("is_machine").fill_null(False),
        cost_amount=pl.col("cost").cast(pl.Decimal(18, 6)), cost_currency="cost_currency",
        name="name", value_amount=pl.col("value").cast(pl.Decimal(18, 6)), value_currency="value_currency",
        call_id=pl.lit(f"{plan.journey_id}-c") + pl.col("call").cast(pl.String),
        input="input", collect_name="collect_name", next_element_id="next_element_id", duration_s="duration_s",
        attributes=pl.when(is_entry).then("attributes"),
    ).filter(~named["is_anonymous"] | named["event_type"].str.starts_with("call."))


def run_columns(plan: Plan, runs: Runs, crowd: Crowd) -> pl.DataFrame:
    """What the events of a run may say of it, one row a run."""
    person = pl.Series(runs.profile)
    extras = {name: pl.Series((runs.profile * 37 + runs.start // 1_000_000 + n) % 40 + 1) for n, name in enumerate(plan.extra)}
    tiers = pl.Series(TIERS).gather(pl.Series(runs.profile * 7 % len(TIERS)))
    attributes = pl.DataFrame({"name": crowd.names.gather(person), "tier": tiers, **extras}).select(said=pl.struct(pl.all()).struct.json_encode())
    return pl.DataFrame({
        "profile_id": crowd.ids.gather(person), "sub_account_id": crowd.sub_accounts.gather(person), "version": runs.version,
        "entry_id": entry_ids(plan, runs.start), "is_anonymous": runs.is_anonymous, "attributes": attributes["said"],
    })


def entry_ids(plan: Plan, start: Ints) -> pl.Series:
    """By run: the platform counts; an SFTP import gives the SHA-256 of (journey, file, line)."""
    if plan.source == PLATFORM:
        return pl.Series([f"{plan.journey_id}-{number:06d}" for number in range(len(start))], dtype=pl.String)
    return pl.Series([hashlib.sha256(f"{plan.journey_id}\0{at}\0{line}".encode()).hexdigest() for line, at in enumerate(start.tolist())], dtype=pl.String)
