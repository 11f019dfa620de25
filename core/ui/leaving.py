"""What leaves a widget: its file through /exports, its picture, and a link to exactly this; each asks whether it may."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import streamlit as st

from core.access import audit, signed
from core.metrics import DIMENSIONS, Result
from core.ui import catalog, images, menu, parts, saved, seen, tables, words
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.viewer import PAGE

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

KINDS = {"csv": "CSV", "xlsx": "Excel"}


def file(viewer: Viewer, chosen: Chosen, kind: str, title: str, result: Result) -> None:
    """Offer the whole answer as a file. The route that makes it asks the package again."""
    if refused(viewer):
        return

    @st.dialog(f"{KINDS[kind]}: {words.plain(title)}", width="medium")
    def offered() -> None:
        st.html(_about(viewer, chosen, words.plural(result.frame.height, "row") + ", all there are"))
        st.html(f'<a class=ja-btn href="{escape(address_of(viewer, kind, title, result))}" download>Download {KINDS[kind]}</a>')

    offered()


def address_of(viewer: Viewer, kind: str, title: str, result: Result) -> str:
    """The address of a widget's file: the question itself, and the snapshot that the page shows."""
    asked = {"question": json.dumps(result.query.document(), ensure_ascii=False), "snapshot": seen.snapshot(viewer).snapshot_id, "title": title,
             "signed": _signed(viewer, result)}
    return f"/exports/widget.{kind}?{urlencode(asked, quote_via=quote)}"


def _signed(viewer: Viewer, result: Result) -> str:
    """Says that a page which this reader may open asks this question."""
    page = menu.entry_of(st.session_state.get(PAGE, ""))
    return signed.sign(viewer.settings.secret_key, viewer.account.account_id, page.feature if page else signed.ANYTHING, result.query.document())


def image(viewer: Viewer, chosen: Chosen, title: str, results: Sequence[Result], picture: Picture | None) -> None:
    """Offer the widget as a PNG that explains itself."""
    if refused(viewer):
        return
    made = drawn(viewer, chosen, title, results, picture)
    noted(viewer, f"{title}.png")

    @st.dialog(f"Image: {words.plain(title)}", width="large")
    def offered() -> None:
        st.image(made, width="stretch")
        st.download_button("Download PNG", made, f"{title}.png", "image/png", type="primary", on_click="ignore")

    offered()


def noted(viewer: Viewer, file: str) -> None:
    """Keep in the audit trail that this file left."""
    with viewer.store.write() as connection:
        audit.record(connection, audit.Entry(viewer.now, viewer.account.account_id, viewer.user.name, "widget.exported", file, {}))


def drawn(viewer: Viewer, chosen: Chosen, title: str, results: Sequence[Result], picture: Picture | None) -> bytes:
    """The widget as a PNG with title, account, range and as-of; without a picture its table."""
    return images.png(picture or _written(viewer, results, title), title, _notes(viewer, chosen))


def link(viewer: Viewer, chosen: Chosen, key: str) -> None:
    """Show the address that means exactly this: every choice that a default stands for is written out; and one that holds on to the numbers for 90 days."""

    @st.dialog("Link to exactly this", width="medium")
    def offered() -> None:
        first, last = chosen.days
        spelled = {"from": first.isoformat(), "to": last.isoformat(), "basis": chosen.basis, "compare": chosen.compare}
        own = {name: value for name, value in saved.spelled(st.query_params.to_dict()).items() if name not in (*spelled, "range")}
        base = (st.context.url or "").split("?")[0] if isinstance(st.context.url, str) else ""
        st.code(f"{base}?{urlencode(spelled | own)}", language=None, wrap_lines=True)
        st.html("<p class=ja-sub>It opens the same range, basis and filters for everybody who may see this account, on its newest numbers.</p>")
        if st.button("Make a link that keeps these numbers for 90 days", icon=":material/push_pin:", key=f"pin-{key}"):
            st.code(f"{base}?{urlencode(spelled | own | {'snapshot': viewer.pin()})}", language=None, wrap_lines=True)

    offered()


def report(viewer: Viewer, title: str, result: Result) -> None:
    """Lead to the form of a custom report that asks this widget's question, once or on a schedule."""
    if refused(viewer):
        return
    asked = {"create": "custom", "title": title, "question": json.dumps(result.query.document(), ensure_ascii=False),
             "signed": _signed(viewer, result)}

    @st.dialog("Put into a report", width="medium")
    def offered() -> None:
        st.html(f"<p class=ja-sub>{words.name(title)}: once, or every day, week or month by mail, with the range moving on.</p>")
        st.html(f'<a class=ja-btn href="reports?{escape(urlencode(asked, quote_via=quote))}" target=_self>Go on in Reports</a>')

    offered()


def refused(viewer: Viewer) -> bool:
    """Say why nothing may be exported here, where that is so."""
    why = viewer.account.refusal("export", viewer.user.role)
    if why is None:
        return False

    @st.dialog("Export", width="medium")
    def said() -> None:
        parts.state("lock", "Nothing can be exported here", f"{why} Everything stays open on screen.")

    said()
    return True


def filters_said(viewer: Viewer, chosen: Chosen) -> str:
    """The filters in words; “all journeys” where there is none."""
    names = catalog.of(viewer)
    said = [names.name(journey) for journey in chosen.journeys] or ["all journeys"]
    said += [f"version {'–' if version is None else version}" for version in chosen.versions]
    said += [words.channel(channel) for channel in chosen.channels]
    said += [sub_account or "no sub-account" for sub_account in chosen.sub_accounts]
    said += [f"{DIMENSIONS[name].label.lower()} {', '.join(tables.text(viewer, name, value, 'text') for value in values)}" for name, values in chosen.others]
    return " · ".join([*said, *(f"tag {tag}" for tag in chosen.tags)])


def _notes(viewer: Viewer, chosen: Chosen) -> list[str]:
    compared = f", against {words.days(*chosen.before)}" if chosen.before else ""
    fresh = f"{words.moment(seen.as_of(viewer), seen.zone(viewer), year=True)} {seen.zone(viewer)}"
    return [
        f"{viewer.account.account_id} · {filters_said(viewer, chosen)} · {words.days(*chosen.days)}{compared}",
        f"{words.BASES[chosen.basis]} · data up to {fresh} · snapshot {seen.snapshot(viewer).snapshot_id}",
    ]


def _about(viewer: Viewer, chosen: Chosen, rows: str) -> str:
    return "".join(f"<p class=ja-sub>{words.name(line)}</p>" for line in (rows, *_notes(viewer, chosen)))


def _written(viewer: Viewer, results: Sequence[Result], title: str) -> Picture:
    """Answers as a table of text: one row as measure beside value, more rows as they stand."""
    first = results[0]
    if not first.query.dimensions and first.query.answer is None:
        rows = [
            (column.label, tables.text(viewer, column.name, value, str(column.unit)))
            for result in results
            if not result.query.dimensions and result.query.answer is None
            for column, value in zip(result.columns, result.frame.row(0), strict=True)
        ]
        return images.written([("", False), ("", True)], rows, title)
    columns = [(column.label, column.unit != "text") for column in first.columns]
    return images.written(
        columns,
        [[tables.text(viewer, c.name, row[c.name], str(c.unit), row.get("currency")) for c in first.columns] for row in first.frame.iter_rows(named=True)],
        title,
    )
