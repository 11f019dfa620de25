"""The ledger against a naive count: order, repeats, lateness, month ends of many zones, re-entry, odd ids, an erased person."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.metrics import Query, answer, mep_lines
from core.metrics.mep_entries import month_bounds
from core.warehouse.erase import erase
from tests.worlds.product import Product
from tests.worlds.world import Step

ZONES = ("Pacific/Auckland", "Asia/Kathmandu", "Europe/Rome", "UTC", "America/Sao_Paulo")
MOMENT = timedelta(microseconds=1)


def entered(event_id, person, at, journey="cart", received=None, **more):
    when = at if isinstance(at, str) else at.isoformat()
    return {"source": "s", "event_id": event_id, "event_type": "journey.entered", "profile_id": person, "journey_id": journey, "occurred_at": when,
            "received_at": received or when, **more}  # fmt: skip


def product_of(folder, records, zone="UTC", *, cuts=()):
    """The records ingested in batches that end at these places, a build after each."""
    product = Product(Path(folder), ((None, zone),) if isinstance(zone, str) else zone, "EUR")
    ends = [*cuts, len(records)]
    for start, end in zip([0, *cuts], ends, strict=True):
        product.take(Step(records=records[start:end]))
        product.build()
    return product


def naive(records, zone):
    """(month, person) → (entered, campaign): the first received entry of the month, an entry being the first received event of its run."""
    lines, runs, seen = {}, set(), set()
    for record in records:
        run = (record["journey_id"], record.get("entry_id") or record["event_id"])
        if record["event_id"] in seen or run in runs:
            seen.add(record["event_id"])
            continue
        seen.add(record["event_id"])
        runs.add(run)
        at = datetime.fromisoformat(record["occurred_at"])
        lines.setdefault((f"{at.astimezone(ZoneInfo(zone)):%Y-%m}", record["profile_id"]), (at, record["journey_id"]))
    return lines


def ledger(product, *months):
    """The same of the product."""
    rows = [(month, row) for month in months for row in mep_lines(product.snapshot, month).iter_rows(named=True)]
    return {(month, row["Person ID"]): (datetime.fromisoformat(row["Engaged At"]), row["Campaign ID"]) for month, row in rows}


def ids(product, month):
    return mep_lines(product.snapshot, month)["Person ID"].to_list()


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.integers(0, 10**9), some.sampled_from(ZONES))
def test_shuffled_repeated_late_and_split_input_gives_what_a_naive_count_gives(seed, zone):
    dice = random.Random(seed)
    end = datetime(2026, 4, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times = [end + timedelta(hours=hours) for hours in (-700, -50, -1, 0, 1, 20, 400)] + [end - MOMENT]
    records = []
    for n in range(dice.choice((5, 20, 40))):
        at = dice.choice(times)
        more = {"entry_id": f"E{dice.randrange(8)}"} if dice.random() < 0.5 else {}
        received = (at + timedelta(hours=dice.choice((0, 1, 900)))).isoformat()
        records.append(entered(f"{n}", f"p{dice.randrange(5)}", at, dice.choice(("cart", "other")), received, **more))
    records += [dict(dice.choice(records)) for _ in range(5)]  # repeated
    dice.shuffle(records)
    with TemporaryDirectory() as folder:
        product = product_of(folder, records, zone, cuts=sorted(dice.sample(range(1, len(records)), dice.choice((0, 1, 3)))))
        try:
            assert ledger(product, "2026-03", "2026-04") == {key: line for key, line in naive(records, zone).items() if key[0] in ("2026-03", "2026-04")}
        finally:
            product.close()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", [(2018, 11), (2026, 4), (2026, 11), (2026, 1)])
def test_a_month_ends_at_midnight_of_the_accounts_zone(tmp_path, zone, month):
    begins = datetime(*month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    product = product_of(tmp_path, [entered("1", "p1", begins - MOMENT), entered("2", "p1", begins), entered("3", "p2", begins)], zone)
    before = f"{begins.astimezone(ZoneInfo(zone)) - timedelta(days=1):%Y-%m}"
    assert (ids(product, before), ids(product, f"{month[0]}-{month[1]:02d}")) == (["p1"], ["p1", "p2"])
    assert month_bounds(product.snapshot.zones, date(*month, 1))[0] == begins
    product.close()


def test_reentry_at_midnight_exactly_is_a_line_of_the_new_month(tmp_path):
    product = product_of(tmp_path, [entered("1", "p1", "2026-03-31T23:59:59Z"), entered("2", "p1", "2026-04-01T00:00:00Z")])
    assert [ids(product, month) for month in ("2026-03", "2026-04")] == [["p1"], ["p1"]]
    product.close()


@pytest.mark.parametrize(("zone", "one", "other"), [
    ("Europe/Rome", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"),  # the hour that comes twice
    ("Pacific/Auckland", "2026-04-05T02:30:00+13:00", "2026-04-05T02:30:00+12:00"),
    ("America/Sao_Paulo", "2018-11-03T23:59:59-03:00", "2018-11-04T01:00:00-02:00"),  # midnight is skipped
])  # fmt: skip
def test_a_night_of_a_clock_change_is_one_line_with_its_own_offset(tmp_path, zone, one, other):
    product = product_of(tmp_path, [entered("1", "p1", other), entered("2", "p1", one)], zone)
    assert mep_lines(product.snapshot, one[:7])["Engaged At"].to_list() == [other]
    product.close()


def test_of_two_entries_at_the_same_instant_the_first_received_bills(tmp_path):
    at = "2026-03-05T10:00:00Z"
    product = product_of(tmp_path, [entered("1", "p1", at, "other"), entered("2", "p1", at, "cart")])
    assert mep_lines(product.snapshot, "2026-03")["Campaign ID"].to_list() == ["other"]
    product.close()


def test_an_id_is_its_code_points(tmp_path):
    odd = [" 7", "7", "7 ", "007", "0" + "7" * 18, "=1+1", "+385911234567", "@x", "\u00e9", "e\u0301", "\u202eabc", "P1", "p1", "line\nbreak", 'quo"te']
    product = product_of(tmp_path, [entered(f"{n}", person, "2026-03-05T10:00:00Z") for n, person in enumerate(odd)])
    assert ids(product, "2026-03") == sorted(odd)
    product.close()


@pytest.mark.parametrize("every_step", [False, True])
def test_a_line_has_the_name_that_its_journey_had_when_its_record_came(tmp_path, every_step):
    at, version = "2026-03-05T10:00:00Z", {"version": 1, "published_at": None, "goal": None, "arms": None, "elements": []}
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    for n, name in enumerate((None, "Cart", "Basket", None)):
        if name:
            product.take(Step(document={"journey_id": "cart", "name": name, "versions": [version]}))
        product.take(Step(records=[entered(f"{n}", f"p{n}", at)]))
        if every_step:
            product.build()
    product.build()
    assert mep_lines(product.snapshot, "2026-03")["Campaign Name"].to_list() == ["Cart", "Cart", "Basket", "Basket"]  # before any document: the first one's
    product.close()


def test_a_line_is_late_from_the_first_instant_after_its_month_on(tmp_path):
    end = "2026-04-01T00:00:00"
    product = product_of(tmp_path, [
        entered("1", "in time", "2026-03-31T12:00:00Z", received="2026-03-31T21:59:59.999999Z"),
        entered("2", "late", "2026-03-31T12:00:00Z", received=f"{end}+02:00"),
    ], "Europe/Rome")  # fmt: skip
    assert dict(mep_lines(product.snapshot, "2026-03").select("Person ID", "late").iter_rows()) == {"in time": False, "late": True}
    product.close()


def test_a_new_zone_holds_from_the_next_month_on_and_changes_no_line(tmp_path):
    since = datetime(2026, 3, 31, 22, tzinfo=UTC)  # midnight in Rome, still 31 March in New York
    moved = ((None, "Europe/Rome"), (since, "America/New_York"))
    records = [entered("1", "p1", since - MOMENT), entered("2", "p1", since), entered("3", "p2", since + timedelta(hours=1))]
    before, after = product_of(tmp_path / "a", records[:1], "Europe/Rome"), product_of(tmp_path / "b", records, moved)
    assert mep_lines(before.snapshot, "2026-03").equals(mep_lines(after.snapshot, "2026-03"))
    assert ids(after, "2026-04") == ["p1", "p2"]
    assert month_bounds(moved, date(2026, 4, 1)) == (since, datetime(2026, 5, 1, 4, tzinfo=UTC))
    for product in (before, after):
        product.close()


def test_an_erased_person_stays_a_line_under_a_token(tmp_path):
    product = product_of(tmp_path, [entered("1", "p1", "2026-03-05T10:00:00Z"), entered("2", "p2", "2026-03-06T10:00:00Z")])
    before = mep_lines(product.snapshot, "2026-03")
    product.close()
    erased = product.log.erase("p1", now=product.now, then=lambda one: erase(product.folder / "warehouse", one.profile_id, one.token) and None)
    product.build()
    after = mep_lines(product.snapshot, "2026-03")
    assert after.drop("Person ID").equals(before.drop("Person ID"))
    assert after["Person ID"].to_list() == [erased.token, "p2"]
    product.close()


def test_the_six_rules_are_counted_with_the_people_of_the_month(tmp_path):
    elements = [{"element_id": "s", "kind": "send", "name": "Send", "channel": "SMS", "next": []}]
    catalog = [{"journey_id": name, "name": name, "versions": [{"version": 1, "published_at": "2020-01-01T00:00:00Z", "goal": None, "arms": None,
                                                                "elements": kinds}]}
               for name, kinds in (("cart", elements), ("silent", [{**elements[0], "kind": "exit", "channel": None}]))]  # fmt: skip
    at = "2026-03-05T10:00:00Z"

    def sent(event_id, person, channel, journey="cart"):
        return {"source": "s", "event_id": event_id, "event_type": "message.sent", "profile_id": person, "journey_id": journey, "occurred_at": at,
                "received_at": at, "message_id": event_id, "channel": channel}  # fmt: skip

    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    for body in catalog:
        product.take(Step(document=body))
    product.take(Step(records=[
        entered("1", "twice", at), entered("2", "twice", at), entered("3", "both", at), entered("4", "both", at, "silent"),
        entered("5", "loud", at), sent("6", "loud", "SMS"), sent("7", "loud", "EMAIL"), entered("8", "silent", at, "silent"),
        {**sent("9", "nobody", "SMS"), "journey_id": None},
    ]))  # fmt: skip
    product.build()
    query = Query(("mep",), first=date(2026, 3, 1), last=date(2026, 3, 31), answer="mep_rules")
    assert answer(product.snapshot, query).frame.select("people", "counted", "mep").rows() == [
        (2, 4, 2), (1, 2, 1), (1, 2, 1), (3, 5, 3), (1, 1, 1), (None, 1, 0)]  # fmt: skip
    assert ids(product, "2026-03") == ["both", "loud", "silent", "twice"]
    product.close()


@pytest.mark.slow
def test_road_fines_by_month_are_the_expected_ones(tmp_path):
    from benchmarks import road_fines

    if not (road_fines.DATA / road_fines.FILE).exists():
        pytest.skip("the road fines file is not here")  # it is too large to ship
    docs = road_fines.ROOT / "docs"
    road_fines.ingested_and_built(road_fines.DATA / road_fines.FILE, docs / "road-fines.yaml", docs / "road-fines-catalog.json", tmp_path)
    expected = json.loads((road_fines.DATA / road_fines.EXPECTED).read_text(encoding="utf-8"))["mep_Europe_Rome"]
    from core.warehouse.snapshots import open_snapshot

    snapshot = open_snapshot(tmp_path / "warehouse")
    assert {month: mep_lines(snapshot, month).height for month in expected} == expected
    query = Query(("mep",), first=date(2004, 7, 1), last=date(2004, 7, 31), answer="mep_rules")
    told = (docs / "mep.md").read_text(encoding="utf-8")
    for rule, _, people, counted, of, lines in answer(snapshot, query).frame.iter_rows():
        assert f"| {rule} | {'–' if people is None else format(people, ',')} | {counted:,} | {of} | {lines:,} |" in told
    snapshot.close()


def test_a_month_and_the_time_shown_beside_it_are_of_one_zone_table(tmp_path):
    """Vancouver keeps UTC−7 in the winter of 2026: a zone table of the year before has UTC−8, by which this entry is still of November."""
    product = product_of(tmp_path, [entered("1", "p1", "2026-12-01T07:30:00Z")], "America/Vancouver")
    (line,) = mep_lines(product.snapshot, date(2026, 12, 1)).iter_rows(named=True)
    assert (line["Engaged At"], line["Billed At"], line["late"]) == ("2026-12-01T00:30:00-07:00", "2026-12-01T00:30:00-07:00", False)
    by_hour = product.ask({"measures": ["entries"], "dimensions": ["day", "hour"]})
    assert by_hour == [{"day": "2026-12-01", "hour": 0, "entries": 1}]
    product.close()
