"""The questions of IVR insights and Channels that are answered from the facts, and those of the journey map, over 20 M events: processor time of each."""
import argparse
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measuring import Claims, p95
from core.metrics import Query, answer
from core.metrics.call_paths import piece_of
from core.warehouse.snapshots import Snapshot, open_snapshot

REPEATS = 5
CALLS = (
    ("calls", "call_paths", ()), ("calls", piece_of("first_path_calls", step=1, next_element=None), ()), ("calls", "call_loops", ()),
    ("calls", "repeat_calls", ("direction",)),
    ("calls_answered", "call_lengths", ()), ("calls_answered", "call_length_quartiles", ("journey_version",)), ("calls_answered", "first_step_times", ()),
    ("calls_answered", "first_step_quartiles", ("journey_version",)), ("menu_visits", "menu_use", ()), ("menu_visits", "menu_use", ("journey_version",)),
    ("collects", "collect_use", ()), ("collects", "collect_values", ()), ("calls", None, ("day", "outcome")), ("calls", None, ("weekday", "hour")),
    ("calls_answered", None, ("last_element",)), ("menu_inputs", None, ("element", "input", "input_status")),
)  # fmt: skip
MESSAGES = (
    ("messages_viewed", "view_times", ()), ("messages_viewed", "view_time_quartiles", ("channel",)), ("messages_viewed", None, ("weekday", "hour")),
    ("messages_sent", None, ("channel", "sender")), ("messages_failed", None, ("channel", "reason")), ("wasted_cost", None, ("element", "channel", "currency")),
)  # fmt: skip

MAP_OF_RUNS = ("element_arrived", "element_passed", "element_waiting", "element_ended", "element_time_median_s")
ROLLED_UP = (("element_arrived", "flow"), ("element_arrived", "ways"))  # on both bases, where a rollup serves
FROM_FACTS = (("goal_value", "drop_off", ("currency",)), ("profiles_in_journey", "maturity", ("week",)))


def cpu_ms(snapshot: Snapshot, query: Query) -> float:
    """The least processor time of some askings."""
    taken = []
    for _ in range(REPEATS):
        began = time.process_time()
        answer(snapshot, query)
        taken.append((time.process_time() - began) * 1000)
    return min(taken)


def first_times(snapshot: Snapshot, journey: str, first: date, last: date) -> list[float]:
    """Processor time of a journey's first two questions about lost goal value: by SQL, then with all that is read to answer the next ones from memory."""
    query = Query(("goal_value",), ("currency",), first, last, where=(("journey", (journey,)),), answer="drop_off")
    taken = []
    for _ in range(2):
        began = time.process_time()
        answer(snapshot, query)
        taken.append((time.process_time() - began) * 1000)
    return taken


def map_times(snapshot: Snapshot, journey: str, first: date, last: date) -> tuple[list[float], list[float]]:
    """Processor time of the map's questions, on both bases: those of rollups, then those of facts."""
    where = (("journey", (journey,)),)
    rolled = [Query((measure,), (), first, last, basis, where, answer=name) for measure, name in ROLLED_UP for basis in ("entered", "happened")]
    rolled += [Query(MAP_OF_RUNS, ("element",), first, last, basis, where) for basis in ("entered", "happened")]
    facts = [Query((measure,), by, first, last, where=where, answer=name) for measure, name, by in FROM_FACTS]
    facts.append(Query(("goal_value",), ("currency",), first, last, "happened", where, answer="drop_off"))
    found = [[(query, cpu_ms(snapshot, query)) for query in queries] for queries in (rolled, facts)]
    for query, taken in (*found[0], *found[1]):
        print(f"  {(last - first).days + 1:>4} days  {taken:7.1f} ms  map: {query.measures[0]} {query.answer or 'by element'}, {query.basis}")
    return [taken for _, taken in found[0]], [taken for _, taken in found[1]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--account", default="big")
    parser.add_argument("--calls", default="journey-06", help="a journey with calls")
    parser.add_argument("--messages", default="journey-00", help="a journey with messages")
    parser.add_argument("--last", type=date.fromisoformat, default=date(2026, 6, 30))
    given = parser.parse_args()
    snapshot = open_snapshot(given.data_dir / "accounts" / given.account / "warehouse")
    claims = Claims()
    first = first_times(snapshot, given.messages, given.last - timedelta(364), given.last)
    claims.at_most(f"lost goal value of a journey: the first question {first[0]:.0f} ms, the one that reads it into memory", first[1], 500, "ms")
    for days in (28, 90, 365):
        times = []
        for journey, questions in ((given.calls, CALLS), (given.messages, MESSAGES)):
            for measure, name, by in questions:
                query = Query((measure,), by, given.last - timedelta(days - 1), given.last, where=(("journey", (journey,)),), answer=name)
                times.append(cpu_ms(snapshot, query))
                print(f"  {days:>4} days  {times[-1]:7.1f} ms  {measure} {name or ''} {', '.join(by)}")
        rolled, facts = map_times(snapshot, given.messages, given.last - timedelta(days - 1), given.last)
        times += facts
        claims.at_most(f"{days} days, {len(rolled)} questions of the map from rollups, p95 of processor time", p95(rolled), 10, "ms")
        claims.at_most(f"{days} days, {len(times)} questions, p95 of processor time", p95(times), 50, "ms")
    snapshot.close()
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
