"""What the random worlds found, each in its smallest form and named after the promise it broke."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.oracle.answers import Refused
from tests.worlds.comparing import differences
from tests.worlds.product import Product
from tests.worlds.splitting import split_differences
from tests.worlds.world import Step, World, world_of

UTC = ((None, "UTC"),)
AT = "2026-01-05T10:00:00Z"


def record(event_type, event_id, **columns):
    return {"source": "s", "event_id": event_id, "event_type": event_type, "occurred_at": AT, "received_at": AT, **columns}


def entered(event_id, journey="cart", profile="p1", **columns):
    return record("journey.entered", event_id, journey_id=journey, profile_id=profile, **columns)


def world(*steps):
    """Lists are batches, dicts are documents; a build follows each."""
    return World(UTC, "EUR", [Step(records=step, build=True) if isinstance(step, list) else Step(document=step, build=True) for step in steps])


def document(*versions, journey="cart", **more):
    return {"journey_id": journey, "name": "Cart", "versions": list(versions), **more}


def version(number, published_at=None, goal="Buy", arms=None):
    return {"version": number, "published_at": published_at, "goal": goal and {"event": goal, "within_days": None}, "arms": arms, "elements": []}


def product_of(world, folder):
    product = Product(folder, world.zones, world.currency)
    for step in world.steps:
        product.take(step)
    product.build()
    return product


# --- currencies are never added, whatever is asked --------------------------------------------------------------------


@pytest.mark.parametrize("basis", ["entered", "happened"])
def test_a_cost_in_another_currency_that_any_measure_counts_asks_for_the_currency(tmp_path, basis):
    call = record("call.input", "2", journey_id="cart", call_id="c", cost_amount="1", cost_currency="USD")  # of no run: on happened alone
    sent = record("message.sent", "3", journey_id="cart", profile_id="p1", cost_amount="1")
    product = product_of(world([entered("1"), call, sent]), tmp_path)
    with pytest.raises(Refused):
        product.ask({"measures": ["wasted_cost"], "basis": basis, "to": "2020-01-01"})
    assert product.ask({"measures": ["wasted_cost"], "basis": basis, "where": {"currency": ["EUR"]}}) == [{"wasted_cost": "1.000000"}]


def test_a_goal_value_in_another_currency_asks_for_the_currency_of_a_cost(tmp_path):
    bought = record("event.performed", "2", profile_id="p1", name="Buy", value_amount="5", value_currency="USD")
    sent = record("message.sent", "3", journey_id="cart", profile_id="p1", cost_amount="1")
    product = product_of(world(document(version(1)), [entered("1"), bought, sent]), tmp_path)
    with pytest.raises(Refused):
        product.ask({"measures": ["traffic_cost"]})


# --- a goal's window has both ends, also where its days are a fraction ---------------------------------------------------


@pytest.mark.parametrize(("days", "seconds"), [(0.7, 60_480), (2.3, 198_720), (0.1, 8_640), (0.00001, 0.864)])
def test_an_event_at_the_last_instant_of_the_window_counts_and_none_after_it(tmp_path, days, seconds):
    goal = {"event": "Buy", "within_days": days}
    last = datetime.fromisoformat(AT) + timedelta(seconds=seconds)
    times = {"at": last, "after": last + timedelta(microseconds=1)}
    bought = [{**record("event.performed", name, profile_id="p1", name="Buy"), "occurred_at": at.isoformat()} for name, at in times.items()]
    product = product_of(world(document({**version(1), "goal": goal}), [entered("e"), *bought]), tmp_path)
    assert product.ask({"measures": ["goal_events"]}) == [{"goal_events": 1}]


# --- every number can be drilled into, and every check holds on healthy data -------------------------------------------


def test_a_message_that_failed_unsent_breaks_no_check(tmp_path):
    failed = record("message.failed", "2", journey_id="cart", profile_id="p1", message_id="m")
    assert product_of(world([entered("1"), failed]), tmp_path).broken_checks() == []


@pytest.mark.parametrize("dimension", ["outcome", "direction", "arm", "journey_version"])
def test_the_rows_behind_a_menu_can_be_split_by_what_its_call_knows(tmp_path, dimension):
    menu = record("call.menu_entered", "2", journey_id="cart", profile_id="p1", call_id="c", direction="inbound")
    product = product_of(world([entered("1"), menu]), tmp_path)
    behind = product.rows_behind({"measures": ["menu_visits"], "dimensions": ["journey", dimension]})
    assert [row["journey"] for row in behind] == ["cart"]


@pytest.mark.parametrize("dimension", ["channel", "sender", "element", "arm"])
def test_the_rows_behind_a_click_can_be_split_by_what_its_message_knows(tmp_path, dimension):
    click = record("message.clicked", "2", journey_id="cart", profile_id="p1", message_id="m", channel="SMS", sender="n", element_id="a")
    product = product_of(world([entered("1"), click]), tmp_path)
    behind = product.rows_behind({"measures": ["link_clicks"], "dimensions": ["journey", dimension]})
    assert [row["journey"] for row in behind] == ["cart"]


# --- any split of a log into builds gives equal tables: what is not published may change without --replace -------------

RUN = [
    entered("1", journey_version=1),
    record("element.entered", "2", journey_id="cart", profile_id="p1", element_id="e4"),
    record("event.performed", "3", profile_id="p1", name="Buy"),
]
ARMS = [{"name": "A", "element_id": "e4"}]


@pytest.mark.parametrize(
    "after",
    [document(), document(version(1, goal="Look", arms=ARMS)), document(version(1)), document(version(1, "2026-01-01T00:00:00Z", arms=ARMS))],
    ids=["dropped", "another goal", "without its arms", "published"],
)
def test_a_draft_version_that_changes_describes_the_runs_already_built(tmp_path, after):
    grown = world(document(version(1, arms=ARMS)), RUN, after)
    assert split_differences(grown, tmp_path) == {}


def test_a_draft_that_is_published_is_in_force_for_the_runs_already_built(tmp_path):
    drafts, published = (version(1), version(2)), (version(1), version(2, "2026-01-01T00:00:00Z"))
    grown = world(document(*drafts), [entered("1"), entered("2", profile="p2")], document(*published))
    assert split_differences(grown, tmp_path) == {}
    by_version = {"measures": ["entries"], "dimensions": ["journey", "journey_version"]}
    assert product_of(grown, tmp_path / "once").ask(by_version) == [{"journey": "cart", "journey_version": 2, "entries": 2}]


def test_the_first_document_of_a_journey_describes_the_runs_already_built(tmp_path):
    grown = world([entered("1"), record("call.started", "2", journey_id="cart", call_id="c")], document(sub_account_id="north"))
    assert split_differences(grown, tmp_path) == {}


# --- a billed line keeps the name that the log knew when its record came ----------------------------------------------


@pytest.mark.parametrize("full", [False, True])
def test_a_ledger_line_has_the_name_of_the_newest_document_before_its_record(tmp_path, full):
    named = [{**document(version(1)), "name": name} for name in ("First", "Second", "Third")]
    product = product_of(world([entered("1")], named[0], named[1], [entered("2", profile="p2")], named[2]), tmp_path)
    product.build(full=full)
    assert [(line["Person ID"], line["Campaign Name"]) for line in product.mep("2026-01", None)] == [("p1", "First"), ("p2", "Second")]


# --- an erasure replaces the id and leaves every count and billed line as it is ----------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_an_erasure_changes_no_count_and_no_billed_line(tmp_path, seed):
    from core.warehouse.erase import erase

    erased = world_of(seed)
    product = product_of(erased, tmp_path)
    product.log.erase("p1", now=product.now, then=lambda told: erase(tmp_path / "warehouse", told.profile_id, told.token))
    product.reopen()
    for full in (None, False, True):
        if full is not None:
            product.build(full=full)
        found = [difference for difference in differences(erased, product, 25, seed) if difference[0][0] != "mep"]
        assert found == []
        for month in sorted({str(line["month"])[:7] for line in product.snapshot.sql("SELECT DISTINCT month FROM mep").iter_rows(named=True)}):
            assert "p1" not in [line["Person ID"] for line in product.mep(month, None)]


def test_the_smallest_world_is_no_world(tmp_path):
    nothing = replace(world_of(0), steps=[])
    assert differences(nothing, product_of(nothing, tmp_path), 25) == []
