"""Alerts: what is looked out for, and each with its switches, its form and what it said."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access import emails
from core.errors import JourneysError
from core.metrics import Query
from core.reports import alerting, watched
from core.reports.alerts import Rule
from core.reports.watched import Watched
from core.store import alerts as kept
from core.store.alerts import Alert
from core.ui import alert_form, alert_history, alert_said, filters, frame, parts, seen, tables, watch, words
from core.ui.address import whole
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = "ja-alerts-said"
SNOOZES = {"1 day": 1, "1 week": 7, "4 weeks": 28}
NOWHERE: dict[str, str | None] = dict.fromkeys(("alert", "about", watch.NEW, watch.QUESTION, watch.OF, watch.NAME))
NOT_YOURS = "An alert is changed by the one who made it, or by an administrator."


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
    every = "each hour" if rule.by_hour else "each day"
    value = words.number(rule.value or 0.0, Watched.of(query).unit, watched.currency(query))
    what = {"unusual": "changes unusually", "above": f"above {value}", "below": f"below {value}"}[rule.kind]
    return f"{watched.subject(seen.snapshot(viewer), query)}: {what}, {every}"


def _state(viewer: Viewer, alert: Alert) -> str:
    if not alert.active:
        return "<span class='ja-st off'>off</span>"
    if why := alerting.refusal(viewer.account, Query.of(alert.question)):
        return f"<span class='ja-st warn'>says nothing</span> <span class=q>{escape(why)}</span>"
    if alert.snoozed_until and alert.snoozed_until > viewer.now:
        return f"<span class='ja-st warn'>snoozed until {escape(words.moment(alert.snoozed_until, viewer.account.time_zone))}</span>"
    return "<span class='ja-st'>on</span>"


def one(viewer: Viewer, alert_id: str) -> None:
    """One alert: what it said where a mail leads to that, else snooze, switch, change, remove."""
    key = whole(alert_id)
    if key is None:
        raise JourneysError(f"“{alert_id}” is no alert.")
    alert = kept.find(viewer.store, viewer.account.account_id, key)
    st.html(f"<h2 class=ja-t>{escape(alert.name)}</h2><p class=ja-sub>{escape(asked_in_words(viewer, alert))}</p>")
    if about := st.query_params.get("about"):
        alert_said.show(viewer, alert, about)
        return
    is_own = _may_change(viewer, alert)
    if not is_own:
        st.html(f"<p class=ja-sub>{NOT_YOURS}</p>")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _switches(viewer, alert, is_own)

    def change(name: str, query: Query, rule: Rule, recipients: tuple[int, ...], quiet: tuple[int, int] | None) -> None:
        _change(viewer, alert, name=name, question=query.document(), rule=rule.document(), recipients=list(recipients), quiet=quiet)

    if is_own:
        alert_form.show(viewer, alert, change)
    alert_history.show(viewer, alert)


def _switches(viewer: Viewer, alert: Alert, is_own: bool) -> None:
    if st.button("Switch it off" if alert.active else "Switch it on", icon=":material/power_settings_new:", disabled=not is_own):
        _change(viewer, alert, active=not alert.active)
    if alert.snoozed_until and alert.snoozed_until > viewer.now:
        if st.button("End the snooze", icon=":material/alarm_off:", disabled=not is_own):
            _change(viewer, alert, snoozed_until=None)
    elif picked := st.menu_button("Snooze", list(SNOOZES), icon=":material/snooze:", disabled=not is_own):
        _change(viewer, alert, snoozed_until=viewer.now + timedelta(days=SNOOZES[picked]))
    if st.button("Remove", icon=":material/delete:", type="tertiary", disabled=not is_own):
        _owned(viewer, alert)
        kept.remove(viewer.store, viewer.account.account_id, alert.alert_id)
        _done(f"Alert {alert.name} is removed.", None)


def _may_change(viewer: Viewer, alert: Alert) -> bool:
    return alert.user_id == viewer.user.user_id or viewer.may("administer")


def _owned(viewer: Viewer, alert: Alert) -> None:
    viewer.check()
    if not _may_change(viewer, alert):
        raise JourneysError(NOT_YOURS)


def _change(viewer: Viewer, alert: Alert, **values: Any) -> None:
    _owned(viewer, alert)
    kept.change(viewer.store, viewer.account.account_id, alert.alert_id, **values)
    _done(f"Alert {alert.name} is changed.", str(alert.alert_id))


def _done(said: str, alert_id: str | None) -> None:
    st.session_state[SAID] = said
    filters.write(NOWHERE | {"alert": alert_id})
    st.rerun()


def new(viewer: Viewer) -> None:
    """The form of a new alert."""

    def add(name: str, query: Query, rule: Rule, recipients: tuple[int, ...], quiet: tuple[int, int] | None) -> None:
        viewer.require("performance")
        made = kept.add(viewer.store, viewer.account.account_id, viewer.user.user_id, name, question=query.document(), rule=rule.document(),
                        recipients=recipients, quiet=quiet, now=viewer.now)  # fmt: skip
        _done(f"Alert {name.strip()} is added.", str(made))

    alert_form.show(viewer, None, add)


def told() -> None:
    """What the last change did."""
    if said := st.session_state.pop(SAID, None):
        parts.state("check", said, "It is looked at after the next refresh.")
