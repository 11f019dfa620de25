"""The outbox's way out: each due mail once to the server, again later where it was not taken, and a clear state in the end."""
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from core.reports import mail
from core.reports.mail import MailFailed, MailLimits, Unclear
from core.store import Store, outbox
from core.store.outbox import ClaimLost, Mail

log = logging.getLogger("journeys.mail")
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))  # after try 1, 2, …; then it has failed
CLAIM = timedelta(minutes=10)  # longer than a mail may take


def put(connection: Connection, settings: MailLimits, account_id: str, *, dedup: str, recipient: str, subject: str, text: str, html: str | None = None,
        files: Sequence[tuple[str, str]] = (), now: datetime) -> bool:
    """Queue a mail in the transaction that gives rise to it. `dedup` (to 120 characters) says what it is about and for whom: one mail for each.

    files: (place in the account's folder, name). False: nothing was queued, as mail is not set up or that one is there already.
    """
    if settings.mail_from is None or not mail.is_set_up(settings):
        return False
    return outbox.put(connection, account_id, dedup=dedup, message_id=mail.new_message_id(settings.mail_from), recipient=recipient, subject=subject,
                      text=text, html=html, files=files, now=now)


def deliver(store: Store, settings: MailLimits, accounts_dir: Path, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one mail after the other until told to stop; gives how many the server took. Without a server everything stays where it is."""
    taken = 0
    while mail.is_set_up(settings) and not stop():
        now = clock()
        one = outbox.claim(store, now=now, until=now + CLAIM) if outbox.waiting(store, now=now) else None
        if one is None:
            break
        try:
            taken += _sent(store, settings, accounts_dir / one.account_id, one, clock)
        except ClaimLost as lost:
            log.warning("%s", lost)
    return taken


def _sent(store: Store, settings: MailLimits, folder: Path, one: Mail, clock: Callable[[], datetime]) -> bool:
    files = [(folder / place, name) for place, name in one.files]
    try:
        mail.send(settings, one.recipient, one.subject, one.text, one.html, files, message_id=one.message_id,
                  handing_over=lambda: outbox.handed(store, one, now=clock()))
    except Unclear as unclear:
        outbox.give_up(store, one, state=outbox.UNCLEAR, now=clock(), error=f"{unclear} It is not sent again by itself.")
    except MailFailed as failed:
        log.warning("mail %s, try %s: %s", one.mail_id, one.tries, failed)
        if failed.is_final or one.tries > len(WAITS):
            outbox.give_up(store, one, state=outbox.FAILED, now=clock(), error=str(failed))
        else:
            outbox.wait(store, one, until=clock() + WAITS[one.tries - 1], error=str(failed))
    else:
        outbox.sent(store, one, now=clock())
        return True
    return False
