"""The measures of §4 as tables: which facts each one counts, how, and what it may be split by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.facts import STEPS, Fact, Facts

T = ("day", "week", "month")
RUN = (*T, "journey", "journey_version", "sub_account", "arm")  # "same" without hour and weekday: "* not for distinct profiles"
SAME = (*RUN, "hour", "weekday")
MESSAGE = (*SAME, "channel", "sender", "element")
CALL = (*SAME, "direction", "last_element", "outcome")
RUNGS = ("sent", "delivered", "failed", "viewed", "clicked", "replied", "unsubscribed", "complained")


@dataclass(frozen=True)
class Measure:
    kind: str  # count, people, sum, money, median
    splits: tuple[str, ...]


MEASURES: dict[str, Measure] = {
    "profiles_in_journey": Measure("people", RUN),
    "entries": Measure("count", SAME),
    "currently_in_journey": Measure("count", SAME),
    "profiles_exited": Measure("people", RUN),
    "exits": Measure("count", (*SAME, "exit_reason")),
    "active_profiles": Measure("people", RUN),
    "profiles_messaged": Measure("people", (*RUN, "channel")),
    "profiles_viewing": Measure("people", (*RUN, "channel")),
    "goal_performers": Measure("people", RUN),
    "goal_events": Measure("count", SAME),
    "goal_value": Measure("money", (*SAME, "currency")),
    **{f"messages_{rung}": Measure("count", MESSAGE) for rung in RUNGS},
    "messages_failed": Measure("count", (*MESSAGE, "reason")),
    "messages_viewed_machine": Measure("count", MESSAGE),
    "link_clicks": Measure("count", (*MESSAGE, "url")),
    "traffic_cost": Measure("money", (*MESSAGE, "currency")),
    "wasted_cost": Measure("money", (*MESSAGE, "currency")),
    **{f"element_{state}": Measure("count", (*RUN, "element")) for state in ("arrived", "passed", "waiting", "ended")},
    "element_time_median_s": Measure("median", (*RUN, "element")),
    "calls": Measure("count", CALL),
    "calls_answered": Measure("count", CALL),
    "calls_completed": Measure("count", CALL),
    "call_duration_s": Measure("sum", CALL),
    "menu_visits": Measure("count", (*CALL, "element")),
    "menu_inputs": Measure("count", (*CALL, "element", "input", "input_status")),
    "collects": Measure("count", (*CALL, "element", "collect_name", "input_status")),
    "mep": Measure("count", ("month", "journey", "sub_account")),
}

RATES: dict[str, tuple[str, str]] = {
    "exit_rate": ("profiles_exited", "profiles_in_journey"),
    "goal_rate": ("goal_performers", "profiles_in_journey"),
    "active_rate": ("active_profiles", "profiles_in_journey"),
    "delivery_rate": ("messages_delivered", "messages_sent"),
    "view_rate": ("messages_viewed", "messages_delivered"),
    "click_rate": ("messages_clicked", "messages_delivered"),
    "click_to_view_rate": ("messages_clicked", "messages_viewed"),
    "call_completion_rate": ("calls_completed", "calls_answered"),
    "cost_per_goal_performer": ("traffic_cost", "goal_performers"),
}

PLACED_BY_CALL = ("calls", "calls_answered", "calls_completed", "call_duration_s", "menu_visits", "menu_inputs", "collects", "mep")  # on both bases
MONEY = ("goal_value", "traffic_cost", "wasted_cost", "cost_per_goal_performer")


def splits_of(measure: str) -> tuple[str, ...]:
    if measure in MEASURES:
        return MEASURES[measure].splits
    if measure == "cost_per_goal_performer":
        return (*RUN, "currency")  # "as goal_performers, and currency"
    part, whole = (splits_of(name) for name in RATES[measure])
    return tuple(name for name in part if name in whole)  # "split by what both parts allow"


def of_run(run: Fact | None) -> Fact:
    """What every fact carries of its run: "All facts of a run carry these, whatever their own events say"."""
    if run is None:
        return {"start": None, "profile": None}
    return {name: run[name] for name in ("start", "profile", "journey", "journey_version", "sub_account", "arm")}


def of_call(call: Fact) -> Fact:
    outside = {"journey": call["journey"], "sub_account": call["sub_account"], "journey_version": None, "arm": None}
    return {**outside, **of_run(call["run"]), "call": call}


def facts_counted(measure: str, facts: Facts, ledger: list[Fact]) -> list[Fact]:
    """Every fact that a measure counts: its dimensions, `start` (of its run), `at` (its own time), and `profile` or `value`."""
    if measure == "mep":
        return [{**line, "start": None} for line in ledger]
    if measure in ("traffic_cost", "wasted_cost"):
        return costs(facts, wasted=measure == "wasted_cost")
    for family in (_of_runs, _of_messages, _of_elements, _of_calls):
        found = family(measure, facts)
        if found is not None:
            return found
    raise KeyError(measure)


def _of_runs(measure: str, facts: Facts) -> list[Fact] | None:
    runs = [{**of_run(run), "at": run["start"], "run": run} for run in facts.runs]
    exits = [{**fact, "at": fact["run"]["exit_at"], "exit_reason": fact["run"]["exit_reason"]} for fact in runs if fact["run"]["exit_at"] is not None]
    goals = [{**of_run(goal["run"]), "at": goal["at"], "value": goal["value"], "currency": goal["value_currency"]} for goal in facts.goals]
    return {
        "entries": runs,
        "profiles_in_journey": runs,
        "currently_in_journey": [fact for fact in runs if fact["run"]["exit_at"] is None],  # "runs without an exit"
        "exits": exits,
        "profiles_exited": [fact for fact in exits if fact["exit_reason"] == "exit_point"],  # "whose exit is an exit point"
        "active_profiles": [{**fact, "at": at} for fact in runs for at in fact["run"]["active_times"]],
        "goal_events": goals,
        "goal_performers": goals,
        "goal_value": [goal for goal in goals if goal["value"] is not None],
    }.get(measure)


def _message(message: Fact, at: Any) -> Fact:
    return {**of_run(message["run"]), **{name: message[name] for name in ("channel", "sender", "element", "reason")}, "at": at}


def _of_messages(measure: str, facts: Facts) -> list[Fact] | None:
    rungs = {f"messages_{rung}": f"{rung}_at" for rung in (*RUNGS, "viewed_machine")}
    rungs |= {"profiles_messaged": "sent_at", "profiles_viewing": "viewed_at"}
    if measure in rungs:
        return [_message(message, message[rungs[measure]]) for message in facts.messages if message[rungs[measure]] is not None]
    if measure != "link_clicks":  # "`message.clicked` events by humans"
        return None
    return [
        {**_message(message, event["occurred_at"]), "url": event["url"]}
        for message in facts.messages
        for event in message["events"]
        if event["event_type"] == "message.clicked" and not event["is_machine"]
    ]


def costs(facts: Facts, *, wasted: bool) -> list[Fact]:
    """§4: "Σ cost of messages and calls (a call without a run: on *happened* alone)"; wasted: "of messages that no human viewed"."""
    counted = [
        {**_message(m, m["cost_at"]), "value": m["cost"], "currency": m["cost_currency"]}
        for m in facts.messages
        if m["cost"] is not None and not (wasted and m["viewed_at"] is not None)
    ]
    for call in [] if wasted else facts.calls:
        if call["cost"] is not None:  # "channel (a call: VOICE), sender, element (a call: its last)"
            said = {"channel": "VOICE", "sender": call["sender"], "element": call["last_element"]}
            counted.append({**of_call(call), **said, "at": call["start"], "value": call["cost"], "currency": call["cost_currency"]})
    return counted


def _of_elements(measure: str, facts: Facts) -> list[Fact] | None:
    if measure == "element_time_median_s":
        return [{**of_run(v["run"]), "element": v["element"], "at": v["at"], "value": v["seconds"]} for v in facts.visits]
    state = measure.removeprefix("element_")
    if state not in ("arrived", "passed", "waiting", "ended"):
        return None
    return [{**of_run(a["run"]), "element": a["element"], "at": a["at"]} for a in facts.arrivals if state in ("arrived", a["state"])]


def _of_calls(measure: str, facts: Facts) -> list[Fact] | None:
    """§4: "calls; on **both** bases by the call's start"."""
    shared = ("direction", "last_element", "outcome")
    calls = [{**of_call(call), **{name: call[name] for name in shared}, "at": call["start"], "value": call["duration_s"]} for call in facts.calls]
    kind = {"menu_visits": "menu", "menu_inputs": "input", "collects": "collect"}.get(measure)
    steps = [
        {
            **fact,
            "element": step["element_id"],
            "input": step["input"],
            "input_status": step["status"] or "ok",  # "`input_status` null is `ok`"
            "collect_name": step["collect_name"],
        }
        for fact in calls
        for step in fact["call"]["steps"]
        if STEPS[step["event_type"]] == kind
    ]
    return {
        "calls": calls,
        "calls_answered": [fact for fact in calls if fact["call"]["answered"]],
        "calls_completed": [fact for fact in calls if fact["call"]["completed"]],
        "call_duration_s": [fact for fact in calls if fact["value"] is not None],
        kind and measure: steps,
    }.get(measure)
