"""Why the numbers can be believed: the invariants with both sides, what was left out, how late feeds are, the last builds, and what a refresh changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from core.access.offsets import ahead
from core.errors import JourneysError
from core.metrics import Column, Unit, checks, trust
from core.sources import in_between, left_out
from core.store import refreshes
from core.ui import filters, frame, parts, seen, sftp_desk, sheets, tables, words
from core.ui.address import Chosen
from core.ui.sheets import Sheet, Widget
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SHOWN = 60  # rows of a table on the page; its file holds all
CURRENCY = "currency"


def promises(viewer: Viewer, chosen: Chosen) -> None:
    """Every invariant with its two sides."""
    snapshot = seen.snapshot(viewer)
    found = _checked(viewer)
    columns = sheets.columns("Promise", "Left side", "Relation", "Right side", "Holds")
    values = [(one.name, _side(one.left), one.relation, _side(one.right), "yes" if one.holds else "no") for one in found]
    about = (("Promise", "what is counted in two ways, and must come out the same in both"), ("Snapshot", snapshot.snapshot_id))
    sheet = Sheet(columns, sheets.frame_of(columns, values), about)
    broken = [one for one in found if not one.holds]

    def draw() -> None:
        if broken:
            parts.state("error", f"{words.plural(len(broken), 'promise does', 'promises do')} not hold", "Tell your operator: the numbers below differ.", "bad")
        else:
            parts.state("verified", f"All {len(found)} promises hold", "Every check of this snapshot came out the same on both sides.")
        rows = sorted(sheet.frame.iter_rows(named=True), key=lambda row: row["Holds"])
        tables.table([
            Col("Promise", "t", lambda row: words.name(words.capital(row["Promise"]))), Col("Left side", "n", lambda row: words.name(row["Left side"])),
            Col("", "t", lambda row: words.name(row["Relation"]), is_hidden=True), Col("Right side", "n", lambda row: words.name(row["Right side"])),
            Col("Holds", "t", lambda row: "<span class='ja-st'>holds</span>" if row["Holds"] == "yes" else "<span class='ja-st bad'>broken</span>"),
        ], rows, "Promises with both sides", "list", height=360)  # fmt: skip

    sheets.show(viewer, chosen, Widget("promises", "Promises, with both sides", (("", lambda: sheet),), draw,
                                       sub="What is counted in two ways, and must come out the same in both"))  # fmt: skip


def _checked(viewer: Viewer) -> list[checks.Check]:
    """The checks of the page's snapshot; they look at every fact, so a page session runs them once."""
    snapshot = seen.snapshot(viewer)
    kept = st.session_state.setdefault("ja-checked", {})
    if snapshot.snapshot_id not in kept:
        with st.spinner("Counting everything twice …"):
            st.session_state["ja-checked"] = kept = {snapshot.snapshot_id: [*checks.run(snapshot), *sftp_desk.checks_of(viewer)]}
    found: list[checks.Check] = kept[snapshot.snapshot_id]
    return found


def _side(value: object) -> str:
    return words.MISSING if value is None else f"{value:,}"


def aside(viewer: Viewer, chosen: Chosen) -> None:
    """Events in no measure: orphans, rejected records, conflicts; and messages that are on a rung by a later one alone."""
    log, snapshot = viewer.log(), seen.snapshot(viewer)
    zone = viewer.account.time_zone
    orphaned = trust.orphans(snapshot).with_columns(_said("last_occurred_at", zone))
    _listed(viewer, chosen, "orphans", "Orphans, by source and event type", orphaned,
            (("source", "Source"), ("event_type", "Event type"), ("events", "Events"), ("last_occurred_at", "Last one")),
            "events that name a journey and belong to no run or call of it; they are in no measure", "No event is without its run")
    _listed(viewer, chosen, "rejected", "Rejected records, by reason", left_out.rejected(log),
            (("reason", "Reason"), ("records", "Records"), ("example", "The newest")),
            "records that broke the contract; each is kept with its line, and can be sent again when it is mended", "No record was rejected")
    _listed(viewer, chosen, "conflicts", "Conflicts, by source and event type", left_out.conflicts(log),
            (("source", "Source"), ("event_type", "Event type"), ("records", "Records")),
            "records whose source and event_id the log holds already with other content: the first received counts, the other is kept aside",
            "No record contradicts one that came before")
    _listed(viewer, chosen, "implied", "Rungs that a later one proves", trust.implied(snapshot),
            (("rung", "Rung"), ("messages", "Messages"), ("implied", "Only by a later rung"), ("share", "Share")),
            "a message that was viewed was delivered, whether or not a delivery was reported: here it has the very time of the later rung",
            "No message was sent")


def _listed(viewer: Viewer, chosen: Chosen, key: str, title: str, found: pl.DataFrame, labels: Sequence[tuple[str, str]], counted: str, empty: str) -> None:
    """One table of what a frame holds, under its labels."""
    columns = tuple(Column(name, label, _unit(found.schema[name], name)) for name, label in labels)
    sheet = Sheet(columns, found.select(column.name for column in columns), (("Counted", counted), ("Snapshot", seen.snapshot(viewer).snapshot_id)))

    def draw() -> None:
        if found.is_empty():
            parts.state("check", empty, words.sentence(counted))
            return
        drawn = [Col(column.label, _kind(column), _cell(column)) for column in columns if column.name != CURRENCY]  # it stands beside its amounts
        tables.table(drawn, list(sheet.frame.head(SHOWN).iter_rows(named=True)), title, "tight", height=300)

    more = (f"{words.count(found.height - SHOWN)} more rows in the file",) if found.height > SHOWN else ()
    sub = "" if found.is_empty() else escape(words.capital(counted))
    sheets.show(viewer, chosen, Widget(key, title, (("", lambda: sheet),), draw, sub=sub, foot=more))


def _kind(column: Column) -> str:
    if column.unit is not Unit.TEXT:
        return "n"
    return "t w" if column.name.endswith("_at") else "t"


def _cell(column: Column) -> Callable[[Row], str]:
    if column.unit is Unit.NUMBER:  # counts in some rows, money in others
        return lambda row: words.name(words.number(row[column.name], "money" if row[CURRENCY] else "count", row[CURRENCY]))
    return lambda row: words.name(words.number(row[column.name], str(column.unit)))


def _unit(kind: pl.DataType, name: str) -> Unit:
    if name in ("share", "within_hour", "within_day", "within_week"):
        return Unit.RATE
    return Unit.COUNT if kind.is_integer() else Unit.NUMBER if kind.is_decimal() else Unit.TEXT


def _said(name: str, zone: str) -> pl.Expr:
    """An instant as text on the account's clock."""
    return pl.col(name).map_batches(lambda instants: (instants.dt.replace_time_zone(None) + ahead(instants, zone)).dt.strftime("%-d %b %Y %H:%M"), pl.String)


def feeds(viewer: Viewer, chosen: Chosen) -> None:
    """How late each source is."""
    zone = viewer.account.time_zone
    found = trust.lateness(seen.snapshot(viewer)).with_columns(_said("last_occurred_at", zone), _said("last_received_at", zone))
    _listed(viewer, chosen, "lateness", "How late events come, by source", found,
            (("source", "Source"), ("events", "Events"), ("within_hour", "Within an hour"), ("within_day", "Within a day"), ("within_week", "Within a week"),
             ("last_occurred_at", "Last happened"), ("last_received_at", "Last received")),
            "shares of events that were received within that time of having happened; a migration of old events counts as late", "No event has come yet")


def builds(viewer: Viewer, chosen: Chosen) -> None:
    """The last attempts to build, and the snapshots that are kept."""
    zone = viewer.account.time_zone

    def at(moment: datetime) -> str:
        return words.moment(moment, zone, year=True)

    columns = sheets.columns("Ended", "Outcome", "Kind", "Events", "Seconds", "Snapshot", counts=("Events", "Seconds"))
    values = [(at(one.finished_at), one.error or "Published", "–" if one.is_full is None else "Full" if one.is_full else "Increment", one.events,
               round((one.finished_at - one.started_at).total_seconds()), one.snapshot_id) for one in refreshes.ended(viewer.store, viewer.account.account_id)]
    sheet = Sheet(columns, sheets.frame_of(columns, values), (("Counted", "attempts to build, newest first"), ("Time zone", zone)))

    def draw() -> None:
        if not values:
            parts.state("schedule", "No build has ended yet", "The worker builds by itself; each attempt is listed here.")
            return
        kinds = {"Events": "n", "Seconds": "n", "Ended": "t w", "Snapshot": "t w"}
        tables.table([Col(column.label, kinds.get(column.name, "t"), _cell(column)) for column in columns], list(sheet.frame.iter_rows(named=True)),
                     "Last builds", "tight", height=300)

    sheets.show(viewer, chosen, Widget("builds", "Last builds", (("", lambda: sheet),), draw, sub="Attempts to build, newest first"))


def refreshed(viewer: Viewer, chosen: Chosen) -> None:
    """What the shown snapshot says otherwise than an earlier one of the days that were over then, and what came in between."""
    kept = [(one, pinned) for one, pinned in viewer.kept_snapshots() if one.as_of < seen.snapshot(viewer).as_of]
    if not kept:
        with frame.section("changed", "What a refresh changed in past days"):
            parts.state("history", "There is no earlier snapshot to compare with", "Three are kept, and those that a link holds on to for 90 days.")
        return
    names = {one.snapshot: f"{words.moment(one.as_of, viewer.account.time_zone, year=True)}{' · pinned' if pinned else ''}" for one, pinned in kept}
    asked = st.query_params.get("against", next(iter(names)))
    if asked not in names:
        raise JourneysError(f"Snapshot “{asked}” is not kept, or is no earlier one. Kept: {', '.join(names)}.")
    st.selectbox("Compared with the snapshot of", list(names), list(names).index(asked), format_func=lambda name: names[name], key="against",
                 on_change=lambda: filters.write({"against": st.session_state["against"]}))
    earlier, now = viewer.snapshot_named(asked), seen.snapshot(viewer)
    zone = viewer.account.time_zone
    moved = trust.changed(earlier, now)
    _listed(viewer, chosen, "changed", "What a refresh changed in past days", moved.with_columns(pl.col("day").dt.strftime("%-d %b %Y")),
            (("measure", "Measure"), ("day", "Day"), (CURRENCY, "Currency"), ("before", "Before"), ("after", "Now"), ("difference", "Difference")),
            "measures that add up, by when it happened, on days that were over in the earlier snapshot", "Nothing changed in the days that were over")
    between = in_between.between(viewer.log(), earlier.published, now.published)
    _listed(viewer, chosen, "came", "What came in between", between.events.with_columns(_said("first_occurred_at", zone), _said("last_occurred_at", zone)),
            (("source", "Source"), ("event_type", "Event type"), ("events", "Events"), ("late", "Late"), ("first_occurred_at", "First happened"),
             ("last_occurred_at", "Last happened")),
            "events that the log took after the earlier snapshot and that the shown one holds; late: they had happened before it", "No event came in between")
