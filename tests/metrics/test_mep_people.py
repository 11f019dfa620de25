"""People of a month of MEP by journey and by rule: as the build counted them and as they are counted now, against sets."""

import random
from collections import defaultdict
from datetime import date
from itertools import combinations

import pytest

from core.metrics import Query, answer, mep_people
from core.warehouse import mep_months
from tests.worlds.product import Product
from tests.worlds.world import Step

FEBRUARY, MARCH = (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2026, 3, 31))
SUB_ACCOUNTS, JOURNEYS, CHANNELS = (None, "north", "south"), ("cart", "silent", "welcome"), ("SMS", "EMAIL", "PUSH")


def record(event_id, kind, person, at, **more):
    return {"source": "s", "event_id": event_id, "event_type": kind, "profile_id": person, "occurred_at": at, "received_at": at, **more}


def log_of(seed):
    """Entries and messages of some people over eight months, in an order of its own; and each entry as (month, person, journey, sub-account, channels)."""
    dice, records, entries = random.Random(seed), [], []
    for n in range(60):
        month, person, journey, sub = dice.randint(1, 8), f"p{dice.randrange(9)}", dice.choice(JOURNEYS), dice.choice(SUB_ACCOUNTS)
        at = f"2026-{month:02}-{dice.randint(1, 27):02}T10:00:00Z"
        records.append(record(f"e{n}", "journey.entered", person, at, journey_id=journey, entry_id=f"E{n}", sub_account_id=sub))
        channels = [] if journey == "silent" else dice.sample(CHANNELS, dice.randint(0, 2))
        records += [record(f"m{n}{channel}", "message.sent", person, at, journey_id=journey, entry_id=f"E{n}", message_id=f"M{n}{channel}", channel=channel)
                    for channel in channels]  # fmt: skip
        entries.append((month, person, journey, sub, tuple(channels)))
    dice.shuffle(records)
    return records, entries


def naive(entries, months, subs):
    """Rule by rule (people, what is counted, their lines), and journey → (engaged, alone)."""
    found = [entry for entry in entries if entry[0] in months and (subs is None or entry[3] in subs)]
    of, lines = defaultdict(list), defaultdict(set)
    for entry in found:
        of[entry[1]].append(entry)
    for month, person, *_ in entries:
        if month in months:
            lines[person].add(month)
    told = [
        {person: len(mine) for person, mine in of.items() if len(mine) > 1},
        {person: len({e[2] for e in mine}) for person, mine in of.items() if len({e[2] for e in mine}) > 1},
        {person: len({c for e in mine for c in e[4]}) for person, mine in of.items() if len({c for e in mine for c in e[4]}) > 1},
        {person: len(mine) for person, mine in of.items() if not any(e[4] for e in mine)},
        {person: len(mine) for person, mine in of.items() if {e[2] for e in mine} == {"silent"}},
    ]
    journeys = {journey: ({e[1] for e in found if e[2] == journey}, {p for p, mine in of.items() if {e[2] for e in mine} == {journey}})
                for journey in {e[2] for e in found}}  # fmt: skip
    return ([(len(people), sum(people.values()), sum(len(lines[person]) for person in people)) for people in told],
            {journey: (len(engaged), len(alone)) for journey, (engaged, alone) in journeys.items()})  # fmt: skip


def catalog():
    """Three journeys, one of them without a send."""
    def body(name):
        element = {"element_id": "s", "kind": "exit" if name == "silent" else "send", "name": "S", "channel": None, "next": []}
        return {"journey_id": name, "name": name, "versions": [{"version": 1, "published_at": "2020-01-01T00:00:00Z", "goal": None, "arms": None,
                                                                 "elements": [element]}]}  # fmt: skip

    return [Step(document=body(name)) for name in JOURNEYS]


@pytest.mark.parametrize("seed", range(3))
def test_people_by_rule_and_journey_are_those_of_a_naive_count_however_the_log_was_built(seed, tmp_path):
    records, entries = log_of(seed)
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    for step in (*catalog(), Step(records=records[:70])):
        product.take(step)
    product.build()
    product.take(Step(records=records[70:]))
    product.build()
    subs = [None, *[chosen for n in (1, 2) for chosen in combinations(SUB_ACCOUNTS, n)]]
    for first, last in [(month, month) for month in range(1, 9)] + [(2, 5), (1, 8)]:
        days = date(2026, first, 1), date(2026, last, 28 if last == 2 else 30 if last in (4, 6) else 31)
        for chosen in subs:
            where = (("sub_account", tuple(sub or "" for sub in chosen)),) if chosen else ()
            rules, journeys = naive(entries, range(first, last + 1), chosen)
            asked = Query(("mep",), (), *days, where=where)
            told = answer(product.snapshot, Query(("mep",), (), *days, where=where, answer="mep_rules")).frame.select("people", "counted", "mep").rows()
            assert told[:-1] == rules, (days, chosen)
            people = mep_people.counted(product.snapshot, "mep_engaged", asked)
            assert {journey: (engaged, alone) for journey, engaged, alone in people.select("journey_id", "engaged", "alone").iter_rows()} == journeys
    assert set(product.snapshot.sql("SELECT DISTINCT month FROM mep_kinds")["month"]) == {date(2026, month, 1) for month in (5, 6, 7, 8)}
    product.close()


def test_what_the_page_offers_is_counted_by_the_build_and_asked_of_small_tables_alone(tmp_path, monkeypatch):
    records, _ = log_of(7)
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    for step in (*catalog(), Step(records=records)):
        product.take(step)
    product.build()
    monkeypatch.setattr(mep_months, "given", None)  # by which everybody would be counted now
    for month in (5, 6, 7, 8):
        for sub in ((), ("north",), ("",)):
            where = (("sub_account", sub),) if sub else ()
            for name in ("mep_rules", "mep_journeys"):
                last = 30 if month == 6 else 31
                answer(product.snapshot, Query(("mep",), (), date(2026, month, 1), date(2026, month, last), where=where, answer=name))
    product.close()


def test_messages_without_an_entry_are_those_of_the_month_and_each_once(tmp_path):
    product = Product(tmp_path, ((None, "Europe/Rome"),), "EUR")
    march = "2026-03-31T21:59:59Z"
    product.take(Step(records=[
        record("1", "journey.entered", "p1", march, journey_id="cart"), record("2", "message.sent", "p1", march, journey_id="cart", channel="SMS"),
        record("3", "message.sent", "p2", march, message_id="M", channel="SMS"), record("4", "message.delivered", "p2", "2026-04-02T10:00:00Z", message_id="M"),
        record("5", "message.sent", "p2", march, channel="SMS"), record("6", "message.sent", "p2", "2026-03-31T22:00:00Z", channel="SMS"),
        record("7", "message.sent", "p3", march, journey_id="late", channel="SMS"),
    ]))  # fmt: skip
    product.build()

    def loose(days, where=()):
        frame = answer(product.snapshot, Query(("mep",), (), *days, where=where, answer="mep_rules")).frame
        return frame.select("counted", "of").row(-1)

    april = (date(2026, 4, 1), date(2026, 4, 30))
    assert (loose(FEBRUARY)[0], loose(MARCH)[0], loose(april)[0]) == (0, 3, 1)
    assert loose(MARCH, (("sub_account", ("",)),)) == (3, "messages of the month in no run, of all sub-accounts")
    product.take(Step(records=[record("8", "journey.entered", "p3", "2026-03-30T10:00:00Z", journey_id="late")]))  # the message finds its run
    product.build()
    assert (loose(MARCH)[0], loose(april)[0]) == (2, 1)
    product.close()


def test_a_run_that_began_in_an_earlier_month_than_was_known_leaves_the_later_one(tmp_path):
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    entered = {"journey_id": "cart", "entry_id": "E"}
    product.take(Step(records=[record("1", "journey.entered", "p1", "2026-06-05T10:00:00Z", **entered),
                               record("2", "journey.entered", "p2", "2026-06-06T10:00:00Z", journey_id="cart")]))  # fmt: skip
    product.build()
    product.take(Step(records=[record("3", "journey.entered", "p1", "2026-05-05T10:00:00Z", **entered)]))
    product.build()
    for full in (False, True):
        engaged = product.snapshot.sql("SELECT month, engaged, alone FROM mep_engaged WHERE is_whole ORDER BY month").rows()
        assert engaged == [(date(2026, 5, 1), 1, 1), (date(2026, 6, 1), 1, 1)], full
        product.build(full=True)
    product.close()


def test_a_line_of_a_month_in_which_its_run_did_not_begin_is_counted_with_the_people_of_that_month(tmp_path):
    product = Product(tmp_path, ((None, "UTC"),), "EUR")

    def take(*entries):
        product.take(Step(records=[record(n, "journey.entered", "p1", f"2026-0{month}-05T10:00:00Z", journey_id="cart", entry_id=entry)
                                   for n, month, entry in entries]))  # fmt: skip
        product.build()

    take(("1", 8, "B"), ("2", 7, "B"))  # begins in July, its line is of August: that record came first
    take(("3", 7, "A"), ("4", 5, "A"))  # begins in May, its line is of July
    for full in (False, True):
        lines = product.snapshot.sql("SELECT month, people_silent, mep_silent FROM mep_kinds WHERE is_whole ORDER BY month").rows()
        assert lines == [(date(2026, 5, 1), 1, 0), (date(2026, 7, 1), 1, 1)], full
        product.build(full=True)
    product.close()


def test_whether_a_journey_has_a_send_is_asked_of_the_version_that_a_run_is_in(tmp_path):
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    kinds = {1: "exit", 2: "send"}
    versions = [{"version": n, "published_at": f"2020-01-0{n}T00:00:00Z", "goal": None, "arms": None,
                 "elements": [{"element_id": f"e{n}", "kind": kind, "name": "E", "channel": None, "next": []}]} for n, kind in kinds.items()]  # fmt: skip
    for journey in ("cart", "other"):  # the same in both: the version of one says nothing of the other
        product.take(Step(document={"journey_id": journey, "name": journey, "versions": versions if journey == "cart" else versions[1:]}))
    runs = [("p1", "cart", 1), ("p2", "cart", 2), ("p3", "other", 2), ("p4", "other", 1), ("p5", "cart", 1), ("p5", "cart", 2)]
    product.take(Step(records=[record(f"{n}", "journey.entered", person, "2026-03-05T10:00:00Z", journey_id=journey, journey_version=version, entry_id=f"{n}")
                               for n, (person, journey, version) in enumerate(runs)]))  # fmt: skip
    product.build()
    for days in (MARCH, (date(2026, 1, 1), date(2026, 3, 31))):  # as the build counted, and as it is counted when it is asked for
        no_send = answer(product.snapshot, Query(("mep",), (), *days, answer="mep_rules")).frame.row(4, named=True)
        assert (no_send["rule"], no_send["people"], no_send["counted"], no_send["mep"]) == ("A journey without a send element", 1, 1, 1)
    product.close()
