"""Money on a page of an account with several currencies, also where the range holds one of them or none."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.errors import WrongUsage
from core.metrics import answer
from core.ui import answers, listing, performance, tiles
from core.ui.address import Chosen
from tests.metrics.world import World

MARCH = Chosen((date(2026, 3, 1), date(2026, 3, 31)), date(2026, 5, 31), compare="previous")
MAY = Chosen((date(2026, 5, 1), date(2026, 5, 31)), date(2026, 5, 31), compare="previous")


@pytest.fixture
def viewer(tmp_path, monkeypatch):
    """An account with euros in January and March and dollars in January alone."""
    world = World()
    for profile, day, cost, currency in ((1, "2026-01-05", "2", "USD"), (2, "2026-01-06", "3", "EUR"), (3, "2026-03-05", "4", "EUR")):
        world.message(world.run(profile, day), sent=day, cost=cost, currency=currency)
    snapshot = world.snapshot(tmp_path)
    monkeypatch.setattr(answers, "ask", lambda viewer, query: answer(viewer.snapshot, query))
    yield SimpleNamespace(snapshot=snapshot, account=SimpleNamespace(account_id="a", currency="EUR"))
    snapshot.close()


def test_money_of_a_range_with_one_currency_is_asked_in_it_where_the_account_has_more(viewer):
    assert performance.choices(viewer, MARCH, ["traffic_cost"]) == {"traffic_cost": "Traffic cost"}
    name, currency, query = performance.choice(viewer, MARCH, "traffic_cost", by=("journey",))
    assert (name, currency, query.where) == ("traffic_cost", "EUR", (("currency", ("EUR",)),))
    assert answer(viewer.snapshot, query).frame.rows() == [("cart", Decimal(4), None)]


def test_without_the_filter_that_question_is_refused(viewer):
    with pytest.raises(WrongUsage):
        answer(viewer.snapshot, MARCH.ask("traffic_cost", by=("journey",), compare=True))


def test_a_range_without_money_is_empty_and_not_an_error(viewer):
    _, currency, query = performance.choice(viewer, MAY, "traffic_cost", by=("journey",))
    assert currency == "EUR"
    assert answer(viewer.snapshot, query).frame.height == 0


def test_the_accounts_own_currency_is_offered_first_and_asked_where_the_range_has_none(viewer):
    january = Chosen((date(2026, 1, 1), date(2026, 1, 31)), date(2026, 5, 31), compare="previous")
    viewer.account.currency = "USD"
    assert list(performance.choices(viewer, january, ["traffic_cost"])) == ["traffic_cost:USD", "traffic_cost:EUR"]
    assert performance.choice(viewer, MAY, "traffic_cost", by=("journey",))[1] == "USD"


def test_journeys_are_ordered_by_their_cost_in_one_currency(viewer, monkeypatch):
    viewer.account.currency = "USD"
    monkeypatch.setattr(listing.catalog, "of", lambda _: SimpleNamespace(journeys={}, name=str))
    rows = [{"journey": key, "traffic_cost by currency": found} for key, found in (
        ("both", (("EUR", Decimal(9)), ("USD", Decimal(1)))), ("dollars", (("USD", Decimal(2)),)), ("euros", (("EUR", Decimal(5)),)))]
    assert [row["journey"] for row in listing._ordered(viewer, rows, "-traffic_cost")] == ["dollars", "both", "euros"]


def test_counts_are_asked_without_a_currency(viewer):
    name, currency, query = performance.choice(viewer, MARCH, "messages_sent", by=("journey",))
    assert (name, currency, query.where) == ("messages_sent", None, ())


def test_the_tiles_and_their_sparklines_can_be_asked(viewer):
    values = tiles.Values([answer(viewer.snapshot, query) for _, query in tiles.queries(MARCH)])
    assert values.said("traffic_cost") == "4.00 EUR"
    assert "traffic_cost" in tiles._sparks(viewer, MARCH, values)
