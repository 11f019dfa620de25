"""Pressure and overlap against counting by hand, and on random worlds against a naive count."""
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer
from tests.worlds.product import Product, product_of
from tests.worlds.world import crowd_of

SENT = Query(("messages_sent",), basis="happened", answer="pressure")
IN = Query(("profiles_in_journey",), answer="overlap")
BANDS = {**{n: str(n) for n in range(1, 5)}, **dict.fromkeys(range(5, 8), "5 to 7"), **dict.fromkeys(range(8, 15), "8 to 14")}


def event(event_type, event_id, at, **columns):
    return {"source": "s", "event_id": event_id, "event_type": event_type, "occurred_at": at, "received_at": at, **columns}


@pytest.fixture
def snapshot(tmp_path):
    product = Product(tmp_path, ((None, "UTC"),), "EUR", now=datetime(2026, 3, 31, tzinfo=UTC))
    product.ingest([
        event("journey.entered", "1", "2026-03-02T10:00:00Z", journey_id="a", profile_id="p", entry_id="1"),
        event("journey.entered", "2", "2026-03-03T10:00:00Z", journey_id="b", profile_id="p", entry_id="2"),
        event("journey.exited", "3", "2026-03-04T10:00:00Z", journey_id="a", profile_id="p", entry_id="1"),
        event("journey.entered", "4", "2026-03-04T10:00:00Z", journey_id="a", profile_id="q", entry_id="3"),
        event("journey.exited", "5", "2026-03-05T10:00:00Z", journey_id="a", profile_id="q", entry_id="3"),
        event("journey.entered", "6", "2026-03-05T10:00:00Z", journey_id="b", profile_id="q", entry_id="4"),
        *(event("message.sent", f"m{n}", f"2026-03-0{n + 1}T10:00:00Z", journey_id="a", entry_id="1", message_id=str(n), channel="SMS") for n in (1, 2, 8)),
        event("message.opened", "o1", "2026-03-02T11:00:00Z", message_id="1"), event("message.unsubscribed", "u2", "2026-03-03T11:00:00Z", message_id="2"),
    ])  # fmt: skip
    product.build()
    yield product.snapshot
    product.close()


def test_pressure_counts_the_messages_of_a_person_by_week(snapshot):
    assert answer(snapshot, SENT).frame.rows() == [("1", 1, 1, 1, 0, None, None), ("2", 1, 1, 2, 2, 0.5, 0.5)]


def test_overlap_is_being_in_several_journeys_at_one_moment_and_not_one_after_the_other(snapshot):
    assert answer(snapshot, IN).frame.rows() == [(1, 1, 0.5), (2, 1, 0.5)]
    assert answer(snapshot, Query(("profiles_in_journey",), answer="together")).frame.rows() == [("a", "b", 1, 0.5)]


@pytest.mark.parametrize("query", [Query(("entries",), answer="overlap"), Query(("messages_sent",), answer="pressure"),
                                   Query(("messages_sent",), ("day",), basis="happened", answer="pressure")])
def test_what_they_are_not_of_is_refused(snapshot, query):
    with pytest.raises(WrongUsage):
        answer(snapshot, query)


@pytest.mark.parametrize("seed", range(4))
def test_random_worlds_give_what_a_naive_count_gives(seed, tmp_path):
    product = product_of(crowd_of(seed, 8), tmp_path)
    weeks = Counter()
    for profile, day in product.snapshot.sql("SELECT profile_key, sent_day FROM messages WHERE sent_day IS NOT NULL").iter_rows():
        weeks[profile, day - timedelta(days=day.weekday())] += 1
    bands = Counter(BANDS.get(n, "15 or more") for n in weeks.values())
    assert {row[0]: row[1] for row in answer(product.snapshot, SENT).frame.rows()} == bands
    assert {row[0]: row[1] for row in answer(product.snapshot, IN).frame.rows()} == naive_overlap(product.snapshot)
    assert {row[:3] for row in answer(product.snapshot, Query(("profiles_in_journey",), answer="together")).frame.rows()} == naive_pairs(product.snapshot)
    product.close()


def runs_of(snapshot):
    as_of = snapshot.sql("SELECT as_of FROM build").item()
    found = defaultdict(list)
    for profile, journey, start, end in snapshot.sql("SELECT profile_key, journey_id, started_at, exited_at FROM runs").iter_rows():
        if (end or as_of) > start:
            found[profile].append((journey, start, end or as_of))
    return found


def naive_overlap(snapshot):
    most = Counter()
    for runs in runs_of(snapshot).values():
        most[max(len({journey for journey, start, end in runs if start <= at < end}) for _, at, _ in runs)] += 1
    return most


def naive_pairs(snapshot):
    pairs = defaultdict(set)
    for profile, runs in runs_of(snapshot).items():
        for (one, start, end), (other, begin, stop) in combinations(runs, 2):
            if one != other and start < stop and begin < end:
                pairs[tuple(sorted((one, other)))].add(profile)
    return {(*pair, len(people)) for pair, people in pairs.items()}
