"""Alerts: what is looked out for, what they said, and the form with a test run over the last 90 days."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access import emails
from core.errors import JourneysError
from core.metrics import MEASURES, Query
from core.reports import alerting
from core.reports.alerts import LEAST_N, Rule, checked
from core.store import alerts as kept
from core.store.alerts import Alert
from core.ui import catalog, filters, frame, parts, seen, tables, words
from core.ui.address import whole
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = "ja-alerts-said"
TESTED = "ja-alerts-tested"
KIND_WORDS = {"unusual": "Changes unusually", "above": "Goes above a value", "below": "Falls below a value"}
DIRECTION_WORDS = {"both": "Up or down", "up": "Up", "down": "Down"}
SENSITIVITY_WORDS = {"high": "Small changes too", "normal": "Clear changes", "low": "Large changes alone"}
SNOOZES = {"1 day": 1, "1 week": 7, "4 weeks": 28}
NEVER = {"mep"}  # it has thresholds of its own
ALL = "All journeys"


def listed(viewer: Viewer) -> None:
    """The account's alerts, each with its state."""
    found = kept.listed(viewer.store, viewer.account.account_id)
    with frame.section("alerts", words.plural(len(found), "alert") if found else "Alerts", "Looked at after each refresh of the data"):
        if not found:
            parts.state("notifications", "No number is watched yet", "An alert says, here and by mail, when a number changes unusually or passes a value.")
            return
        owners = {user.user_id: user.name for user in emails.of_account(viewer.store, viewer.account.account_id)}
        tables.table([
            Col("Alert", "t", lambda row: f'<a href="{escape(filters.address_with({"alert": str(row["one"].alert_id)}, only=()))}" target=_self>'
                                          f'{words.name(row["one"].name)}</a>'),
            Col("Looks at", "t", lambda row: escape(asked_in_words(viewer, row["one"]))),
            Col("State", "t", lambda row: _state(viewer, row["one"])),
            Col("Of", "t", lambda row: words.name(owners.get(row["one"].user_id, words.MISSING))),
        ], [{"one": one} for one in found], "Alerts", "tight")  # fmt: skip


def asked_in_words(viewer: Viewer, alert: Alert) -> str:
    """What an alert looks out for, in a line."""
    query, rule = Query.of(alert.question), Rule.of(alert.rule)
    measure = MEASURES[query.measures[0]].label
    names = catalog.of(viewer)
    where = " · ".join(names.name(str(value)) if name == "journey" else words.plain(str(value)) for name, values in query.where for value in values)
    every = "each hour" if rule.by_hour else "each day"
    what = {"unusual": "changes unusually", "above": f"above {rule.value:,g}" if rule.value is not None else "",
            "below": f"below {rule.value:,g}" if rule.value is not None else ""}[rule.kind]  # fmt: skip
    return f"{measure}{f' of {where}' if where else ''}, {what}, {every}"


def _state(viewer: Viewer, alert: Alert) -> str:
    if not alert.active:
        return "<span class='ja-st off'>off</span>"
    if alert.snoozed_until and alert.snoozed_until > viewer.now:
        return f"<span class='ja-st warn'>snoozed until {escape(words.moment(alert.snoozed_until, viewer.account.time_zone))}</span>"
    return "<span class='ja-st'>on</span>"


def history(viewer: Viewer) -> None:
    """What the alerts said, newest first."""
    names = {one.alert_id: one.name for one in kept.listed(viewer.store, viewer.account.account_id)}
    found = kept.history(viewer.store, viewer.account.account_id)
    with frame.section("said", "What the alerts said", "Newest first"):
        if not found:
            parts.state("history", "No alert has fired yet", "What they say stays here, mailed or not.")
            return
        zone = viewer.account.time_zone
        shapes = {"mailed": "", "kept": " off", "snoozed": " warn"}
        tables.table([
            Col("When", "t", lambda row: escape(words.moment(row["one"].fired_at, zone, year=True))),
            Col("Alert", "t", lambda row: words.name(names[row["one"].alert_id])),
            Col("What", "t", lambda row: words.name(row["one"].said)),
            Col("State", "t", lambda row: f"<span class='ja-st{shapes[row['one'].state]}'>{escape(row['one'].state)}</span>"),
        ], [{"one": one} for one in found], "What the alerts said", "tight", height=420)  # fmt: skip


def one(viewer: Viewer, alert_id: str) -> None:
    """One alert: snooze, switch, change, remove."""
    number = whole(alert_id)
    if number is None:
        raise JourneysError(f"“{alert_id}” is no alert.")
    alert = kept.find(viewer.store, viewer.account.account_id, number)
    st.html(f"<h2 class=ja-t>{escape(alert.name)}</h2><p class=ja-sub>{escape(asked_in_words(viewer, alert))}</p>")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if st.button("Switch it off" if alert.active else "Switch it on", icon=":material/power_settings_new:"):
            _change(viewer, alert, active=not alert.active)
        if alert.snoozed_until and alert.snoozed_until > viewer.now:
            if st.button("End the snooze", icon=":material/alarm_off:"):
                _change(viewer, alert, snoozed_until=None)
        elif picked := st.menu_button("Snooze", list(SNOOZES), icon=":material/snooze:"):
            _change(viewer, alert, snoozed_until=viewer.now + timedelta(days=SNOOZES[picked]))
        if st.button("Remove", icon=":material/delete:", type="tertiary"):
            _owned(viewer, alert)
            kept.remove(viewer.store, viewer.account.account_id, alert.alert_id)
            _done(f"Alert {alert.name} is removed.", None)
    form(viewer, alert)


def _owned(viewer: Viewer, alert: Alert) -> None:
    viewer.check()
    if alert.user_id != viewer.user.user_id and not viewer.may("administer"):
        raise JourneysError("An alert is changed by the one who made it, or by an administrator.")


def _change(viewer: Viewer, alert: Alert, **values: Any) -> None:
    _owned(viewer, alert)
    kept.change(viewer.store, viewer.account.account_id, alert.alert_id, **values)
    _done(f"Alert {alert.name} is changed.", str(alert.alert_id))


def _done(said: str, alert_id: str | None) -> None:
    st.session_state[SAID] = said
    st.session_state.pop(TESTED, None)
    filters.write({"alert": alert_id, "new": None})
    st.rerun()


def form(viewer: Viewer, alert: Alert | None) -> None:
    """A new alert, or a kept one; tested before it is kept, if wanted."""
    if alert is None:
        st.html(frame.title("A new alert", "One number, looked at after each refresh of the data; test it before you keep it"))
    with st.form(f"alert-{alert.alert_id if alert else 'new'}", border=False):
        name = st.text_input("Name", alert.name if alert else "", placeholder="Deliveries fall")
        query, rule = _question(viewer, alert), _rule(alert)
        recipients, quiet = _recipients(viewer, alert), _quiet(alert)
        with st.container(horizontal=True, gap="small"):
            is_kept = st.form_submit_button("Keep the changes" if alert else "Add the alert", type="primary")
            is_tested = st.form_submit_button("Test it on the last 90 days", icon=":material/science:")
    if not (is_kept or is_tested):
        return
    try:
        settled = checked(query, Rule.of(rule.document()))
        if is_tested:
            _tested(viewer, settled, rule)
        else:
            _keep(viewer, alert, name, settled, rule, recipients, quiet)
    except JourneysError as problem:
        parts.state("error", "The alert was not kept" if is_kept else "This cannot be tested", str(problem), "bad")


def _question(viewer: Viewer, alert: Alert | None) -> Query:
    asked = Query.of(alert.question) if alert else Query(("entries",))
    where = dict(asked.where)
    names = catalog.of(viewer)
    measures = [name for name in MEASURES if name not in NEVER]
    measure = st.selectbox("Measure", measures, measures.index(asked.measures[0]), format_func=lambda name: MEASURES[name].label)
    journeys = [ALL, *names.journeys]
    chosen = str(where["journey"][0]) if "journey" in where else ALL
    at = journeys.index(chosen) if chosen in journeys else 0
    journey = st.selectbox("Journey", journeys, at, format_func=lambda one: one if one == ALL else names.name(one))
    query = Query((str(measure),))
    query = query if journey == ALL else query.filtered("journey", str(journey))
    return query.filtered("currency", viewer.account.currency) if "currency" in MEASURES[str(measure)].splits else query


def _rule(alert: Alert | None) -> Rule:
    rule = Rule.of(alert.rule) if alert else Rule("unusual")
    kinds = list(KIND_WORDS)
    kind = st.selectbox("It tells you when the number", kinds, kinds.index(rule.kind), format_func=KIND_WORDS.__getitem__)
    left, middle, right = st.columns(3)
    with left:
        ways = list(DIRECTION_WORDS)
        direction = st.selectbox("Unusual: direction", ways, ways.index(rule.direction), format_func=DIRECTION_WORDS.__getitem__)
        value = st.number_input("Above or below: value (a rate from 0 to 1)", value=rule.value, placeholder="only for above and below")
    with middle:
        sizes = list(SENSITIVITY_WORDS)
        sensitivity = st.selectbox("Unusual: how large", sizes, sizes.index(rule.sensitivity), format_func=SENSITIVITY_WORDS.__getitem__)
        least = st.number_input("Not judged below", 0, value=rule.least_n, help=f"Counts, and denominators of rates, say little below it (usually {LEAST_N}).")
    with right:
        by_hour = st.selectbox("It looks at", ("each day", "each hour"), int(rule.by_hour)) == "each hour"
    return Rule(str(kind), value, str(direction), str(sensitivity), int(least), by_hour)


def _recipients(viewer: Viewer, alert: Alert | None) -> tuple[int, ...]:
    known = {user.user_id: (user.name, address) for user, address in emails.of_account(viewer.store, viewer.account.account_id).items()}
    before = [one for one in (alert.recipients if alert else (viewer.user.user_id,)) if one in known]
    said = {one: f"{name}{'' if address else ' (no mail address yet)'}" for one, (name, address) in known.items()}
    return tuple(st.multiselect("Mailed to", list(known), before, format_func=said.__getitem__, placeholder="Nobody: kept on this page alone"))


def _quiet(alert: Alert | None) -> tuple[int, int] | None:
    left, right = st.columns(2)
    start, end = alert.quiet if alert and alert.quiet else (None, None)
    hours = list(range(24))
    with left:
        first = st.selectbox("Quiet from", hours, start, format_func=lambda hour: f"{hour:02d}:00", placeholder="no quiet hours")
    with right:
        last = st.selectbox("Quiet until", hours, end, format_func=lambda hour: f"{hour:02d}:00", placeholder="no quiet hours")
    return None if first is None or last is None else (int(first), int(last))


def _keep(viewer: Viewer, alert: Alert | None, name: str, query: Query, rule: Rule, recipients: tuple[int, ...], quiet: tuple[int, int] | None) -> None:
    viewer.require("performance")
    if alert:
        _change(viewer, alert, name=name, question=query.document(), rule=rule.document(), recipients=list(recipients), quiet=quiet)
    made = kept.add(viewer.store, viewer.account.account_id, viewer.user.user_id, name, question=query.document(), rule=rule.document(), recipients=recipients,
                    quiet=quiet, now=viewer.now)  # fmt: skip
    _done(f"Alert {name.strip()} is added.", str(made))


def _tested(viewer: Viewer, query: Query, rule: Rule) -> None:
    snapshot = seen.snapshot(viewer)
    with st.spinner("Looking at the last 90 days …"):
        found = alerting.test_run(snapshot, query, rule)
    if not found:
        parts.state("science", "It would not have fired in the last 90 days", "Nothing in them was beyond its bounds.")
        return
    parts.state("science", f"It would have fired {words.plural(len(found), 'time')} in the last 90 days", "Each with what was known by now.")
    tables.table([Col("What it would have said", "t", lambda row: words.name(row["said"]))], [{"said": said} for _, said in reversed(found)],
                 "What it would have said", "tight", height=320)  # fmt: skip


def told() -> None:
    """What the last change did."""
    if said := st.session_state.pop(SAID, None):
        parts.state("check", said, "It is looked at after the next refresh.")
