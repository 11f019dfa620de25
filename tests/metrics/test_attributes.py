"""Splits and filters by attributes of the entry: what the entries say under another name gives the numbers of the sub-account that says the same."""
import random
from contextlib import closing
from dataclasses import replace
from itertools import product as each

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer, explain, rows
from core.metrics.differing import difference, moved_rows
from core.metrics.measures import MEASURES
from core.metrics.named import NAMED
from core.warehouse import attributes
from core.warehouse.erase import erase
from core.warehouse.snapshots import open_snapshot
from tests.oracle.answers import Warehouse
from tests.worlds.product import Product
from tests.worlds.questions import Asker
from tests.worlds.splitting import split, split_differences
from tests.worlds.world import crowd_of

TIER = "attribute.tier"
CHOICES = (["north"], ["south", "north"], [None], [None, "south"], ["nowhere"])


def said_twice(world):
    """The world with the sub-account of each entry in its attributes too, and in no catalog."""
    steps = []
    for step in world.steps:
        records = [{**record, "attributes": {**(record.get("attributes") or {}), "tier": record["sub_account_id"]}}
                   if record.get("event_type") == "journey.entered" and record.get("sub_account_id") else record for record in step.records]
        document = step.document and {**step.document, "sub_account_id": None}
        steps.append(replace(step, records=records, document=document))
    return replace(world, steps=steps)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(the product, an asker of its world), built in two steps."""
    world = split(said_twice(crowd_of(7, 10)), 3)
    product = Product(tmp_path_factory.mktemp("told"), world.zones, world.currency, attributes=("tier", "n"))
    for step in world.steps:
        product.take(step)
        if step.build:
            product.build()
    product.build()
    yield product, Asker(random.Random(5), Warehouse(world.log(), world.zones, world.currency))
    product.close()


def asked_both_ways(asker, number):
    """Questions split or filtered by the sub-account, and by the attribute that says the same."""
    dice = random.Random(number)
    for _ in range(number):
        document = asker.question()
        where = {name: values for name, values in document.get("where", {}).items() if name != "sub_account"}
        chosen = dice.choice(CHOICES)
        if "sub_account" not in document.get("dimensions", ()) or dice.random() < 0.3:
            document["where"] = {**where, "sub_account": chosen}
        yield document, by_tier(document)


def by_tier(document):
    """The same question of the attribute."""
    said = {"sub_account": TIER, "-sub_account": f"-{TIER}"}
    where = {said.get(name, name): values for name, values in document.get("where", {}).items()}
    changed = {"where": where, "dimensions": [said.get(name, name) for name in document.get("dimensions", [])]}
    return document | changed | ({"order": said.get(document["order"], document["order"])} if document.get("order") else {})


def test_an_attribute_splits_and_filters_as_the_sub_account_that_says_the_same(told):
    product, asker = told
    compared = 0
    for by_sub_account, by_attribute in asked_both_ways(asker, 300):
        try:
            expected = answer(product.snapshot, Query.of(by_sub_account)).frame
        except WrongUsage:
            continue
        if "mep" in by_sub_account["measures"]:
            with pytest.raises(WrongUsage, match=r"mep cannot be (split|filtered) by attribute\.tier\. It can be .* by: month, journey, sub_account\."):
                answer(product.snapshot, Query.of(by_attribute))
            continue
        found = answer(product.snapshot, Query.of(by_attribute)).frame
        assert found.rename({name: name.replace(TIER, "sub_account") for name in found.columns}).equals(expected), by_attribute
        compared += expected.height > 0
    assert compared > 100


def test_the_rows_behind_and_the_reason_are_the_same(told):
    product, _ = told
    for measure, basis, chosen in each(MEASURES.values(), ("entered", "happened"), CHOICES):
        if measure.name == "mep" or measure.is_rate or measure.name == "element_time_median_s":
            continue
        where = {"currency": ["EUR"]} if measure.is_money else {}
        document = {"measures": [measure.name], "dimensions": ["sub_account"], "basis": basis, "where": {**where, "sub_account": chosen}}
        by_sub_account, by_attribute = (rows(product.snapshot, Query.of(asked)) for asked in (document, by_tier(document)))
        assert by_attribute.columns[0] == TIER
        assert by_attribute[TIER].equals(by_sub_account["sub_account"], null_equal=True)
        shared = [name for name in by_sub_account.columns if name in by_attribute.columns]
        assert by_attribute.select(shared).equals(by_sub_account.select(shared)), document
        assert explain(product.snapshot, Query.of(by_tier(document))).rows == by_attribute.height


@pytest.mark.slow
def test_answers_with_a_name_are_the_same(told):
    product, _ = told
    journeys = [[name] for name in product.snapshot.sql("SELECT journey_id FROM runs GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2")["journey_id"]]
    measures = [*([name] for name in MEASURES if name != "mep"), ["profiles_in_journey", "goal_performers"]]
    splits = ([], ["week"], ["journey_version"], ["arm"], ["currency"])
    seen = set()
    for name, asked, dimensions, journey, basis in each(NAMED, measures, splits, [None, *journeys], ("entered", "happened")):
        chosen = CHOICES[len(name + asked[0]) % 4]
        where = {"journey": journey} if journey else {}
        document = {"measures": asked, "dimensions": dimensions, "basis": basis, "answer": name, "where": {**where, "sub_account": chosen}}
        try:
            expected = answer(product.snapshot, Query.of(document))
        except WrongUsage:
            continue
        found = answer(product.snapshot, Query.of({**document, "where": {**where, TIER: chosen}}))
        assert found.frame.equals(expected.frame), document
        seen.add(name)
    assert seen == {name for name in NAMED if not name.startswith("mep")}


@pytest.mark.slow
def test_any_split_of_a_log_into_builds_gives_the_same_attributes(tmp_path):
    assert split_differences(split(said_twice(crowd_of(1, 8)), 1), tmp_path, attributes=("tier", "n", "list")) == {}


def entered(event_id, entry_id, day, **attributes):
    return {"source": "s", "event_id": event_id, "event_type": "journey.entered", "occurred_at": f"2026-03-{day:02}T10:00:00Z",
            "received_at": "2026-04-01T00:00:00Z", "journey_id": "cart", "profile_id": f"p{event_id}", "entry_id": entry_id, "attributes": attributes}


@pytest.fixture
def shop(tmp_path):
    """An account whose entries say a plan and more; nothing is taken or built yet."""
    product = Product(tmp_path, ((None, "UTC"),), "EUR", attributes=("plan", "n"))
    yield product
    product.close()


def found(product, name, *values):
    """The entry ids of the runs that the filter chooses."""
    return sorted(rows(product.snapshot, Query.of({"measures": ["entries"], "where": {f"attribute.{name}": list(values)}}))["entry_id"])


def test_values_are_text_with_numbers_by_value_and_nothing_else(shop):
    said = {"a": "gold", "b": "", "c": None, "d": 1, "e": 1.0, "f": "1", "g": True, "h": "true", "i": ["gold"], "j": {"gold": 1}, "k": 0.50, "l": -2e3,
            "m": "Gold"}
    shop.ingest([entered(name, name, 1, plan=value) for name, value in said.items()] + [entered("z", "z", 1)])
    shop.build()
    assert found(shop, "plan", "gold") == ["a"]
    assert found(shop, "plan", 1) == found(shop, "plan", "1") == found(shop, "plan", 1.0) == ["d", "e", "f"]
    assert found(shop, "plan", True) == ["g", "h"]
    assert found(shop, "plan", 0.5, "-2000") == ["k", "l"]
    assert found(shop, "plan", None) == found(shop, "plan", "") == ["b", "c", "i", "j", "z"]
    assert found(shop, "plan", None, "Gold") == ["b", "c", "i", "j", "m", "z"]


def test_a_run_has_the_attribute_of_its_earliest_entered_event_that_says_it(shop):
    shop.ingest([entered("2", "E", 2, plan="gold"), entered("3", "E", 3, plan="silver", n=3)])
    shop.build()
    assert (found(shop, "plan", "gold"), found(shop, "n", 3)) == (["E"], ["E"])
    shop.ingest([entered("1", "E", 1, n=1)])  # earlier, and it says no plan
    shop.build()
    assert (found(shop, "plan", "gold"), found(shop, "n", 3), found(shop, "n", 1)) == (["E"], [], ["E"])


def test_an_attribute_that_is_named_later_is_known_of_all_runs_from_the_next_build_on(shop):
    shop.ingest([entered("1", "E", 1, plan="gold", seats=3), entered("2", "F", 2, plan="gold")])
    shop.build()
    before = shop.snapshot.snapshot_id
    with pytest.raises(WrongUsage, match=r"There is no attribute of entries “seats”\. There are: n, plan. .*--attributes seats"):
        found(shop, "seats", 3)
    shop.attributes = ("seats",)
    shop.build()
    assert not shop.built.full
    assert found(shop, "seats", 3) == ["E"]
    with pytest.raises(WrongUsage, match="There is no attribute of entries “plan”"):
        found(shop, "plan", "gold")
    assert shop.snapshot.snapshot_id != before


def test_an_erased_person_is_a_token_in_the_attributes_too(shop):
    shop.ingest([entered("1", "E", 1, plan="p1", n="p2"), entered("2", "F", 2, plan="p1")])
    shop.build()
    shop.close()
    token = shop.log.erase("p1", now=shop.now).token
    erase(shop.folder / "warehouse", "p1", token)
    shop.reopen()
    assert (found(shop, "plan", "p1"), found(shop, "plan", token), found(shop, "n", "p2")) == (["F"], ["E"], ["E"])
    assert b"p1" not in b"".join(value.encode() for value in shop.snapshot.sql("SELECT profile_id FROM profiles")["profile_id"])
    shop.build(full=True)
    assert (found(shop, "plan", "p1"), found(shop, "plan", token)) == (["F"], ["E"])


@pytest.mark.parametrize(("first", "then"), [("p2", "p1"), ("p1", "p2")], ids=["the-other's-run", "the-other's-word"])
def test_of_a_run_that_two_persons_entered_what_the_erased_one_said_is_a_token_and_what_the_other_said_stays(shop, first, then):
    shop.ingest([{**entered("1", "E", 1), "profile_id": first}, {**entered("2", "E", 2, plan="p1"), "profile_id": then}])
    shop.build()
    shop.close()
    token = shop.log.erase("p1", now=shop.now).token
    erase(shop.folder / "warehouse", "p1", token, segments=shop.log.segments())
    shop.reopen()
    expected = token if then == "p1" else "p1"
    assert shop.snapshot.sql("SELECT name, value FROM run_attributes").rows() == [("plan", expected)]
    shop.build(full=True)
    assert shop.snapshot.sql("SELECT name, value FROM run_attributes").rows() == [("plan", expected)]


def test_what_the_newest_entries_say_is_found_behind_records_that_are_none(shop):
    shop.ingest([entered("1", "E", 1, plan="gold", n=1, none=None, deep={"a": 1}), entered("2", "F", 2, plan="silver")])
    assert attributes.names(shop.log.segments()) == {"plan": 1.0, "n": 0.5}
    shop.ingest([{**entered("3", "E", 3), "event_type": "journey.exited"}])
    assert len(shop.log.segments()) == 2
    assert attributes.names(shop.log.segments()) == {"plan": 1.0, "n": 0.5}
    assert attributes.names(()) == {}


def test_two_snapshots_are_compared_by_the_runs_that_an_attribute_chooses(shop):
    shop.ingest([entered("1", "E", 1, plan="gold"), entered("2", "F", 2, plan="silver")])
    shop.build()
    earlier = shop.snapshot.snapshot_id
    shop.ingest([entered("3", "G", 3, plan="gold"), entered("4", "H", 3, plan="silver")])
    shop.build()
    with closing(open_snapshot(shop.folder / "warehouse", earlier)) as before:
        query = Query.of({"measures": ["entries"], "where": {"attribute.plan": ["gold"]}})
        assert difference(before, shop.snapshot, query).groups.rows() == [(1, 2, 1)]
        by_plan = replace(query, dimensions=("attribute.plan",), where=())
        assert difference(before, shop.snapshot, by_plan).groups.rows() == [("gold", 1, 2, 1), ("silver", 1, 2, 1)]
        assert [row["entry_id"] for frame in moved_rows(before, shop.snapshot, query) for row in frame.iter_rows(named=True)] == ["G"]


@pytest.mark.parametrize(("document", "said"), [
    ({"measures": ["mep"], "where": {"attribute.plan": ["gold"]}}, "mep cannot be filtered by attribute.plan"),
    ({"measures": ["entries"], "dimensions": ["attribute.plam"]}, "There is no attribute of entries “plam”"),
    ({"measures": ["mep"], "dimensions": ["attribute.plan"]}, "mep cannot be split by attribute.plan"),
    ({"measures": ["entries"], "where": {"attribute.": ["gold"]}}, "There is no dimension “attribute.”"),
    ({"measures": ["entries"], "where": {"attribute.plan": []}}, "empty list of values"),
    ({"measures": ["entries"], "where": {"attribute.plam": ["gold"]}}, "There is no attribute of entries “plam”. Did you mean “plan”"),
])
def test_what_no_attribute_can_do_is_said(shop, document, said):
    shop.ingest([entered("1", "E", 1, plan="gold")])
    shop.build()
    with pytest.raises(WrongUsage, match=said):
        answer(shop.snapshot, Query.of(document))


def test_the_reason_names_the_filter_and_its_sql_can_be_run(shop):
    shop.ingest([entered("1", "E", 1, plan="it's ?"), entered("2", "F", 2, plan="silver")])
    shop.build()
    why = explain(shop.snapshot, Query.of({"measures": ["entries"], "where": {"attribute.plan": ["it's ?", None]}}))
    assert (why.filters, why.rows) == (("plan: it's ? or none",), 1)
    assert shop.snapshot.sql(why.sql).rows() == [(1,)]


def test_any_name_that_an_entry_may_use_can_split(shop):
    odd = """what's "this"? . é"""
    shop.attributes = (odd,)
    shop.ingest([entered("1", "E", 1, **{odd: "it's ?"}), entered("2", "F", 2)])
    shop.build()
    query = Query.of({"measures": ["entries", "goal_rate"], "dimensions": [f"attribute.{odd}"], "order": f"-attribute.{odd}",
                      "where": {f"attribute.{odd}": ["it's ?", None]}, "compare": "previous", "from": "2026-03-01", "to": "2026-03-31"})
    assert Query.of(query.document()) == query
    found = answer(shop.snapshot, query)
    assert found.frame.rows() == [("it's ?", 1, 0, 0.0, None), (None, 1, 0, 0.0, None)]
    assert [column.label for column in found.columns][:2] == [odd, "Entries"]
    assert shop.snapshot.sql(explain(shop.snapshot, query).sql).rows() == [("it's ?", 1, 0.0), (None, 1, 0.0)]
    assert rows(shop.snapshot, replace(query, measures=("profiles_in_journey",), compare=None, order=None)).rows() == [("it's ?", "p1", 1), (None, "p2", 1)]
