"""What the demo's events say, looked at as a reader of the log would."""
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from core.sources.demo.making import PLANS
from core.sources.demo.rhythm import ZONE, Calendar
from core.sources.demo.world import events

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
LAST_HOUR = datetime(2026, 11, 24, 13, tzinfo=UTC)


def made(profiles: int = 900, days: int = 120, seed: int = 1, now: datetime = NOW) -> pl.DataFrame:
    return events(PLANS, Calendar.ending(now, days), profiles, seed)


@pytest.fixture(scope="module")
def world() -> pl.DataFrame:
    return made()


def of(world: pl.DataFrame, event_type: str, journey: str | None = None) -> pl.DataFrame:
    found = world.filter(pl.col("event_type") == event_type)
    return found if journey is None else found.filter(pl.col("journey_id") == journey)


def test_the_same_seed_gives_the_same_events_through_the_hour(world: pl.DataFrame) -> None:
    assert made(now=NOW + timedelta(minutes=29)).equals(world)
    assert not made(seed=2).equals(world)


def test_an_hour_later_the_same_day_the_demo_only_has_more(world: pl.DataFrame) -> None:
    later = made(now=NOW + timedelta(hours=3))
    assert len(later) > len(world)
    assert later.head(len(world)).equals(world)


def test_nothing_is_known_before_it_happened_nor_after_the_last_full_hour(world: pl.DataFrame) -> None:
    assert (world["received_at"] >= world["occurred_at"]).all()
    assert world["received_at"].max() <= LAST_HOUR
    assert world["occurred_at"].min() >= datetime(2026, 7, 28, tzinfo=ZoneInfo(ZONE)) - timedelta(days=1)


def test_every_identity_is_there_once(world: pl.DataFrame) -> None:
    assert world.select("source", "event_id").is_unique().all()


@pytest.mark.parametrize("days", [1, 7, 29, 300])
def test_any_number_of_days_and_people_can_be_made(days: int) -> None:
    assert made(profiles=1, days=days)["event_type"].is_not_null().all()
    assert len(made(profiles=60, days=days)) > 0


def test_the_weekly_batch_goes_out_on_mondays_at_nine_before_and_after_the_clock_change(world: pl.DataFrame) -> None:
    local = of(world, "journey.entered", "risk-score")["occurred_at"].dt.convert_time_zone(ZONE)
    assert set(local.dt.weekday()) == {1}
    assert set(local.dt.hour()) == {9}
    assert set(local.dt.base_utc_offset() + local.dt.dst_offset()) == {timedelta(hours=1), timedelta(hours=2)}


def test_the_campaign_day_has_more_entries_than_any_other(world: pl.DataFrame) -> None:
    by_day = of(world, "journey.entered").group_by(day=pl.col("occurred_at").dt.convert_time_zone(ZONE).dt.date()).len().sort("len", descending=True)
    assert by_day["day"][0] == date(2026, 11, 6)


def test_sundays_are_quieter_than_thursdays(world: pl.DataFrame) -> None:
    carts = of(world, "journey.entered", "cart")["occurred_at"].dt.convert_time_zone(ZONE).dt.weekday().value_counts()
    number = dict(carts.iter_rows())
    assert number[7] < number[4]


def test_ids_keep_their_zeros_and_some_are_in_other_scripts(world: pl.DataFrame) -> None:
    ids = world["profile_id"].drop_nulls().unique()
    assert ids.str.contains(r"^0\d{7}$").mean() > 0.95
    assert ids.str.contains(r"[^\x00-\x7f]").any()
    names = of(world, "journey.entered")["attributes"].str.json_path_match("$.name")
    for script in (r"\p{Greek}", r"\p{Cyrillic}", r"\p{Arabic}", r"\p{Hebrew}", r"\p{Han}", r"\p{Hiragana}", "š|đ|č", "ü|ß|ä", "🌻"):
        assert names.str.contains(script).any(), script


def test_a_receipt_of_an_sms_names_its_message_and_nothing_else(world: pl.DataFrame) -> None:
    bare = of(world, "message.delivered").filter(pl.col("channel").is_null())
    assert len(bare) > 1000
    assert bare.select("profile_id", "journey_id", "element_id", "entry_id", "sender").null_count().row(0) == (len(bare),) * 5
    assert bare["message_id"].null_count() == 0


def test_the_shop_names_the_profile_and_no_journey(world: pl.DataFrame) -> None:
    bought = of(world, "event.performed").filter(pl.col("name") == "ItemPurchased")
    assert bought["journey_id"].null_count() == len(bought)
    assert bought["profile_id"].null_count() == 0
    assert set(bought["value_currency"]) == {"EUR", "USD"}


def test_an_sftp_import_enters_with_its_own_source_and_a_file_shares_one_moment(world: pl.DataFrame) -> None:
    entries = of(world, "journey.entered", "loyalty")
    assert set(entries["source"]) == {"sftp:crm-nightly"}
    assert (entries["event_id"] == entries["entry_id"]).all()
    assert entries["event_id"].str.len_chars().unique().to_list() == [64]
    assert entries["received_at"].n_unique() == entries["occurred_at"].n_unique() == 18


def test_a_withheld_number_names_the_journey_and_no_profile(world: pl.DataFrame) -> None:
    calls = of(world, "call.started", "service-line")
    anonymous = calls.filter(pl.col("profile_id").is_null())
    assert 0.01 < len(anonymous) / len(calls) < 0.12
    assert anonymous["entry_id"].null_count() == len(anonymous)


def test_a_few_events_come_days_late_and_birthdays_often(world: pl.DataFrame) -> None:
    late = world.filter(pl.col("received_at") - pl.col("occurred_at") > timedelta(hours=20))
    assert 0.005 < len(late) / len(world) < 0.03
    assert len(of(late, "journey.entered", "birthday")) / len(of(world, "journey.entered", "birthday")) > 0.05


def test_who_reached_the_goal_of_the_win_back_is_sent_nothing_more(world: pl.DataFrame) -> None:
    ended = of(world, "journey.exited", "winback").filter(pl.col("reason") == "goal_reached").select("entry_id", ended_at="occurred_at")
    assert len(ended) > 0
    steps = world.filter(pl.col("event_type").is_in(["message.sent", "element.entered"])).join(ended, on="entry_id")
    assert steps.filter(pl.col("occurred_at") >= pl.col("ended_at")).to_dicts() == []


def test_the_story_of_the_account_opening_is_its_upload(world: pl.DataFrame) -> None:
    reached = {element: of(world, "element.entered", "account-opening").filter(pl.col("element_id") == element)["entry_id"].n_unique()
               for element in ("in", "upload", "check", "video")}
    assert reached["upload"] / reached["in"] > 0.95
    assert reached["check"] / reached["upload"] < 0.55
    assert reached["video"] / reached["check"] > 0.75


def test_the_story_of_the_service_line_is_its_billing_menu_and_version_2_mends_it(world: pl.DataFrame) -> None:
    line = world.filter(pl.col("journey_id") == "service-line")
    began = of(line, "call.started").select("call_id", began_at="occurred_at")
    steps = line.filter(pl.col("event_type").is_in(["call.menu_entered", "call.input"])).join(began, on="call_id")
    published_at = Calendar.ending(NOW, 120).at(next(plan for plan in PLANS if plan.journey_id == "service-line").versions[1].since)

    def ended_well(menu: str, calls: pl.Expr) -> float:
        met = steps.filter(calls, pl.col("element_id") == menu)
        return met.filter(pl.col("event_type") == "call.input", pl.col("status") == "ok")["call_id"].n_unique() / met["call_id"].n_unique()

    first, second = pl.col("began_at") < published_at, pl.col("began_at") >= published_at
    assert min(ended_well("main", first), ended_well("main", second)) > 0.9
    assert ended_well("billing", first) < 0.62
    assert ended_well("billing", second) > 0.78
