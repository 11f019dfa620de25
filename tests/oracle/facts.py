"""The facts of §3: the log's events and newest documents → runs, messages, calls and the rest, each a list of plain records, by brute force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.days import instant
from tests.oracle.log import Event, Log, order

Fact = dict[str, Any]

VIEWS = ("message.seen", "message.opened", "message.clicked", "message.replied")
PROOFS = (*VIEWS, "message.unsubscribed", "message.complained")  # "Unsubscribed and complained prove delivery, not a view"
STEPS = {"call.menu_entered": "menu", "call.input": "input", "call.collected": "collect"}


@dataclass
class Facts:
    runs: list[Fact]
    messages: list[Fact]
    calls: list[Fact]
    goals: list[Fact]
    arrivals: list[Fact]
    visits: list[Fact]
    orphans: list[Event]


def earliest(events: list[Event]) -> Event | None:
    return min(events, key=order, default=None)


def latest(events: list[Event]) -> Event | None:
    return max(events, key=order, default=None)


def latest_received(events: list[Event]) -> Event | None:
    """§1: "*latest received* the highest position"."""
    return max(events, key=lambda event: event["position"], default=None)


def first_named(events: list[Event], column: str) -> Any:
    """What the earliest event that names one says; None where none does."""
    event = earliest([e for e in events if e[column] is not None])
    return event[column] if event else None


def of_type(events: list[Event], *types: str) -> list[Event]:
    return [event for event in events if event["event_type"] in types]


def time_of(events: list[Event]) -> datetime | None:
    event = earliest(events)
    return event["occurred_at"] if event else None


def newest_documents(log: Log) -> dict[str, dict[str, Any]]:
    """§2: "The newest document of a journey describes all its runs, past ones too"."""
    return {document.body["journey_id"]: document.body for document in log.documents}


def facts_of(log: Log, account_currency: str) -> Facts:
    catalog = newest_documents(log)
    runs = runs_of(log.events, catalog)
    messages = messages_of(log.events, runs, account_currency)
    calls = calls_of(log.events, runs, catalog, account_currency)
    for run in runs:
        finish(run, [m for m in messages if m["run"] is run], [c for c in calls if c["run"] is run], log.events, runs, catalog)
    in_measures = [c for c in calls if c["run"] or c["journey"]]  # "a call without run and journey, [is] in no measure"
    return Facts(
        runs=runs,
        messages=[m for m in messages if m["run"]],  # "A message without a run … [is] in no measure"
        calls=in_measures,
        goals=goals_of(log.events, runs, catalog, account_currency),
        arrivals=[arrival for run in runs for arrival in arrivals_of(run)],
        visits=[visit for run in runs for visit in visits_of(run)],
        orphans=orphans_of(log.events, runs, messages, in_measures),
    )


# --- runs ------------------------------------------------------------------------------------------------------------


def runs_of(events: list[Event], catalog: dict[str, Any]) -> list[Fact]:
    """§3: "With an `entry_id`, the run is (journey, entry_id): one run however many entered events. Without one, each entered event is a run." """
    by_key: dict[Any, list[Event]] = {}
    for event in of_type(events, "journey.entered"):
        key = (event["journey_id"], event["entry_id"]) if event["entry_id"] is not None else event["position"]
        by_key.setdefault(key, []).append(event)
    return [run_of(entered, catalog) for entered in by_key.values()]


def run_of(entered: list[Event], catalog: dict[str, Any]) -> Fact:
    first = earliest(entered)  # "A run starts at its earliest entered event, which gives its profile"
    assert first is not None
    journey, document = first["journey_id"], catalog.get(first["journey_id"], {})
    version = first_named(entered, "journey_version")  # "of its earliest entered event that names one"
    if version is None:
        version = version_in_force(document.get("versions") or [], first["occurred_at"])
    sub_account = first_named(entered, "sub_account_id")  # "of its earliest entered event that names one; else the journey's; else null"
    return {
        "journey": journey,
        "entry_id": first["entry_id"],
        "profile": first["profile_id"],
        "start": first["occurred_at"],
        "start_position": first["position"],
        "journey_version": version,
        "sub_account": sub_account if sub_account is not None else document.get("sub_account_id"),
        "entered": entered,
    }


def version_in_force(versions: list[dict[str, Any]], start: datetime) -> int | None:
    """§3: "else the version with the latest published_at at or before its start (equal: the higher number); else the catalog's lowest version that
    has a published_at, else its lowest; else null"."""
    published = [(instant(v["published_at"]), v["version"]) for v in versions if v.get("published_at")]
    in_force = [(at, number) for at, number in published if at <= start]
    if in_force:
        return max(in_force)[1]
    if published:
        return min(number for _, number in published)
    return min((v["version"] for v in versions), default=None)


def run_found(event: Event, runs: list[Fact]) -> Fact | None:
    """§3: which run an event finds."""
    if event["journey_id"] is None:
        return None  # "Otherwise none"
    if event["entry_id"] is not None:  # "exactly that run, whatever its time and profile"
        return next((r for r in runs if (r["journey"], r["entry_id"]) == (event["journey_id"], event["entry_id"])), None)
    return latest_run(event["journey_id"], event, runs)


def latest_run(journey: str, event: Event, runs: list[Fact]) -> Fact | None:
    """§3: "the latest run of that journey and profile, of either kind, that started at or before it (of runs that started together, the one whose
    earliest entered event has the highest position)"."""
    started = [r for r in runs if r["journey"] == journey and r["profile"] == event["profile_id"] and r["start"] <= event["occurred_at"]]
    return max(started, key=lambda run: (run["start"], run["start_position"]), default=None)


# --- messages and calls ----------------------------------------------------------------------------------------------


def grouped(events: list[Event], prefix: str, id_column: str) -> list[list[Event]]:
    """§3: "Message = (source, message_id)"; §1: "a message event without one stands for a message of its own"."""
    groups: dict[Any, list[Event]] = {}
    for event in events:
        if event["event_type"].startswith(prefix):
            key = event["position"] if event[id_column] is None else (event["source"], event[id_column])
            groups.setdefault(key, []).append(event)
    return list(groups.values())


def owner(candidates: list[Event], runs: list[Fact]) -> tuple[Event | None, Fact | None]:
    """The earliest of the events that find a run, and that run."""
    finder = earliest([event for event in candidates if run_found(event, runs)])
    return finder, run_found(finder, runs) if finder else None


def said(column: str, finder: Event | None, events: list[Event]) -> Any:
    """§3: "Its channel, sender and element: of that event, else of its earliest event that names one"."""
    return finder[column] if finder and finder[column] is not None else first_named(events, column)


def cost_of(events: list[Event], account_currency: str) -> dict[str, Any]:
    """§3: "of its latest received event with a cost_amount; its currency is that event's, else the account's"."""
    priced = latest_received([event for event in events if event["cost_amount"] is not None])
    if priced is None:
        return {"cost": None, "cost_currency": None}  # "No cost is not zero"
    return {"cost": priced["cost_amount"], "cost_currency": priced["cost_currency"] or account_currency}


def messages_of(events: list[Event], runs: list[Fact], account_currency: str) -> list[Fact]:
    messages = []
    for evidence in grouped(events, "message.", "message_id"):
        finder, run = owner(of_type(evidence, "message.sent"), runs)  # "the run found by its earliest `message.sent` that finds one"
        if run is None:
            finder, run = owner(evidence, runs)  # "else by its earliest event that finds one"
        rungs = rungs_of(evidence)
        messages.append(
            {
                "run": run,
                "events": evidence,
                "channel": said("channel", finder, evidence),
                "sender": said("sender", finder, evidence),
                "element": said("element_id", finder, evidence),
                **rungs,
                **cost_of(evidence, account_currency),
                "cost_at": rungs["sent_at"] or time_of(evidence),  # §4: "message: sent, else its earliest event"
            }
        )
    return messages


def rungs_of(evidence: list[Event]) -> dict[str, Any]:
    """§3, the ladder: the time of each rung ("its earliest evidence"), None where the message is not on it."""
    human = [e for e in evidence if not (e["is_machine"] and e["event_type"] in PROOFS)]  # "is_machine means nothing on other events"
    machine_views = [e for e in of_type(evidence, *VIEWS) if e["is_machine"]]  # "the first four are a machine view"
    viewed = of_type(human, *VIEWS)  # "seen, opened, clicked or replied by a human"
    delivered = of_type(evidence, "message.delivered", *PROOFS)  # "A machine's … proves delivery and nothing more"
    failed = of_type(evidence, "message.failed")
    last_failed = latest(failed)
    is_failed = bool(failed) and not delivered  # "a failed event and no proof of delivery"
    return {
        "sent_at": time_of(of_type(evidence, "message.sent") + delivered),  # "each rung implied by those after it"; "failed without a sent event is not sent"
        "delivered_at": time_of(delivered),
        "viewed_at": time_of(viewed),
        "clicked_at": time_of(of_type(human, "message.clicked")),
        "replied_at": time_of(of_type(human, "message.replied")),
        "unsubscribed_at": time_of(of_type(human, "message.unsubscribed")),
        "complained_at": time_of(of_type(human, "message.complained")),
        "failed_at": time_of(failed) if is_failed else None,
        "reason": last_failed["reason"] if last_failed and is_failed else None,  # "Reason of a failed message: of its latest failed event"
        "viewed_machine_at": time_of(machine_views) if not viewed else None,  # §4: "messages with a machine view and no human one"
    }


def calls_of(events: list[Event], runs: list[Fact], catalog: dict[str, Any], account_currency: str) -> list[Fact]:
    calls = []
    for evidence in grouped(events, "call.", "call_id"):
        finder, run = owner(evidence, runs)  # "the same, by its earliest event that finds a run"
        # "A call without a run whose events name a journey (the earliest counts) is that journey's call, …, its sub-account the journey's"
        journey = run["journey"] if run else first_named(evidence, "journey_id")
        ended = latest(of_type(evidence, "call.ended"))
        outcome = (ended["status"] or "unknown") if ended else "open"
        steps = of_type(evidence, *STEPS)
        naming = latest([step for step in steps if step["element_id"] is not None])
        completed = outcome in ("completed", "transferred")
        calls.append(
            {
                "run": run,
                "events": evidence,
                "journey": journey,
                "sub_account": run["sub_account"] if run else catalog.get(journey, {}).get("sub_account_id"),
                "sender": said("sender", finder, evidence),
                "direction": said("direction", finder, evidence),
                "start": time_of(evidence),  # "starts at its earliest event"
                "outcome": outcome,
                "duration_s": ended["duration_s"] if ended else None,
                "answered": bool(steps or of_type(evidence, "call.answered")) or completed,
                "completed": completed,
                "last_element": naming["element_id"] if naming else None,  # "of its latest menu, input or collect event that names one"
                "steps": steps,
                "ok_at": time_of([e for e in of_type(evidence, "call.input", "call.collected") if e["status"] in (None, "ok")]),
                **cost_of(evidence, account_currency),
            }
        )
    return calls


# --- what a run did --------------------------------------------------------------------------------------------------


def finish(run: Fact, messages: list[Fact], calls: list[Fact], events: list[Event], runs: list[Fact], catalog: dict[str, Any]) -> None:
    """Exit, arrivals, arm and activity of a run, from its own events, messages and calls."""
    own = [event for event in of_type(events, "journey.exited", "element.entered") if run_found(event, runs) is run]
    left = earliest(of_type(own, "journey.exited"))  # "Exit of a run: its earliest `journey.exited`"
    run["exit_at"] = left["occurred_at"] if left else None
    run["exit_reason"] = (left["reason"] or "exit_point") if left else None  # "Reason null is shown as `exit_point`"
    arrivals = of_type(own, "element.entered") + ([left] if left and left["element_id"] is not None else [])
    arrived_at = {event["element_id"] for event in arrivals}
    spoken = [e for fact in messages + calls for e in fact["events"] if e["element_id"] is not None and e["element_id"] not in arrived_at]
    for element in {event["element_id"] for event in spoken}:  # "where it has neither for an element, its earliest message or call event that names it"
        first = earliest([event for event in spoken if event["element_id"] == element])
        assert first is not None
        arrivals.append(first)
    run["arrivals"] = sorted(arrivals, key=order)
    run["arm"] = arm_of(run, catalog)
    # "Active run: at least one of its messages was viewed, or one of its calls has an `ok` input or collect"
    run["active_times"] = [t for t in [m["viewed_at"] for m in messages] + [c["ok_at"] for c in calls] if t is not None]


def version_of(run: Fact, catalog: dict[str, Any]) -> dict[str, Any]:
    versions = catalog.get(run["journey"], {}).get("versions") or []
    return next((v for v in versions if v["version"] == run["journey_version"]), {})


def arm_of(run: Fact, catalog: dict[str, Any]) -> str | None:
    """§3: "of its version's arms, the one whose element the run arrived at first (of arms with one element the first listed); none: null"."""
    arms = version_of(run, catalog).get("arms") or []
    for arrival in run["arrivals"]:
        for arm in arms:
            if arm["element_id"] == arrival["element_id"]:
                return arm["name"]
    return None


def arrivals_of(run: Fact) -> list[Fact]:
    """A row per (run, element), at the first arrival there: `ended`, `waiting` or `passed`."""
    facts = []
    is_at = run["arrivals"][-1]["element_id"] if run["arrivals"] else None  # "The run *is at* the element of its latest arrival"
    for element in {arrival["element_id"] for arrival in run["arrivals"]}:
        first = next(a for a in run["arrivals"] if a["element_id"] == element)
        state = "passed" if element != is_at else "waiting" if run["exit_at"] is None else "ended"
        facts.append({"run": run, "element": element, "at": first["occurred_at"], "state": state})
    return facts


def visits_of(run: Fact) -> list[Fact]:
    """§3: "A **visit** lasts from an arrival to the run's next arrival, or to its exit where that comes first; an arrival whose time is that of the
    exit or later begins none". Only ended visits: their whole seconds, cut."""
    visits = []
    following = [*run["arrivals"][1:], None]
    for arrival, after in zip(run["arrivals"], following, strict=False):
        start = arrival["occurred_at"]
        ends = [t for t in (after["occurred_at"] if after else None, run["exit_at"]) if t is not None]
        if (run["exit_at"] is not None and start >= run["exit_at"]) or not ends:
            continue
        visits.append({"run": run, "element": arrival["element_id"], "at": start, "seconds": (min(ends) - start) // timedelta(seconds=1)})
    return visits


# --- goals and orphans -----------------------------------------------------------------------------------------------


def goals_of(events: list[Event], runs: list[Fact], catalog: dict[str, Any], account_currency: str) -> list[Fact]:
    """§3: "An event counts and is valued once for each run it counts for"."""
    facts = []
    for event in of_type(events, "event.performed"):
        if event["journey_id"] is not None:  # "with journey_id and entry_id that run; with journey_id the latest run of the profile in it"
            chosen = [run_found(event, runs)]
        else:  # "with neither the latest such run in each journey (an entry_id without a journey_id is ignored)"
            chosen = [latest_run(journey, event, runs) for journey in sorted({run["journey"] for run in runs})]
        for run in chosen:
            if run is not None and counts(event, run, version_of(run, catalog).get("goal")):
                currency = event["value_currency"] or account_currency
                facts.append({"run": run, "at": event["occurred_at"], "value": event["value_amount"], "value_currency": currency})
    return facts


def counts(event: Event, run: Fact, goal: dict[str, Any] | None) -> bool:
    if goal is None or goal["event"] != event["name"] or event["occurred_at"] < run["start"]:
        return False
    if event["profile_id"] is None:  # "the event's profile is the run's (or is null and the entry_id is given)"
        if event["journey_id"] is None or event["entry_id"] is None:
            return False
    elif event["profile_id"] != run["profile"]:
        return False
    if goal.get("within_days") is None:
        return True
    waited = Fraction((event["occurred_at"] - run["start"]) // timedelta(microseconds=1), 86_400_000_000)
    return waited <= Fraction(str(goal["within_days"]))  # "start + within_days × 24 h"


def orphans_of(events: list[Event], runs: list[Fact], messages: list[Fact], calls: list[Fact]) -> list[Event]:
    """§3: "an event that names a journey and is in no run or journey's call, neither by itself nor through its message or call"."""
    held = {e["position"] for fact in [m for m in messages if m["run"]] + calls for e in fact["events"]}
    held |= {e["position"] for run in runs for e in run["entered"]}
    return [
        event
        for event in events
        if event["journey_id"] is not None
        and event["event_type"] != "event.performed"  # "an `event.performed` is never one"
        and event["position"] not in held
        and run_found(event, runs) is None
    ]
