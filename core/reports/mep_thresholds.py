"""Mails at 80 and 100 % of the included MEP: to those who ask, each once a month and person."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.metrics import mep as ledger
from core.metrics.numbers import day, month, rate
from core.reports import posting
from core.reports.letters import Sender
from core.store import mep as watchers

if TYPE_CHECKING:
    from core.access.accounts import Account
    from core.store import Store
    from core.store.mep import Watcher
    from core.warehouse.snapshots import Snapshot

PERCENTS = (80, 100)


def check(store: Store, settings: Sender, account: Account, snapshot: Snapshot, *, now: datetime) -> int:
    """Queue the mails of the thresholds that the running month has reached in this snapshot; gives how many are new.

    Nobody gets one who has no address, or whose role does not see MEP any more.
    """
    asking = watchers.watching(store, account.account_id)
    if not account.included_mep or not asking:
        return 0
    as_of = snapshot.as_of.astimezone(ZoneInfo(account.zone_at(snapshot.as_of)))
    used, _ = ledger.count(snapshot, as_of.date().replace(day=1))
    reached = [one for one in asking if 100 * used >= one.percent * account.included_mep and one.email and account.refusal("mep", one.role) is None]
    new = 0
    for one in reached:
        with store.write() as connection:
            new += posting.put(connection, settings, account.account_id, dedup=f"mep:{account.account_id}:{as_of:%Y-%m}:{one.percent}:{one.user_id}",
                               recipient=one.email or "", subject=f"{account.account_id}: {one.percent} % of the included MEP are used",
                               text=_text(settings, account, one, used, as_of), now=now)
    return new


def _text(settings: Sender, account: Account, one: Watcher, used: int, as_of: datetime) -> str:
    included = account.included_mep or 0
    link = f"\n{settings.base_url}/mep\n" if settings.base_url else ""
    return (f"{used:,} of {included:,} included MEP are used in {month(as_of)} ({rate(used / included)}), as of {day(as_of)} {as_of:%H:%M}.\n{link}\n"
            f"You asked for this mail at {one.percent} %; it comes once a month. The page MEP consumption switches it off.\n")
