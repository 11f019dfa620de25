"""The tables of the operational database; the migrations lead here, and a test holds the two equal."""
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"})


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, to the microsecond; SQLite has no zones, so it keeps the UTC wall clock."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time has no place in the store: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _account(**how: Any) -> Column[str]:
    return Column("account_id", String(64), ForeignKey("accounts.account_id", ondelete="CASCADE"), **how)


def _user(**how: Any) -> Column[int]:
    return Column("user_id", Integer, ForeignKey("users.user_id", ondelete="CASCADE"), **how)


accounts = Table(
    "accounts", metadata,
    Column("account_id", String(64), primary_key=True),
    Column("package", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("included_mep", Integer),  # null: no limit agreed
    Column("advanced_analytics", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

account_zones = Table(  # the history of an account's zone, oldest first; the first row's since_at is null: since ever
    "account_zones", metadata,
    _account(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("since_at", Instant),
    Column("zone", String(64), nullable=False),
)

terms_acceptances = Table(  # who, when, which text; never changed
    "terms_acceptances", metadata,
    Column("acceptance_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    Column("accepted_by", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("version", String(32), nullable=False),
    Column("text", Text, nullable=False),
)

users = Table(
    "users", metadata,
    Column("user_id", Integer, primary_key=True),
    Column("name", String(128), nullable=False),  # as it is shown
    Column("name_key", String(128), nullable=False, unique=True),  # as sign-in compares it: lower case, no space around
    _account(nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text),  # null: signs in by link alone
    Column("created_at", Instant, nullable=False),
    Column("email", Text),  # where reports and alerts are sent; null: nowhere
)

sessions = Table(
    "sessions", metadata,
    Column("session_hash", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    _user(nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

tickets = Table(  # good for one sign-in
    "tickets", metadata,
    Column("ticket_hash", String(64), primary_key=True),
    _user(nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

failures = Table(  # wrong passwords, counted by name and by address
    "failures", metadata,
    Column("failure_id", Integer, primary_key=True),
    Column("subject", String(200), nullable=False),
    Column("failed_at", Instant, nullable=False),
    Index(None, "subject", "failed_at"),
)

tokens = Table(
    "tokens", metadata,
    Column("token_id", String(16), primary_key=True),  # what a list shows
    _account(nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("may_ingest", Boolean, nullable=False),
    Column("may_read", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

audit = Table(  # outlives what it speaks of, so it names and does not refer
    "audit", metadata,
    Column("audit_id", Integer, primary_key=True),
    Column("happened_at", Instant, nullable=False),
    Column("account_id", String(64), index=True),
    Column("actor", Text, nullable=False),  # a user's name, "operator" (the command line) or "worker"
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
)

leases = Table(  # who alone may do a thing until when
    "leases", metadata,
    Column("name", String(128), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("until_at", Instant, nullable=False),
)

refreshes = Table(  # the newest attempt to build each account
    "refreshes", metadata,
    _account(primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("snapshot_id", Text),  # of the newest that worked
    Column("error", Text),  # of the newest, null where it worked
)

saved_filters = Table(
    "saved_filters", metadata,
    Column("filter_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    _user(nullable=False),
    Column("name", String(80), nullable=False),
    Column("parameters", JSON, nullable=False),  # of an address, by name
    Column("is_shared", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "user_id", "name", unique=True),
)

reports = Table(  # what was asked for as a file, and what became of it
    "reports", metadata,
    Column("report_id", Integer, primary_key=True),
    _account(nullable=False),
    Column("kind", String(16), nullable=False),  # mep, journey, custom
    Column("name", String(120), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("user_id", Integer),  # who asked, with the name below; null: the operator. It outlives the user, so it does not refer
    Column("asked_by", Text, nullable=False),
    Column("recipients", JSON, nullable=False),  # ids of users
    Column("schedule_id", Integer),  # null: asked for by hand
    Column("due_at", Instant),  # when the schedule wanted it
    Column("state", String(16), nullable=False),  # queued, running, done, failed, cancelled
    Column("percent", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("claim", String(32)),  # whoever makes it now, until claimed_until
    Column("claimed_until", Instant),
    Column("tries", Integer, nullable=False),
    Column("file", Text),  # in the account's folder reports/; null: not made, or gone
    Column("size", BigInteger),
    Column("rows", BigInteger),
    Column("sha256", String(64)),
    Column("snapshot_id", Text),
    Column("error", Text),
    Column("expires_at", Instant),
    Index(None, "account_id", "asked_at"),
    Index(None, "schedule_id", "due_at", unique=True),  # an occurrence of a schedule is asked for once
)

report_schedules = Table(
    "report_schedules", metadata,
    Column("schedule_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("parameters", JSON, nullable=False),  # of the custom report
    Column("rhythm", String(16), nullable=False),  # daily, weekly, monthly
    Column("hour", Integer, nullable=False),  # on the account's clock
    Column("day", Integer),  # of the week (1 Monday) or of the month (0: its last)
    Column("recipients", JSON, nullable=False),
    Column("user_id", Integer),
    Column("asked_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("active", Boolean, nullable=False),
)

outbox = Table(  # mails that leave or have left; one row a recipient
    "outbox", metadata,
    Column("mail_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    Column("dedup", String(120), nullable=False, unique=True),  # what it is about and for whom: put twice, it is there once
    Column("message_id", String(200), nullable=False),  # the Message-ID, the same at every try
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("files", JSON, nullable=False),  # [[place in the account's folder, name], …]
    Column("state", String(16), nullable=False),  # queued, sending, sent, failed, unclear
    Column("tries", Integer, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("handed_at", Instant),  # from then on it may be with the server: it is never sent again by itself
    Column("finished_at", Instant),
    Column("error", Text),
    Index(None, "state", "next_at"),
)

boards = Table(  # visualizations and dashboards; what each holds stands in its versions
    "boards", metadata,
    Column("board_id", Integer, primary_key=True),
    _account(nullable=False),
    Column("user_id", Integer, ForeignKey("users.user_id", ondelete="SET NULL"), index=True),  # whose it is; null: the user is gone
    Column("kind", String(16), nullable=False),  # visualization, dashboard
    Column("name", String(120), nullable=False),
    Column("description", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),  # within the account
    Column("version", Integer, nullable=False),  # the one that is shown
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "account_id", "kind"),
)

board_versions = Table(
    "board_versions", metadata,
    Column("board_id", Integer, ForeignKey("boards.board_id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("parent", Integer),  # what it was made from: undo goes there; null: the first
    Column("document", JSON, nullable=False),
    Column("said", Text, nullable=False),  # what was done
    Column("made_by", Text, nullable=False),  # a user's name; outlives the user
    Column("made_at", Instant, nullable=False),
)

mep_exports = Table(  # what left of the MEP ledger; such lines never change
    "mep_exports", metadata,
    _account(primary_key=True),
    Column("month", String(7), primary_key=True),  # 2026-03
    Column("ordinal", Integer, primary_key=True),  # of the month, from 1
    Column("sub_accounts", JSON, nullable=False),  # those chosen, null for none; []: all
    Column("form", String(16), nullable=False),  # csv, xlsx, evidence
    Column("exported_at", Instant, nullable=False),
    Column("exported_by", Text, nullable=False),  # a user's name or “operator”; outlives the user
    Column("snapshot_id", Text, nullable=False),
    Column("position", BigInteger, nullable=False),  # of the last record in the snapshot: a line of a later one is an addition
    Column("lines", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the lines as CSV, whatever the form
    Column("kept", Text),  # file in the account's folder mep/ with what its lines said that a catalog could change; null: all was kept before
)

mep_watchers = Table(  # who gets a mail when the month reaches so many per cent of the included MEP
    "mep_watchers", metadata,
    _user(primary_key=True),
    Column("percent", Integer, primary_key=True),
    Column("asked_at", Instant, nullable=False),
)

builds = Table(  # attempts to build, newest last: what the Trust page lists
    "builds", metadata,
    Column("build_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("snapshot_id", Text),  # null: it failed
    Column("error", Text),
    Column("is_full", Boolean),
    Column("events", BigInteger),
)

alerts = Table(  # questions that are looked at after each refresh
    "alerts", metadata,
    Column("alert_id", Integer, primary_key=True),
    _account(nullable=False, index=True),
    _user(nullable=False),  # whose it is; it goes with the user
    Column("name", String(120), nullable=False),
    Column("question", JSON, nullable=False),
    Column("rule", JSON, nullable=False),
    Column("recipients", JSON, nullable=False),  # ids of users
    Column("quiet", JSON, nullable=False),  # [from, to] hours on the account's clock; []: none
    Column("snoozed_until", Instant),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("looked_until", String(10)),  # the last local day that was looked at
)

alert_firings = Table(
    "alert_firings", metadata,
    Column("firing_id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alerts.alert_id", ondelete="CASCADE"), nullable=False),
    Column("about", String(16), nullable=False),  # 2026-03-01, or 2026-03-01 14: the day or hour
    Column("snapshot_id", Text, nullable=False),
    Column("fired_at", Instant, nullable=False),
    Column("said", Text, nullable=False),
    Column("state", String(16), nullable=False),  # mailed, kept (no address, or mail is not set up), snoozed
    Index(None, "alert_id", "about", unique=True),  # a day, or an hour, fires once
)
