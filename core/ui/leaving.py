"""What leaves a widget: its file through /exports, its picture, and a link to exactly this; each asks whether it may."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import streamlit as st

from core.access import audit, signed
from core.errors import JourneysError
from core.metrics import Result
from core.metrics.dimensions import dimension
from core.ui import catalog, images, menu, parts, saved, seen, tables, words, written
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.svg import Drawing
from core.ui.viewer import PAGE

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

KINDS = {"csv": "CSV", "xlsx": "Excel"}
MOST_LISTED = 4  # answers of which each has its entries in the menu; of more there is a list


def file(viewer: Viewer, chosen: Chosen, kind: str, title: str, result: Result) -> None:
    """Offer the whole answer as a file. The route that makes it asks the package again."""
    if refused(viewer):
        return

    @st.dialog(f"{KINDS[kind]}: {words.plain(title)}", width="medium")
    def offered() -> None:
        st.html(_about(viewer, chosen, words.plural(result.frame.height, "row") + ", all there are", [result]))
        st.html(f'<a class=ja-btn href="{escape(address_of(viewer, kind, title, result))}" download>Download {KINDS[kind]}</a>')

    offered()


def entries(said: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The entries of a widget's menu for its files, each as what is asked for and of which answer. `said`: the answers in words, the first “”."""
    listed = said if len(said) <= MOST_LISTED else said[:1]
    icons = {"csv": "csv", "xlsx": "table_view"}
    found = {f":material/{icons[kind]}: {named(label, words.plain(one))}": (kind, n) for kind, label in KINDS.items() for n, one in enumerate(listed)}
    return found | ({":material/folder_open: All its files": ("files", 0)} if len(listed) < len(said) else {})


def named(head: str, said: str) -> str:
    """A file's name: of which answer it is, where that is not the first."""
    return f"{head}: {said}" if said else head


def files(viewer: Viewer, chosen: Chosen, title: str, said: Sequence[str], results: Sequence[Result]) -> None:
    """Offer every file of a widget that is drawn from many answers."""
    if refused(viewer):
        return

    @st.dialog(f"Files: {words.plain(title)}", width="medium")
    def offered() -> None:
        def link(kind: str) -> tables.Col:
            def to(row: tables.Row) -> str:
                return f'<a href="{escape(address_of(viewer, kind, row["file"], row["result"]))}" download>{KINDS[kind]}</a>'

            return tables.Col(KINDS[kind], "n", to, is_hidden=True)

        st.html(_about(viewer, chosen, "All that the widget is drawn from", results))
        tables.table(
            [tables.Col("File", "t", lambda row: words.name(words.capital(row["said"] or "what its table shows"))),
             tables.Col("Rows", "n", lambda row: words.count(row["result"].frame.height)), *(link(kind) for kind in KINDS)],
            [{"said": one, "file": named(title, one), "result": result} for one, result in zip(said, results, strict=True)], "Files", "tight",
        )  # fmt: skip

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


def image(viewer: Viewer, chosen: Chosen, title: str, results: Sequence[Result], picture: Picture | Drawing | None) -> None:
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


def drawn(viewer: Viewer, chosen: Chosen, title: str, results: Sequence[Result], picture: Picture | Drawing | None) -> bytes:
    """The widget as a PNG with title, account, range and as-of; without a picture its table."""
    return images.png(picture or written.of(viewer, chosen, results, title), title, _notes(viewer, chosen, results))


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
            try:
                st.code(f"{base}?{urlencode(spelled | own | {'snapshot': viewer.pin()})}", language=None, wrap_lines=True)
            except JourneysError as problem:
                st.error(str(problem))

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
    return " · ".join([*([] if chosen.journeys else ["all journeys"]), *only_said(viewer, chosen)])


def only_said(viewer: Viewer, chosen: Chosen) -> list[str]:
    """What each filter leaves, in words."""
    names = catalog.of(viewer)
    said = [names.name(journey) for journey in chosen.journeys]
    said += [f"version {'–' if version is None else version}" for version in chosen.versions]
    said += [words.channel(channel) for channel in chosen.channels]
    said += [sub_account or "no sub-account" for sub_account in chosen.sub_accounts]
    for name, values in chosen.others:
        each = ["none" if value is None else tables.text(viewer, name, value, "text") for value in values]
        said.append(f"{dimension(name).said} {' or '.join(each)}")
    return [*said, *(f"tag {tag}" for tag in chosen.tags)]


def _notes(viewer: Viewer, chosen: Chosen, results: Sequence[Result]) -> list[str]:
    compared = f", against {words.days(*chosen.before)}" if chosen.before and any(result.query.compare for result in results) else ""
    fresh = f"{words.moment(seen.as_of(viewer), seen.zone(viewer), year=True)} {seen.zone(viewer)}"
    basis = words.OF_MEP if all(result.query.measures == ("mep",) for result in results) else words.BASES[chosen.basis]
    return [
        f"{viewer.account.account_id} · {filters_said(viewer, chosen)} · {words.days(*chosen.days)}{compared}",
        f"{basis} · data up to {fresh} · snapshot {seen.snapshot(viewer).snapshot_id}",
    ]


def _about(viewer: Viewer, chosen: Chosen, rows: str, results: Sequence[Result]) -> str:
    return "".join(f"<p class=ja-sub>{words.name(line)}</p>" for line in (rows, *_notes(viewer, chosen, results)))
