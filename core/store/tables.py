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


def of_account(**how: Any) -> Column[str]:
    return Column("account_id", String(64), ForeignKey("accounts.account_id", ondelete="CASCADE"), **how)


def of_user(**how: Any) -> Column[int]:
    return Column("user_id", Integer, ForeignKey("users.user_id", ondelete="CASCADE"), **how)


accounts = Table(
    "accounts", metadata,
    Column("account_id", String(64), primary_key=True),
    Column("package", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("included_mep", Integer),  # null: no limit agreed
    Column("advanced_analytics", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attributes", JSON, nullable=False, server_default="[]"),  # names of the entries' attributes by which facts can be filtered
)

account_zones = Table(  # the history of an account's zone, oldest first; the first row's since_at is null: since ever
    "account_zones", metadata,
    of_account(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("since_at", Instant),
    Column("zone", String(64), nullable=False),
)

terms_acceptances = Table(  # who, when, which text; never changed
    "terms_acceptances", metadata,
    Column("acceptance_id", Integer, primary_key=True),
    of_account(nullable=False, index=True),
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
    of_account(nullable=False, index=True),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text),  # null: signs in by link alone
    Column("created_at", Instant, nullable=False),
    Column("email", Text),  # where reports and alerts are sent; null: nowhere
)

sessions = Table(
    "sessions", metadata,
    Column("session_hash", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    of_user(nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

tickets = Table(  # good for one sign-in
    "tickets", metadata,
    Column("ticket_hash", String(64), primary_key=True),
    of_user(nullable=False, index=True),
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
    of_account(nullable=False, index=True),
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
    of_account(primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("snapshot_id", Text),  # of the newest that worked
    Column("error", Text),  # of the newest, null where it worked
)

builds = Table(  # attempts to build, newest last: what the Trust page lists
    "builds", metadata,
    Column("build_id", Integer, primary_key=True),
    of_account(nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("snapshot_id", Text),  # null: it failed
    Column("error", Text),
    Column("is_full", Boolean),
    Column("events", BigInteger),
)
