"""A dashboard on paper: each widget as its picture, a PDF to take along; made where it is asked for, with what the page shows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.boards.dashboard import Dashboard
from core.ui import answers, dashboards, leaving, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

WIDTH, MARGIN, GAP = 210.0, 12.0, 6.0  # mm of A4 upright
LOWEST = 297.0 - MARGIN


def offer(viewer: Viewer, name: str, dashboard: Dashboard) -> None:
    """Make the PDF and offer it; says which package would allow it where this one does not."""
    if leaving.refused(viewer):
        return
    wanted, _ = dashboards.read(viewer, name)
    widgets = dashboards.drawable(dashboards.shown(viewer, dashboard, wanted))
    leaving.noted(viewer, f"{name}.pdf")

    @st.dialog(f"PDF: {words.plain(name)}", width="medium")
    def offered() -> None:
        with st.spinner("The pictures are being drawn"):
            made = pdf(name, [image(viewer, one) for one in widgets])
        st.html(f"<p class=ja-sub>{words.plural(len(widgets), 'widget')}, with the filters that are on.</p>")
        st.download_button("Download PDF", made, f"{name}.pdf", "application/pdf", type="primary", on_click="ignore")

    offered()


def image(viewer: Viewer, one: dashboards.Shown) -> bytes:
    """A widget as a PNG with title, range and as-of."""
    viewer.require("export")
    chosen, widget = dashboards.made_of(viewer, one)
    results = tuple(answers.ask(viewer, query) for _, query in widget.queries)
    return leaving.drawn(viewer, chosen, widget.title, results, widget.picture(results) if widget.picture and results[0].frame.height else None)


def pdf(name: str, images: Sequence[bytes]) -> bytes:
    """Pictures below each other, as many a page as fit whole; the name is the document's title."""
    from fpdf import FPDF  # a quarter of a second that no page should wait for
    from PIL import Image

    paper = FPDF(format="A4")
    paper.set_auto_page_break(False)
    paper.set_title(name)
    paper.add_page()
    y = MARGIN
    for picture in images:
        width, height = Image.open(io.BytesIO(picture)).size
        wide = WIDTH - 2 * MARGIN
        tall = wide * height / width
        if tall > LOWEST - MARGIN:  # higher than a page: as narrow as it must be
            wide, tall = wide * (LOWEST - MARGIN) / tall, LOWEST - MARGIN
        if y + tall > LOWEST:
            paper.add_page()
            y = MARGIN
        paper.image(io.BytesIO(picture), x=MARGIN, y=y, w=wide, h=tall)
        y += tall + GAP
    return bytes(paper.output())
