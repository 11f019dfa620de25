"""What an alert said of one day or hour: the sentence as it was mailed, the number by what is known now, and the days around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.errors import JourneysError
from core.metrics import Query
from core.reports import alerting, alerts, watched
from core.reports.unusual import WEEKS
from core.reports.watched import Watched
from core.store import alerts as kept
from core.store.alerts import Alert, Firing
from core.ui import answers, asking, drawing, frame, parts, seen, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def show(viewer: Viewer, alert: Alert, about: str) -> None:
    """Where a mail leads to. Raises JourneysError where the alert said nothing of that day or hour."""
    firing = next((one for one in kept.history_of(viewer.store, alert.alert_id) if one.about == about), None)
    if firing is None:
        raise JourneysError(f"Alert {alert.name} said nothing of “{about}”.")
    query = Query.of(alert.question)
    if why := alerting.refusal(viewer.account, query):
        parts.state("lock", "This is not open here", why)
        return
    day, hour = _when(firing.about)
    when = words.day(day) + ("" if hour is None else f", {hour:02d}:00")
    told = f"Said on {words.moment(firing.fired_at, viewer.account.time_zone, year=True)}, {firing.state}, of snapshot {firing.snapshot_id}"
    with frame.section("alert-said", f"What it said of {when}", told):
        parts.state("notifications", firing.said, _now(viewer, query, day, hour), link=(f"alerts?alert={alert.alert_id}", "Open the alert"))
    _around(viewer, query, day, hour)


def _when(about: str) -> tuple[date, int | None]:
    day, _, hour = about.partition(" ")
    return date.fromisoformat(day), int(hour) if hour else None


def _now(viewer: Viewer, query: Query, day: date, hour: int | None) -> str:
    """The same number by what is known now: late events, or another question since then, may have changed it."""
    asked = replace(query, first=day, last=day)
    if hour is not None:
        asked = asked.filtered("hour", hour)
    what = Watched.of(query)
    value = answers.ask(viewer, asked).frame[what.name][0]
    said = words.number(value, what.unit, watched.currency(query))
    return f"By what is known now: {said}."


def _around(viewer: Viewer, query: Query, day: date, hour: int | None) -> None:
    """The hours of that day, or the eight weeks to which it was held and the week after it."""
    until = min(day + timedelta(days=7), alerts.last_day(seen.snapshot(viewer)))
    first, last = (day - timedelta(weeks=WEEKS), max(until, day)) if hour is None else (day, day)
    asked = replace(query, dimensions=("day",) if hour is None else ("hour",), first=first, last=last)
    chosen, title = asking.chosen_of(viewer, asked), watched.subject(seen.snapshot(viewer), query)
    by, form = ("day", "line") if hour is None else ("hour", "bar")
    frame.show(viewer, chosen, lambda: drawing.widget(viewer, chosen, "alert-around", f"{title}, by {by}", asked, form, sub=words.days(first, last)))


def links(firing: Firing) -> dict[str, str]:
    """The parameters of the page about it."""
    return {"alert": str(firing.alert_id), "about": firing.about}
