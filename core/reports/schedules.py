"""Schedules of custom reports: when each is due on the account's clock, and the one request that each time gives rise to."""
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.access import accounts, audit
from core.access.accounts import Account
from core.access.audit import OPERATOR, WORKER, Entry
from core.access.features import PACKAGES, Refused
from core.access.users import User
from core.errors import WrongUsage, unknown
from core.reports import requests
from core.reports.asked import name_of
from core.store import Store, report_schedules, reports
from core.store.report_schedules import Schedule

log = logging.getLogger("journeys.reports")
RHYTHMS = {"daily": "Every day", "weekly": "Every week", "monthly": "Every month"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PATIENCE = timedelta(hours=1)  # over the account's refresh: then a report is made with the data there are


def add(store: Store, account: Account, user: User | None, name: str, parameters: Mapping[str, Any], recipients: Sequence[int], rhythm: str, hour: int,
        day: int | None = None, *, now: datetime) -> Schedule:
    """Keep a schedule of a custom report (`parameters`: core.reports.asked.custom). Raises Refused, WrongUsage."""
    requests.check(account, user, "custom", parameters)
    named = requests.mailed_to(store, account, recipients, "custom", parameters)
    day = _checked(rhythm, hour, day)
    with store.write() as connection:
        made = report_schedules.add(
            connection, account.account_id, now=now, name=name_of(name), parameters=parameters, recipients=tuple(one.user_id for one in named), rhythm=rhythm,
            hour=hour, day=day, user_id=user.user_id if user else None, asked_by=user.name if user else OPERATOR,
            next_at=next_time(account, rhythm, hour, day, now))
        audit.record(connection, Entry(now, account.account_id, made.asked_by, "report.scheduled", made.name, {
            "schedule": made.schedule_id, "rhythm": rhythm, "hour": hour, "day": day, "recipients": [one.name for one in named]}))
    return made


def _checked(rhythm: str, hour: int, day: int | None) -> int | None:
    if rhythm not in RHYTHMS:
        raise WrongUsage(unknown("rhythm", rhythm, RHYTHMS))
    if not 0 <= hour <= 23:
        raise WrongUsage(f"An hour is a whole number from 0 to 23, not {hour}.")
    if rhythm == "daily":
        return None
    low, high, what = (1, 7, "weekday is 1 (Monday) to 7 (Sunday)") if rhythm == "weekly" else (0, 28, "day of the month is 1 to 28, or 0 for its last")
    found = 1 if day is None else day
    if not low <= found <= high:
        raise WrongUsage(f"A {what}, not {found}.")
    return found


def next_time(account: Account, rhythm: str, hour: int, day: int | None, after: datetime) -> datetime:
    """The first time later than `after` at which such a schedule is due, by the zone that the account has then; aware, UTC."""
    from apscheduler.triggers.cron import CronTrigger

    which: dict[str, Any] = {"day_of_week": (day or 1) - 1} if rhythm == "weekly" else {"day": day or "last"} if rhythm == "monthly" else {}
    trigger = CronTrigger(hour=hour, minute=0, timezone=UTC, **which)  # on a clock that never changes: across a change it leaves out whole months
    zone = account.zone_at(after)
    for _ in range(2):
        wall = after.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
        following: datetime = trigger.get_next_fire_time(None, wall + timedelta(microseconds=1))
        found = following.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)  # an hour that comes twice: the first; one that never comes: the hour after
        if account.zone_at(found) == zone:
            break
        zone = account.zone_at(found)  # the account moves to another zone before it is due
    return found


def ask_due(store: Store, as_of: Callable[[str], datetime | None], *, now: datetime) -> int:
    """Ask for the report of each schedule whose time has come, once however often it was missed; gives how many.

    `as_of` is that of an account's newest snapshot. While it lies before the day that the schedule is due on, the days asked for are not all built:
    then the report waits for the next refresh, but not for ever.
    """
    asked = 0
    for schedule in report_schedules.due(store, now=now):
        account = accounts.find(store, schedule.account_id)
        due, following = _newest(account, schedule, now)
        if now < due + PACKAGES[account.package].refresh + PATIENCE and not _is_built(account, due, as_of(account.account_id)):
            continue
        with store.write() as connection:
            if not report_schedules.move(connection, schedule, following):
                continue
            made = reports.add(connection, account.account_id, kind="custom", name=schedule.name, parameters=schedule.parameters, user_id=schedule.user_id,
                               asked_by=schedule.asked_by, recipients=schedule.recipients, schedule_id=schedule.schedule_id, due_at=due, now=now)
            audit.record(connection, Entry(now, account.account_id, WORKER, "report.asked", made.name, {
                "report": made.report_id, "schedule": schedule.schedule_id, "due_at": due.isoformat()}))
        asked += 1
        log.info("account %s: the schedule %s asks for report %s", account.account_id, schedule.name, made.report_id)
    return asked


def _newest(account: Account, schedule: Schedule, now: datetime) -> tuple[datetime, datetime]:
    """The newest of the times that have come, and the one after it: of those missed one is made up for."""
    due = schedule.next_at
    while (following := next_time(account, schedule.rhythm, schedule.hour, schedule.day, due)) <= now:
        due = following
    return due, following


def _is_built(account: Account, due: datetime, as_of: datetime | None) -> bool:
    """Whether the days before the one on which it is due are all in the snapshot."""
    local = due.astimezone(ZoneInfo(account.zone_at(due)))
    return as_of is not None and as_of >= local.replace(hour=0, minute=0)


def switch(store: Store, account: Account, user: User | None, schedule_id: int, *, active: bool, now: datetime) -> None:
    """Switch a schedule on or off. Raises UnknownSchedule, Refused."""
    found = _own(store, account, user, schedule_id)
    with store.write() as connection:
        report_schedules.switch(connection, found, active=active, next_at=next_time(account, found.rhythm, found.hour, found.day, now))
        _record(connection, account, user, f"report.schedule_{'on' if active else 'off'}", found, now)


def remove(store: Store, account: Account, user: User | None, schedule_id: int, *, now: datetime) -> None:
    """Drop a schedule; its reports stay. Raises UnknownSchedule, Refused."""
    found = _own(store, account, user, schedule_id)
    with store.write() as connection:
        report_schedules.remove(connection, found)
        _record(connection, account, user, "report.schedule_removed", found, now)


def _own(store: Store, account: Account, user: User | None, schedule_id: int) -> Schedule:
    found = report_schedules.find(store, account.account_id, schedule_id)
    if user is not None and user.role != "admin" and (found.user_id, found.asked_by) != (user.user_id, user.name):
        raise Refused(f"Only {found.asked_by} or an administrator may do that.")
    return found


def _record(connection: Any, account: Account, user: User | None, action: str, found: Schedule, now: datetime) -> None:
    by = user.name if user else OPERATOR
    audit.record(connection, Entry(now, account.account_id, by, action, found.name, {"schedule": found.schedule_id}))


def in_words(schedule: Schedule) -> str:
    """“Every Monday at 08:00”, on the account's clock."""
    at = f"at {schedule.hour:02}:00"
    if schedule.rhythm == "weekly":
        return f"Every {WEEKDAYS[(schedule.day or 1) - 1]} {at}"
    if schedule.rhythm == "monthly":
        return f"On {f'day {schedule.day}' if schedule.day else 'the last day'} of the month {at}"
    return f"Every day {at}"
