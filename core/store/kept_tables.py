"""The tables of what readers keep and what leaves: saved filters, boards, alerts, reports, schedules, mails, exports of the MEP ledger."""
from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from core.store.tables import Instant, metadata, of_account, of_user

saved_filters = Table(
    "saved_filters", metadata,
    Column("filter_id", Integer, primary_key=True),
    of_account(nullable=False, index=True),
    of_user(nullable=False),
    Column("name", String(80), nullable=False),
    Column("parameters", JSON, nullable=False),  # of an address, by name
    Column("is_shared", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "user_id", "name", unique=True),
)

reports = Table(  # what was asked for as a file, and what became of it
    "reports", metadata,
    Column("report_id", Integer, primary_key=True),
    of_account(nullable=False),
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
    of_account(nullable=False, index=True),
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
    of_account(nullable=False, index=True),
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
    of_account(nullable=False),
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
    of_account(primary_key=True),
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
    of_user(primary_key=True),
    Column("percent", Integer, primary_key=True),
    Column("asked_at", Instant, nullable=False),
)

alerts = Table(  # questions that are looked at after each refresh
    "alerts", metadata,
    Column("alert_id", Integer, primary_key=True),
    of_account(nullable=False, index=True),
    of_user(nullable=False),  # whose it is; it goes with the user
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
