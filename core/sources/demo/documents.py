"""The catalog documents of the demo's journeys (interface.md §2)."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.sources.demo.plan import Plan, Step, Version
from core.sources.demo.rhythm import Calendar


def documents_of(plans: Iterable[Plan], calendar: Calendar) -> list[dict[str, Any]]:
    """One document a journey that has one, in the order of `plans`."""
    return [document(plan, calendar) for plan in plans if plan.is_catalogued]


def document(plan: Plan, calendar: Calendar) -> dict[str, Any]:
    is_draft = plan.status == "draft"
    launched = calendar.at(plan.rhythm.starts if plan.rhythm.starts else plan.versions[0].since)
    ended = calendar.at(plan.rhythm.ends)
    if plan.rhythm.how == "peak":
        launched, ended = calendar.morning(calendar.campaign), calendar.morning(calendar.campaign + 5)
    return {
        "journey_id": plan.journey_id, "name": plan.name, "status": plan.status, "created_by": plan.created_by, "tags": list(plan.tags),
        "sub_account_id": plan.sub_account_id,
        "launched_at": None if is_draft else _text(launched),
        "ended_at": _text(ended) if plan.status == "finished" else None,
        "versions": [_version(version, calendar, is_draft) for version in plan.versions],
    }


def _version(version: Version, calendar: Calendar, is_draft: bool) -> dict[str, Any]:
    goal = version.goal
    return {
        "version": version.number,
        "published_at": None if is_draft else _text(calendar.at(version.since)),
        "goal": {"event": goal.event, "within_days": goal.within_days} if goal else None,
        "arms": [{"name": name, "element_id": element, "control": control} for name, element, control in version.arms] or None,
        "elements": [_element(step) for step in version.steps],
    }


def _element(step: Step) -> dict[str, Any]:
    return {"element_id": step.element_id, "kind": step.kind, "name": step.name, "channel": step.channel,
            "next": [{"to": way.to, "label": way.label} for way in step.ways]}


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
