"""A small built account: two journeys, three people, messages in two channels, two sub-accounts."""
from datetime import UTC, datetime

from core.eventlog import EventLog
from tests.sources.files import ingest_records

AT = "2026-02-{day:02}T{hour:02}:00:00Z"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
PEOPLE = ("=1+1", "ana ž", 'b"o,b')


def events():
    found, n = [], 0

    def one(kind, day, hour, **more):
        nonlocal n
        n += 1
        found.append({"source": "s", "event_id": str(n), "event_type": kind, "occurred_at": AT.format(day=day, hour=hour), **more})

    for at, profile in enumerate(PEOPLE):
        for journey in ("cart", "welcome")[: 1 + at % 2]:
            run = {"profile_id": profile, "journey_id": journey, "entry_id": f"{at}{journey}", "sub_account_id": "north" if at else None}
            one("journey.entered", 2 + at, 9, **run)
            one("message.sent", 2 + at, 10, message_id=f"m{at}{journey}", channel="SMS" if at else "EMAIL", cost_amount="0.05", cost_currency="EUR", **run)
            one("message.delivered", 2 + at, 11, message_id=f"m{at}{journey}", **run)
    return found


def build_account(door, account_id="acme", more=(), now=NOW):
    """Ingest and build; gives the snapshot's id."""
    log: EventLog = door.log(account_id)
    ingest_records(log, [*events(), *more], account_id=account_id, now=now)
    return door.build(door.account(account_id), as_of=now).snapshot
