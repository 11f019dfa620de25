"""What alerts said, newest first, and what became of their mails."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from core.reports import alerting
from core.store import alerts as kept
from core.store import outbox
from core.store.alerts import Alert, Firing
from core.store.outbox import Mail
from core.ui import alert_said, filters, frame, parts, tables, words
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def show(viewer: Viewer, alert: Alert | None = None) -> None:
    """Of one alert, or of all of the account."""
    account = viewer.account.account_id
    names = {one.alert_id: one.name for one in kept.listed(viewer.store, account)}
    found = kept.history_of(viewer.store, alert.alert_id) if alert else kept.history(viewer.store, account)
    with frame.section("said", "What it said" if alert else "What the alerts said", "Newest first"):
        if not found:
            parts.state("history", "It has not fired yet" if alert else "No alert has fired yet", "What they say stays here, mailed or not.")
            return
        mails = alerting.mails(viewer.store, account) if any(one.state == alerting.MAILED for one in found) else {}
        columns = [
            Col("When", "t", lambda row: escape(words.moment(row["one"].fired_at, viewer.account.time_zone, year=True))),
            Col("Alert", "t", lambda row: words.name(names[row["one"].alert_id])),
            Col("What", "t", lambda row: f'<a href="{escape(filters.address_with(alert_said.links(row["one"]), only=()))}" target=_self>'
                                         f'{words.name(row["one"].said)}</a>'),
            Col("State", "t", lambda row: _state(viewer, row["one"], mails.get((row["one"].alert_id, row["one"].about), ()))),
        ]  # fmt: skip
        if alert is not None:
            del columns[1]
        tables.table(columns, [{"one": one} for one in found], "What the alerts said", "tight", height=420)


def _state(viewer: Viewer, firing: Firing, mails: Sequence[Mail]) -> str:
    if firing.state != alerting.MAILED:
        return f"<span class='ja-st{' warn' if firing.state == alerting.SNOOZED else ' off'}'>{escape(firing.state)}</span>"
    failed = [mail for mail in mails if mail.state in (outbox.FAILED, outbox.UNCLEAR)]
    if failed:
        return f"<span class='ja-st bad'>not mailed to {escape(' and '.join(mail.recipient for mail in failed))}</span> " \
               f"<span class=q>{escape(failed[0].error or '')}</span>"  # fmt: skip
    waiting = [mail.next_at for mail in mails if mail.state == outbox.QUEUED and mail.next_at > viewer.now]
    if waiting:
        return f"<span class='ja-st off'>mail waits until {escape(words.moment(max(waiting), viewer.account.time_zone))}</span>"
    is_under_way = any(mail.state in (outbox.QUEUED, outbox.SENDING) for mail in mails)
    return f"<span class='ja-st'>{'mail is on its way' if is_under_way else 'mailed'}</span>"
