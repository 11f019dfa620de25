"""After a refresh: each alert looks at the days that are over since it looked last, keeps what it says, and mails it to those who asked."""
from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlalchemy import Connection

from core.access import emails
from core.access.accounts import Account
from core.access.features import Refused
from core.errors import JourneysError
from core.metrics import Query
from core.metrics.needs import features
from core.reports import alerts, posting
from core.reports.alerts import Finding, Rule
from core.reports.letters import Sender
from core.store import Store, outbox
from core.store import alerts as kept
from core.store.alerts import Alert
from core.store.outbox import Mail

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

log = logging.getLogger("journeys.alerts")
MOST_DAYS = 7  # looked back at after a pause: older news is none
MAILED, KEPT, SNOOZED = "mailed", "kept", "snoozed"
MAILS = "alert-"  # so begin the names of their mails


def look(store: Store, settings: Sender, account: Account, snapshot: Snapshot, clock: Callable[[], datetime]) -> int:
    """All of the account's alerts against a snapshot; gives how many things they said. An alert whose question cannot be answered holds up no other."""
    said = 0
    for alert in kept.listed(store, account.account_id):
        if not alert.active:
            continue
        try:
            said += _look(store, settings, account, snapshot, alert, clock())
        except JourneysError as problem:
            log.warning("alert %s of %s: %s", alert.alert_id, account.account_id, problem)
    return said


def refusal(account: Account, query: Query) -> str | None:
    """Why the account's package does not have such a question watched; None: it does. (Who changes roles ends no alert: it is the account's.)"""
    return next((why for feature in features(query) if (why := account.refusal(feature, "admin"))), None)


def _look(store: Store, settings: Sender, account: Account, snapshot: Snapshot, alert: Alert, now: datetime) -> int:
    last = alerts.last_day(snapshot)
    first = max(alert.looked_until + timedelta(days=1) if alert.looked_until else last, last - timedelta(days=MOST_DAYS - 1))
    if first > last:
        return 0
    rule = Rule.of(alert.rule)
    query = alerts.checked(Query.of(alert.question), rule)
    if why := refusal(account, query):
        raise Refused(why)
    said = sum(_tell(store, settings, account, snapshot, alert, query, finding, now) for finding in alerts.findings(snapshot, query, rule, first, last))
    kept.change(store, account.account_id, alert.alert_id, looked_until=last)
    return said


def _tell(store: Store, settings: Sender, account: Account, snapshot: Snapshot, alert: Alert, query: Query, finding: Finding, now: datetime) -> bool:
    """Keep what was found and queue its mails, in one transaction; what was told already is not told again."""
    is_snoozed = alert.snoozed_until is not None and now < alert.snoozed_until
    known = emails.of_account(store, account.account_id)
    addresses = {user.user_id: address for user, address in known.items() if address and user.user_id in alert.recipients}
    may_mail = bool(addresses) and settings.smtp_url is not None and settings.mail_from is not None
    state = SNOOZED if is_snoozed else MAILED if may_mail else KEPT
    sentence = alerts.said(snapshot, query, finding)
    with store.write() as connection:
        if not kept.fired(connection, alert.alert_id, about=finding.when, snapshot_id=snapshot.snapshot_id, said=sentence, state=state, now=now):
            return False
        if state == MAILED:
            for user_id, address in addresses.items():
                _mail(connection, settings, account, alert, finding, sentence, user_id, address, now)
    return True


def _mail(connection: Connection, settings: Sender, account: Account, alert: Alert, finding: Finding, sentence: str, user_id: int, address: str,
          now: datetime) -> None:
    leaves = alerts.after_quiet(now, account.zone_at(now), alert.quiet)
    about = urlencode({"alert": alert.alert_id, "about": finding.when})
    where = f"\n{settings.base_url}/alerts?{about}\n" if settings.base_url else ""
    posting.put(connection, settings, account.account_id, dedup=f"{_mails(alert, finding.when)}{user_id}", recipient=address,
                subject=f"{alert.name} ({account.account_id})", text=f"{sentence}\n{where}", now=leaves)


def _mails(alert: Alert, about: str) -> str:
    """How the names of the mails begin that say this."""
    return f"{MAILS}{alert.alert_id}-{alert.created_at:%Y%m%d%H%M%S%f}-{about}-"  # SQLite gives the number of one that was removed again


def mails(store: Store, account_id: str) -> dict[tuple[int, str], list[Mail]]:
    """The mails of the account's alerts, by (alert, day or hour that they are about)."""
    found: dict[tuple[int, str], list[Mail]] = {}
    for dedup, mail in outbox.by_dedup(store, account_id, MAILS):
        alert_id, _, about = dedup.removeprefix(MAILS).rpartition("-")[0].split("-", 2)
        found.setdefault((int(alert_id), about), []).append(mail)
    return found


def test_run(snapshot: Snapshot, query: Query, rule: Rule, days: int = 90) -> list[tuple[Finding, str]]:
    """What the alert would have said over the last days, each with its sentence."""
    last: date = alerts.last_day(snapshot)
    query = alerts.checked(query, rule)
    return [(finding, alerts.said(snapshot, query, finding)) for finding in alerts.findings(snapshot, query, rule, last - timedelta(days=days - 1), last)]
