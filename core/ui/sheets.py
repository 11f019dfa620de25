"""Widgets whose numbers no Query gives, such as those of the history of fetches: the same frame, menu and files as all others."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl
import streamlit as st

from core.errors import JourneysError
from core.metrics import Column, Unit
from core.reports import export
from core.reports import made as made_files
from core.ui import charts, filters, frame, images, leaving, parts, registry, tables, words
from core.ui.address import CARRIED, Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as rows: `columns` names those of `frame` in their order, `about` says in (label, sentence) what is counted and where it comes from."""

    columns: tuple[Column, ...]
    frame: pl.DataFrame
    about: tuple[tuple[str, str], ...]

    def file(self, kind: str, title: str, account: str) -> bytes:
        """All rows as csv or xlsx, by the rules of every export."""
        out = io.BytesIO()
        self.write(out, kind, title, account)
        return out.getvalue()

    def write(self, out: IO[bytes], kind: str, title: str, account: str) -> None:
        """The same into a file."""
        if kind == "csv":
            export.write_csv(out, self.columns, [self.frame], {})
        else:
            export.write_xlsx(out, self.columns, [self.frame], {}, [("Title", title), ("Account", account), *self.about])


Maker = Callable[[], Sheet]
Noted = Callable[[str], None]
_TYPES: dict[str, pl.DataType] = {"text": pl.String(), "count": pl.Int64(), "people": pl.Int64(), "rate": pl.Float64(), "seconds": pl.Float64()}


def columns(*names: str, counts: Sequence[str] = ()) -> tuple[Column, ...]:
    """Columns that are called as they are read: text, but for the counts."""
    return tuple(Column(name, name, Unit.COUNT if name in counts else Unit.TEXT) for name in names)


def frame_of(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Rows of plain values as the frame of a Sheet with these columns; a first column of days stays one."""
    schema = {column.name: _TYPES[column.unit] for column in columns}
    if rows and isinstance(rows[0][0], date):
        schema[columns[0].name] = pl.Date()
    return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass(frozen=True, slots=True)
class Widget:
    """What stands under one title. `sheets` are (words for the menu, what makes the Sheet): the first, “”, is what is drawn; others are made when asked for.

    `feature` gates the files (None: they are every package's, as those of SFTP import are). `noted` is told of each file that leaves;
    where there is none the audit trail is.
    """

    key: str
    title: str
    sheets: tuple[tuple[str, Maker], ...]
    draw: Callable[[], None]
    picture: charts.Picture | None = None
    sub: str = ""  # HTML
    foot: Sequence[str] = field(default=())  # HTML
    feature: str | None = "export"
    noted: Noted | None = None


def show(viewer: Viewer, chosen: Chosen | None, widget: Widget) -> None:
    """Draw it in a fragment of its own; where it has a picture, a switch shows the rows instead. `chosen` None: the page has no filters to link to."""

    @st.fragment
    def alone() -> None:
        registry.note(registry.Noted(widget.key, widget.title, ()))
        with st.container(key=f"w-{widget.key}", gap="xsmall"):
            try:
                _body(widget, as_table=_head(viewer, chosen, widget))
            except JourneysError as refused:  # a picker's value in the address that is no choice, say
                parts.state("error", "This could not be worked out", str(refused), "bad", (filters.address_with({}, only=CARRIED), "Start over"))
            parts.foot(*widget.foot)

    alone()


def _body(widget: Widget, *, as_table: bool) -> None:
    if as_table:
        _table(widget)
    elif widget.picture:
        charts.draw(widget.picture, f"c-{widget.key}")
    widget.draw()


def _head(viewer: Viewer, chosen: Chosen | None, widget: Widget) -> bool:
    seen = bool(st.session_state.get(f"v-{widget.key}"))
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall", key=f"wh-{widget.key}", wrap=False):
        st.html(frame.title(widget.title, widget.sub), width="stretch")
        if widget.picture:
            label, icon = ("Show the chart", "show_chart") if seen else ("Show as table", "table_rows")
            said = f"{label}: {words.plain(widget.title)}"
            st.button(said, key=f"vb-{widget.key}", type="tertiary", icon=f":material/{icon}:", on_click=_turn, args=(widget.key,))
        _menu(viewer, chosen, widget)
    return seen and widget.picture is not None


def _turn(key: str) -> None:
    st.session_state[f"v-{key}"] = not st.session_state.get(f"v-{key}")


def _menu(viewer: Viewer, chosen: Chosen | None, widget: Widget) -> None:
    entries = {f":material/{icon}: {word}{f': {words.plain(said)}' if said else ''}": (kind, n)
               for kind, word, icon in (("csv", "CSV", "csv"), ("xlsx", "Excel", "table_view")) for n, (said, _) in enumerate(widget.sheets)}  # fmt: skip
    entries |= {":material/image: Image": ("png", 0), ":material/help: Why this number": ("why", 0)}
    entries |= {":material/link: Link to exactly this": ("link", 0)} if chosen is not None else {}
    picked = st.menu_button(f"Menu: {words.plain(widget.title)}", list(entries), key=f"m-{widget.key}", type="tertiary", icon=":material/more_horiz:")
    if picked is None:
        return
    what, n = entries[picked]
    if what == "why":
        _why(widget)
    elif what == "link" and chosen is not None:
        leaving.link(viewer, chosen, widget.key)
    elif widget.feature is None or not leaving.refused(viewer):
        _offer(viewer, widget, what, n)


def _offer(viewer: Viewer, widget: Widget, kind: str, n: int) -> None:
    said, sheet_of = widget.sheets[n]
    title = f"{widget.title}: {said}" if said else widget.title
    word = {"csv": "CSV", "xlsx": "Excel", "png": "PNG"}[kind]

    def made() -> bytes:
        viewer.check()  # where the file is made, not where its button is drawn
        if widget.feature:
            viewer.require(widget.feature)
        _noted(viewer, widget, f"{title}.{kind}")
        return _image(widget, title) if kind == "png" else sheet_of().file(kind, title, viewer.account.account_id)

    @st.dialog(f"{word}: {words.plain(title)}", width="medium")
    def offered() -> None:
        if kind == "png":
            st.image(_image(widget, title), width="stretch")
        sheet = sheet_of()
        for name, text in sheet.about:
            st.html(f"<p class=ja-sub>{escape(name)}: {words.name(text)}</p>")
        if widget.feature == "export" and kind != "png":  # as many rows as a file of somebody's has: from the disk, by its own address
            st.html(f'<a class=ja-btn href="{_kept(viewer, widget, sheet, kind, title)}" download>Download {word}</a>')
            return
        st.download_button(f"Download {word}", made, f"{title}.{kind}", MIME.get(kind, "image/png"), type="primary", on_click="ignore")

    offered()


def _noted(viewer: Viewer, widget: Widget, file: str) -> None:
    if widget.noted:
        widget.noted(file)
    else:
        leaving.noted(viewer, file)


def _kept(viewer: Viewer, widget: Widget, sheet: Sheet, kind: str, title: str) -> str:
    """The address of the file, made now and kept for an hour for this reader; what gives it asks the package again."""
    viewer.require("export")
    _noted(viewer, widget, f"{title}.{kind}")
    handle, name = tempfile.mkstemp(prefix=made_files.PREFIX, suffix=f".{kind}")
    with os.fdopen(handle, "wb") as out:
        sheet.write(out, kind, title, viewer.account.account_id)
    return f"/exports/made/{made_files.keep(made_files.Made(Path(name), title, kind, viewer.account.account_id, viewer.user.user_id, viewer.now))}"


def _image(widget: Widget, title: str) -> bytes:
    sheet = widget.sheets[0][1]()
    picture = widget.picture
    if picture is None:
        rows = [[_text(column, value) for column, value in zip(sheet.columns, row, strict=True)] for row in sheet.frame.iter_rows()]
        picture = images.written([(column.label, column.unit != "text") for column in sheet.columns], rows, title)
    return images.png(picture, title, [f"{name}: {text}" for name, text in sheet.about if len(text) <= 120])


def _why(widget: Widget) -> None:
    @st.dialog(f"Why this number: {words.plain(widget.title)}", width="medium")
    def said() -> None:
        lines = "".join(f"<dt>{escape(name)}</dt><dd>{words.name(text)}</dd>" for name, text in widget.sheets[0][1]().about)
        st.html(f"<dl class=ja-facts>{lines}</dl>")

    said()


def _table(widget: Widget) -> None:
    sheet = widget.sheets[0][1]()
    columns = [tables.Col(column.label, "t" if column.unit == "text" else "n", cell(column)) for column in sheet.columns]
    tables.table(columns, list(sheet.frame.iter_rows(named=True)), widget.title, height=widget.picture.height if widget.picture else 260)


def cell(column: Column) -> Callable[[tables.Row], str]:
    """What a table draws of a column: its value in words, as HTML."""
    return lambda row: words.name(_text(column, row[column.name]))


def _text(column: Column, value: object) -> str:
    return words.number(value, str(column.unit))
