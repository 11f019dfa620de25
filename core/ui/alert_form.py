"""The form of an alert: which number under which filters, when it fires and whom it tells, beside that number day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.access import emails
from core.access.features import Refused
from core.errors import JourneysError, WrongUsage
from core.metrics import MEASURES, Query
from core.metrics import currencies as currencies_of
from core.metrics.dimensions import dimension
from core.metrics.possible import mended, possible
from core.metrics.rules import is_bucket
from core.metrics.units import Unit
from core.reports import alerting, alerts, watched
from core.reports.alerts import LEAST_N, Rule
from core.reports.watched import Watched
from core.store import alerts as kept
from core.store.alerts import Alert
from core.ui import asking, drawing, frame, narrowing, parts, seen, tables, watch, words
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

Keep = Callable[[str, Query, Rule, tuple[int, ...], tuple[int, int] | None], None]
KIND_WORDS = {"unusual": "Changes unusually", "above": "Goes above a value", "below": "Falls below a value"}
DIRECTION_WORDS = {"both": "Up or down", "up": "Up", "down": "Down"}
SENSITIVITY_WORDS = {"high": "Small changes too", "normal": "Clear changes", "low": "Large changes only"}
TESTED_DAYS = 90


def show(viewer: Viewer, alert: Alert | None, keep: Keep) -> None:
    """A new alert, or a kept one; tested before it is kept, if wanted."""
    if alert is None:
        st.html(frame.title("A new alert", "One number, looked at after each refresh of the data; test it before you save it"))
    try:
        before = Query.of(alert.question) if alert else None
        whole, of = watch.asked(before)
        _known(viewer, whole, before)
        query = narrowed(viewer, whole, of)
        if why := alerting.refusal(viewer.account, query):
            raise Refused(why)
    except JourneysError as problem:
        parts.state("error", "This cannot be watched", str(problem), "bad", ("alerts?new=1", "Start over"))
        return
    question, answer = st.columns([1, 1.9], gap="medium")
    with question:
        _question(viewer, whole, of, query)
        is_tested, rule, why_not = _rest(viewer, alert, query, keep)
    with answer:
        _shown(viewer, query)
        if why_not:
            parts.state("error", "This cannot be tested" if is_tested else "The alert was not saved", why_not, "bad")
        elif is_tested:
            _tested(viewer, query, rule)


def _known(viewer: Viewer, query: Query, before: Query | None) -> None:
    """Raises WrongUsage for a filter's value that is not there; what a kept alert has is its own, also when it is gone since."""
    kept_values = dict(before.where) if before else {}
    for name, values in query.where:
        if not is_bucket(name):
            asking.known_values(viewer, query, name, [value for value in values if value not in kept_values.get(name, ())])


def narrowed(viewer: Viewer, whole: Query, of: str) -> Query:
    """The question of that one number; money in one currency, the account's own where it can be. Raises WrongUsage."""
    query = mended(watched.only(whole, of), currencies_of(seen.snapshot(viewer)), viewer.account.currency)
    return watched.checked(query, by_hour=False)


def _question(viewer: Viewer, whole: Query, of: str, query: Query) -> None:
    """Which number, and its filters; each change is a step of the address."""
    own = watched.numbers(whole)
    options = [*own, *(name for name in MEASURES if name not in own and name not in watched.NEVER)]
    st.session_state["al-of"] = of
    st.selectbox("It looks at", options, key="al-of", format_func=lambda name: MEASURES[name].label if name in MEASURES else name,
                 on_change=lambda: watch.put(whole, st.session_state["al-of"]))  # fmt: skip
    may = possible(query, seen.snapshot(viewer).attributes).filters
    narrowing.show(viewer, query, may, lambda asked: watch.put(replace(whole, where=asked.where), of), "al", ("journey",))
    gone = [dimension(name).said for name, _ in whole.where if name not in dict(query.where) and not is_bucket(name)]
    if gone:
        parts.foot(f"<b>Not on this number:</b> the filter on {escape(' and '.join(gone))}")


def _shown(viewer: Viewer, query: Query) -> None:
    """The number on each of the days that a test looks at, to the last that is over."""
    last = alerts.last_day(seen.snapshot(viewer))
    asked = replace(query, dimensions=("day",), first=last - timedelta(days=TESTED_DAYS - 1), last=last)
    chosen, title = asking.chosen_of(viewer, asked), watched.subject(seen.snapshot(viewer), query)
    about = f"{words.days(*chosen.days)}, on the day it happened"
    frame.show(viewer, chosen, lambda: drawing.widget(viewer, chosen, "alert", f"{title}, by day", asked, "line", sub=about))


def _rest(viewer: Viewer, alert: Alert | None, query: Query, keep: Keep) -> tuple[bool, Rule, str]:
    """When it fires and whom it tells; gives whether it is to be tested, its rule, and why what was wanted cannot be."""
    before = Rule.of(alert.rule) if alert else Rule("unusual")
    own = f"{alert.alert_id if alert else 'new'}"
    kinds = list(KIND_WORDS)
    kind = st.selectbox("It tells you when that", kinds, kinds.index(before.kind), format_func=KIND_WORDS.__getitem__, key=f"al-kind-{own}")
    with st.form(f"alert-{own}", border=False):
        rule = _rule(query, before, str(kind))
        usual = watched.subject(seen.snapshot(viewer), query)[: kept.LONGEST_NAME]
        given = alert.name if alert else st.query_params.get(watch.NAME, "")[: kept.LONGEST_NAME]
        name = st.text_input("Name", given, max_chars=kept.LONGEST_NAME, placeholder=usual).strip() or usual
        recipients, quiet = _recipients(viewer, alert), _quiet(alert)
        with st.container(horizontal=True, gap="small"):
            is_kept = st.form_submit_button("Save the changes" if alert else "Add the alert", type="primary")
            is_tested = st.form_submit_button("Test it on the last 90 days", icon=":material/science:")
    if not (is_kept or is_tested):
        return False, rule, ""
    try:
        Rule.of(rule.document())
        if is_kept:
            keep(name, watched.checked(query, by_hour=rule.by_hour), rule, recipients, quiet_hours(*quiet))
    except JourneysError as problem:
        return is_tested, rule, str(problem)
    return is_tested, rule, ""


def _rule(query: Query, before: Rule, kind: str) -> Rule:
    """What of a rule its kind needs: a value, or how large a change and which way."""
    what, value, direction, sensitivity = Watched.of(query), before.value, before.direction, before.sensitivity
    if kind == "unusual":
        left, right = st.columns(2)
        ways, sizes = list(DIRECTION_WORDS), list(SENSITIVITY_WORDS)
        direction = left.selectbox("Which way", ways, ways.index(direction), format_func=DIRECTION_WORDS.__getitem__)
        sensitivity = right.selectbox("How large", sizes, sizes.index(sensitivity), format_func=SENSITIVITY_WORDS.__getitem__)
    else:
        value = _value(what, watched.currency(query), value)
    least = before.least_n
    if what.under or (kind == "unusual" and what.is_count):
        under = f"{MEASURES[what.under].label.lower()} of its n" if what.under else "the number or what is usual"
        help_ = f"A change of a few says little: {under} must be at least this large. {LEAST_N} is usual."
        least = st.number_input("Not judged below", 0, value=least, help=help_)
    every = ("each day", "each hour") if watched.is_known_by_hour(query) else ("each day",)
    by_hour = st.selectbox("Judged for", every, int(before.by_hour and len(every) > 1), disabled=len(every) == 1) == "each hour"
    return Rule(kind, value, str(direction), str(sensitivity), int(least), by_hour)


def _value(what: Watched, currency: str | None, value: float | None) -> float | None:
    """The threshold, as people write it: a rate in per cent, money in its currency."""
    share = 100 if what.unit is Unit.RATE else 1
    of = {Unit.RATE: "per cent", Unit.MONEY: currency, Unit.SECONDS: "seconds"}.get(what.unit)
    typed = st.number_input(f"Value, in {of}" if of else "Value", value=None if value is None else float(round(value * share, 9)), placeholder="A number",
                            format="%.9g", step=1.0 if what.is_count else 0.1)  # fmt: skip
    return None if typed is None else typed / share


def _recipients(viewer: Viewer, alert: Alert | None) -> tuple[int, ...]:
    known = {user.user_id: (user.name, address) for user, address in emails.of_account(viewer.store, viewer.account.account_id).items()}
    before = [one for one in (alert.recipients if alert else (viewer.user.user_id,)) if one in known]
    said = {one: f"{name}{'' if address else ' (no mail address yet)'}" for one, (name, address) in known.items()}
    return tuple(st.multiselect("Mailed to", list(known), before, format_func=said.__getitem__, placeholder="Nobody: kept on this page only"))


def _quiet(alert: Alert | None) -> tuple[int | None, int | None]:
    left, right = st.columns(2)
    start, end = alert.quiet if alert and alert.quiet else (None, None)
    hours = list(range(24))
    first = left.selectbox("Quiet from", hours, start, format_func=lambda hour: f"{hour:02d}:00", placeholder="no quiet hours")
    last = right.selectbox("Quiet until", hours, end, format_func=lambda hour: f"{hour:02d}:00", placeholder="no quiet hours",
                           help="On the account's clock. A mail that is due in between leaves when they end.")  # fmt: skip
    return first, last


def quiet_hours(first: int | None, last: int | None) -> tuple[int, int] | None:
    """Both or neither. Raises WrongUsage."""
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise WrongUsage("Quiet hours begin and end: choose both hours, or neither.")
    if first == last:
        raise WrongUsage("Quiet hours that end in the hour in which they begin are none, or all day: choose another end, or switch the alert off.")
    return first, last


def _tested(viewer: Viewer, query: Query, rule: Rule) -> None:
    snapshot = seen.snapshot(viewer)
    try:
        with st.spinner("Looking at the last 90 days …"):
            found = alerting.test_run(snapshot, query, rule, TESTED_DAYS)
    except JourneysError as problem:
        parts.state("error", "This cannot be tested", str(problem), "bad")
        return
    if not found:
        parts.state("science", "It would not have fired in the last 90 days", "Nothing in them was beyond its bounds.")
        return
    parts.state("science", f"It would have fired {words.plural(len(found), 'time')} in the last 90 days", "Each with what was known by now.")
    tables.table([Col("What it would have said", "t", lambda row: escape(row["said"]))], [{"said": said} for _, said in reversed(found)],
                 "What it would have said", "tight", height=320)  # fmt: skip
