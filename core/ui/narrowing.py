"""The filters of a question as controls: one for each that is on, and one to add another; what cannot be is not offered, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.metrics import Query
from core.metrics.attributes import MOST_VALUES
from core.metrics.dimensions import dimension, is_attribute
from core.metrics.rules import is_bucket
from core.ui import asking, catalog, tables, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

PENDING = "ja-narrowing-{}"  # the filter that was added and has no value yet, by the key of the controls
Put = Callable[[Query], None]


def show(viewer: Viewer, query: Query, may: Mapping[str, str | None], put: Put, key: str, always: Sequence[str] = ()) -> None:
    """The controls. `may`: each dimension and attribute → why it is no filter here, None: it may be one; `put` asks the narrowed question; `always` stand
    there unasked."""
    pending = st.session_state.get(PENDING.format(key))
    there = [name for name, _ in query.where]
    on = list(dict.fromkeys([*(name for name in (*always, pending) if name and name not in there and may.get(name) is None), *there]))
    for name in sorted(on, key=[*may, *there].index):
        _one(viewer, query, name, put, key)
    offered = [name for name in may if may[name] is None and name not in on and not is_bucket(name)]

    def add() -> None:
        st.session_state[PENDING.format(key)] = st.session_state[f"{key}-filter"]

    st.session_state[f"{key}-filter"] = None
    st.selectbox("Only where", offered, format_func=lambda name: dimension(name).offered, key=f"{key}-filter", index=None, placeholder="Add a filter",
                 on_change=add, label_visibility="visible" if not on else "collapsed")  # fmt: skip
    why_not({dimension(name).offered: why for name, why in may.items() if why and not is_bucket(name)})


def _one(viewer: Viewer, query: Query, name: str, put: Put, key: str) -> None:
    own, chosen = f"{key}-w-{name}", list(dict(query.where).get(name, ()))
    there = asking.values(viewer, query, name)

    def pick() -> None:
        st.session_state[PENDING.format(key)] = None if st.session_state[own] else name
        put(query.filtered(name, *st.session_state[own]))

    st.session_state[own] = chosen
    is_long = is_attribute(name) and len(there) > MOST_VALUES
    st.multiselect(f"Only where {words.plain(dimension(name).said)} is", [*there, *(value for value in chosen if value not in there)], key=own, on_change=pick,
                   format_func=lambda value: _said(viewer, query, name, value), placeholder="Choose, or write a value" if is_long else "Any",
                   accept_new_options=is_long, help=f"The {MOST_VALUES} values that are said most; another can be written." if is_long else None)  # fmt: skip


def _said(viewer: Viewer, query: Query, name: str, value: Any) -> str:
    """A value as text; an element by its name and id where one journey is chosen."""
    if value is None:
        return "None"
    journeys = dict(query.where).get("journey", ())
    if name in ("element", "last_element") and len(journeys) == 1:
        return catalog.element_said(viewer, str(journeys[0]), value)
    return tables.text(viewer, name, value, "text")


def why_not(reasons: Mapping[str, str]) -> None:
    """What cannot be picked now, each with its reason; those of one reason together."""
    if reasons:
        lines = "".join(f"<li><b>{escape(', '.join(labels))}</b> {escape(why)}</li>" for why, labels in by_reason(reasons).items())
        st.html(f"<details class=ja-whynot><summary>{len(reasons)} cannot be picked now</summary><ul>{lines}</ul></details>")


def by_reason(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """Reason, without what it is the reason of → all that it is the reason of: “cannot be split by channel” → Entries, Exits."""
    found: dict[str, list[str]] = {}
    for label, why in reasons.items():
        found.setdefault(why.removeprefix(label).lstrip(": "), []).append(label)
    return found
