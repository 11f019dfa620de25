"""Header, tabs, states, chips, bars, sparklines and the door of sign-in, as plain HTML with our own classes (look.css)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.ui import contents, registry, theme, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

Line = Sequence[float | None]


def header(viewer: Viewer, title: str, *, crumb: str | None = None, badge: str = "", basis: str = "") -> None:
    """Account, title, freshness and date basis: said here, once a page. `badge` is HTML, the rest text."""
    registry.begin()
    contents.begin()
    account = escape(viewer.account.account_id) + (f" / {escape(crumb)}" if crumb else "")
    said = "".join(f"<br><span>{escape(line)}</span>" for line in (basis,) if line)
    st.html(
        f"<header class=ja-head><div><p class=ja-acc>{account}</p><h1>{words.name(title)}{badge}</h1></div>"
        f"<p class=ja-fresh>{_fresh(viewer)}{said}</p></header>"
    )
    if viewer.pinned:
        said = "This link holds on to numbers as they were. Nothing that came later is in them."
        state("push_pin", f"Snapshot {viewer.pinned}", said, "warn", (newest_address(), "Show the newest numbers"))
    _news(viewer)


@st.fragment(run_every="60s")
def _news(viewer: Viewer) -> None:
    """What happened since the page was opened, looked for once a minute: the page keeps its numbers until the reader takes the newer ones."""
    if viewer.newer_snapshot and st.button("Newer numbers are ready: show them", icon=":material/update:", key="newer", type="tertiary"):
        viewer.take_newer_snapshot()
        st.rerun()
    if viewer.failed_build:
        shown = "You see the last snapshot that was published. " if viewer.snapshot else ""
        state("error", "The last build failed", f"{shown}{viewer.failed_build}", "bad")


def newest_address() -> str:
    """This page's address without the snapshot that it holds on to."""
    from urllib.parse import urlencode

    return "?" + urlencode({name: value for name, value in st.query_params.to_dict().items() if name != "snapshot"})


def _fresh(viewer: Viewer) -> str:
    zone = viewer.account.time_zone
    if viewer.snapshot is None:
        return "<span class=ja-dot></span>Not built yet"
    following = f" · next refresh {_soon(viewer.next_refresh_at, viewer.now, zone)}" if viewer.next_refresh_at else ""
    said = words.moment(viewer.snapshot.as_of, zone, year=viewer.snapshot.as_of.year != viewer.now.year)
    return f"<span class=ja-dot></span>Data up to <b>{said}</b>{following} · {escape(zone)}"


def _soon(at: datetime, now: datetime, zone: str) -> str:
    said = words.moment(at, zone)
    return said.rsplit(" ", 1)[-1] if said.rsplit(" ", 1)[0] == words.moment(now, zone).rsplit(" ", 1)[0] else said


def status(name: str | None) -> str:
    """A journey's status as a badge, or nothing where the catalog has none."""
    return "" if name is None else f'<span class="ja-tag{" on" if name == "active" else ""}">{escape(words.STATUSES.get(name, name))}</span>'


def mark(name: str | None) -> str:
    """A journey's status in a table: a shape and a word."""
    if name is None:
        return "<span class=q>not in the catalog</span>"
    return f"<span class='ja-st{'' if name == 'active' else ' off'}'>{escape(words.STATUSES.get(name, name))}</span>"


def line(values: Line, top: float, width: int = 120, height: int = 26, stroke: float = 1.6) -> str:
    """A sparkline as a mask: its colour comes from the stylesheet, so it follows the ground. (st.html drops SVG elements.)

    A None is a gap. Values run from 0 to `top`.
    """
    across = max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{width * i / across:.1f},{height - 2 - (height - 5) * value / top:.1f}")
    drawn = "".join(
        f"<polyline points='{' '.join(run * 2 if len(run) == 1 else run)}' fill='none' stroke='black' stroke-width='{stroke}' "
        "stroke-linecap='round' stroke-linejoin='round' vector-effect='non-scaling-stroke'/>"
        for run in runs
        if run
    )
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' preserveAspectRatio='none'>{drawn}</svg>"
    return "--m:url(&quot;data:image/svg+xml," + svg.replace("<", "%3C").replace(">", "%3E").replace("#", "%23") + "&quot;)"


def spark(now: Line, before: Line = ()) -> str:
    """A sparkline of whole days, its ghost, and the ring at its last point."""
    there = [value for value in (*now, *before) if value is not None]
    top = max(there, default=0) or 1
    ghost = f'<i class="ja-sp g" style="{line(before, top, stroke=1.1)}"></i>' if len(before) > 1 else ""
    if len(now) < 2:
        return ghost
    last = now[-1]
    ring = "" if last is None else f'<i class=ja-here style="top:{100 * (24 - 21 * last / top) / 26:.0f}%"></i>'
    return f'{ghost}<i class="ja-sp" style="{line(now, top)}"></i>{ring}'


def bar(value: float | None, top: float, colour: str | None = None) -> str:
    """An inline bar, `top` being its whole width."""
    share = 100 * (value or 0) / top if top else 0
    return f'<span class=ja-bar><i style="width:{share:.1f}%{f";background:{colour}" if colour else ""}"></i></span>' if value else ""


def rung(value: float | None, n: object, colour: str) -> str:
    """A rate as a bar over its text, its denominator said to whoever asks."""
    if value is None:
        return f"<span class=q>{words.MISSING}</span>"
    drawn = bar(value, 1, colour) or "<span class=ja-bar></span>"
    return f'<span class=ja-rung title="of {escape(str(n))}">{drawn}<span>{escape(words.rate(value))}</span></span>'


def chip(channel: str | None, place: int = 0) -> str:
    """A channel: its colour and its name."""
    return f'<span class=ja-ch><i style="background:{theme.channel(channel, place)}"></i>{words.name(words.channel(channel))}</span>'


def keys(*marks: tuple[str, str]) -> str:
    """The legend below a title: (“now” | “then” | “open” | a colour, words)."""
    return "".join(
        f'<span class="ja-k"><i class="ja-key {kind}"></i>{escape(word)}</span>'
        if kind.isalpha()
        else f'<span class="ja-k"><i class=ja-sq style="background:{kind}"></i>{escape(word)}</span>'
        for kind, word in marks
    )


def facts(said: Sequence[tuple[str, str]]) -> None:
    """(words, number) pairs below each other, a rule between them."""
    lines = "".join(f"<dt>{words.name(label)}</dt><dd>{words.name(value)}</dd>" for label, value in said)
    st.html(f"<dl class='ja-facts ja-side'>{lines}</dl>")


def change(value: float | None, good: bool | None, unit: str = "%") -> str:
    """A change as arrow and number; green or red only where up is plainly good or bad (`good` is None: ink)."""
    if value is None:
        return ""
    arrow = "↑" if value > 0 else "↓" if value < 0 else "→"
    tone = "" if good is None or not value else " up" if (value > 0) == good else " down"
    size = abs(value)
    text = ">999" if size > 999 else "<0.1" if 0 < size < 0.05 else f"{size:.1f}"
    return f'<b class="d{tone}">{arrow} {escape(text)} {unit}</b>'


def state(icon: str, head: str, text: str, kind: str = "", link: tuple[str, str] | None = None) -> None:
    """What is so, and what to do; grey, “warn” or “bad”. `link` is (address, words)."""
    way = f' <a href="{escape(link[0])}" target=_self>{escape(link[1])}</a>' if link else ""
    st.html(
        f'<div class="ja-state {kind}" role={"alert" if kind == "bad" else "status"}><span class=ic aria-hidden=true>{icon}</span>'
        f"<div><p class=h>{escape(head)}</p><p>{escape(text)}{way}</p></div></div>"
    )


def foot(*notes: str) -> None:
    """Warnings and small print of a widget, below it; each is HTML."""
    said = [words.capital(note) for note in notes if note]
    if said:
        st.html(f"<p class=ja-foot>{' · '.join(said)}</p>")


def tabs(pages: Sequence[tuple[str, str]], current: str, parameters: dict[str, str]) -> None:
    """(label, address) of the pages of one journey; each tab can be linked, reloaded and opened beside another."""
    from urllib.parse import urlencode

    carried = escape(urlencode(parameters))
    items = "".join(
        f"<li><span class=ja-tab aria-current=page>{escape(label)}</span></li>"
        if path == current
        else f'<li><a href="{path}?{carried}" target=_self>{escape(label)}</a></li>'
        for label, path in pages
    )
    st.html(f"<nav class=ja-tabs aria-label='This journey'><ul>{items}</ul></nav>")


@contextmanager
def door(width: int = 340) -> Iterator[None]:
    """The petrol panel of sign-in and Enable; what is drawn inside stands to its right, `width` px wide."""
    st.html(
        "<style>[data-testid=stMainBlockContainer]{max-width:none;padding:0}"
        "[data-testid=stSidebar],[data-testid=stHeader],[data-testid=stExpandSidebarButton]{display:none}</style>"
    )
    with st.container(key="signin", horizontal=True, gap=None):
        st.html(
            '<div class=ja-door><img src="app/static/mark.svg" width=38 height=38 alt=""><p class=ja-name>Journey Analytics</p>'
            "<p class=ja-line>Every number says what it counts, how fresh it is and which rows are behind it.</p>"
            '<img class=ja-lines src="app/static/door.svg" alt=""></div>'
        )
        with st.container(key="signin-form", horizontal_alignment="center", vertical_alignment="center"), st.container(width=width):
            yield


def prose(text: str, label: str) -> None:
    """A longer text in a box that scrolls by itself, by keyboard too."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.strip().split("\n") if part.strip())
    st.html(f'<div class=ja-prose tabindex=0 role=region aria-label="{escape(label)}">{paragraphs}</div>')
