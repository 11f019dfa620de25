"""The filter bar: our own over the address, with unbound widgets, so that a link, Back and Forward all mean what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from core.errors import WrongUsage, unknown
from core.metrics.dimensions import ATTRIBUTE
from core.ui import address, catalog, contents, parts, ranges, saved, seen, silence, words
from core.ui.address import CARRIED, PARAMETERS, Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

COMPARED = {"weekdays": "Same weekdays, 28 days before", "previous": "The period just before", "year": "The same period last year", "none": "No comparison"}
BASES = {"entered": "Runs that started in the range", "happened": "When it happened"}


def read(viewer: Viewer, title: str) -> Chosen:
    """What the address chooses. Ends the page, naming the value, where one is not valid."""
    try:
        return address.read(saved.meant(viewer, st.query_params.to_dict()), catalog.of(viewer).known(seen.today(viewer)))
    except WrongUsage as problem:
        parts.header(viewer, title)
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", (address_with({}, only=()), "Start over"))
        st.stop()


def bar(viewer: Viewer, chosen: Chosen, *shown: str) -> None:
    """Draw the bar with these filters beside range, basis and the saved filters.

    shown: any of compare, journey (with tags), one_journey, version (of one journey), channel, sub_account.
    """
    names = catalog.of(viewer)
    with st.container(key="filters", horizontal=True, gap="xsmall", vertical_alignment="center"):
        begins = names.begins or chosen.today
        days(chosen, ranges.PRESETS, lambda name: ranges.preset(name, chosen.today, begins), "f", lambda: _basis(chosen))
        if "compare" in shown:
            _compare(chosen)
        for name in shown:
            if name in LISTS:
                LISTS[name](chosen, names)
        saved.popover(viewer, chosen, "one_journey" in shown)
        contents.here()
    silence.say(viewer, chosen)


def carried() -> dict[str, str]:
    """What a link in the menu takes along: range, basis, comparison and journey of this address."""
    return {name: st.query_params[name] for name in CARRIED if name in st.query_params}


def address_with(changes: Mapping[str, str | None], only: Sequence[str] | None = None) -> str:
    """This page's address with these parameters in place of its own; None drops one. `only` keeps just these of its own."""
    own = {name: value for name, value in st.query_params.items() if only is None or name in only}
    merged = {name: value for name, value in (own | dict(changes)).items() if value is not None}
    return "?" + urlencode(merged)


def write(changes: Mapping[str, str | None]) -> None:
    """Put parameters into the address, all at once: one step for Back to undo. A filter that changes stands for itself, no longer for a saved one."""
    own = st.query_params.to_dict()
    if any(name in PARAMETERS for name in changes):
        own = saved.spelled(own)
    changes = {"range": None, **changes} if "from" in changes else changes
    merged = {name: value for name, value in (own | dict(changes)).items() if value is not None}
    st.query_params.from_dict(merged)


def picked(name: str, options: Sequence[str], default: str | None = None) -> str:
    """What a widget's own picker stands on: a parameter of the address, the default where that names no option."""
    value = st.query_params.get(name)
    if value is None or value in options:
        return value or default or options[0]
    raise WrongUsage(unknown(name, value, options))


def pick(name: str, label: str, options: Mapping[str, str], default: str | None = None) -> None:
    """The picker itself, inside a widget: (id → label); what is chosen goes into the address. Over six options it is a list."""
    key = f"p-{name}"
    st.session_state[key] = picked(name, list(options), default)

    def chosen() -> None:
        write({name: st.session_state[key]})

    if len(options) > 6:
        st.selectbox(label, list(options), format_func=lambda option: options[option], key=key, label_visibility="collapsed", on_change=chosen, width=220)
    else:
        st.segmented_control(
            label, list(options), format_func=lambda option: options[option], required=True, key=key, label_visibility="collapsed", on_change=chosen
        )


def days(chosen: Chosen, presets: Sequence[str], of: Callable[[str], ranges.Days], key: str, below: Callable[[], None] = lambda: None) -> None:
    """The range: its presets, and two dates in a popover. `of` gives the days of a preset; `key` begins those of the widgets; `below` draws more under it."""

    def of_preset() -> None:
        first, last = of(st.session_state[f"{key}-preset"])
        st.session_state.pop(f"{key}-days", None)
        write({"from": first.isoformat(), "to": last.isoformat()})

    def of_days() -> None:
        if len(st.session_state[f"{key}-days"]) == 2:
            first, last = st.session_state[f"{key}-days"]
            write({"from": first.isoformat(), "to": last.isoformat()})

    st.session_state[f"{key}-preset"] = next((name for name in (ranges.DEFAULT, *presets) if of(name) == chosen.days), None)
    st.segmented_control("Range", presets, key=f"{key}-preset", label_visibility="collapsed", required=True, on_change=of_preset)
    with st.popover(words.days(*chosen.days, year=chosen.days[1].year != chosen.today.year), icon=":material/calendar_month:", key=f"{key}-range"):
        if len(st.session_state.get(f"{key}-days", ())) != 1:  # one end is picked, the other is still to come
            st.session_state[f"{key}-days"] = chosen.days
        st.date_input("From and to", key=f"{key}-days", format="YYYY-MM-DD", on_change=of_days)
        below()


def _basis(chosen: Chosen) -> None:
    st.session_state["f-basis"] = chosen.basis
    st.radio("Date basis", list(BASES), format_func=BASES.get, key="f-basis", on_change=lambda: write({"basis": st.session_state["f-basis"]}))


def _compare(chosen: Chosen) -> None:
    def said(kind: str) -> str:
        before = Chosen(chosen.days, chosen.today, compare=kind).before
        return COMPARED[kind] + (f": {words.days(*before)}" if before else "")

    label = f"vs {words.days(*chosen.before, year=chosen.before[0].year != chosen.days[1].year)}" if chosen.before else "No comparison"
    with st.popover(label, icon=":material/history:", key="f-cmp"):
        st.session_state["f-compare"] = chosen.compare
        st.radio("Compare with", ranges.COMPARISONS, format_func=said, key="f-compare", on_change=lambda: write({"compare": st.session_state["f-compare"]}))


def _several(name: str, chosen: Sequence[Any], options: Sequence[Any], label: str, icon: str, every: str, say: Callable[[Any], str]) -> None:
    """A popover named after its value, with a list to choose any number from."""
    with _popover([say(value) for value in chosen], label.lower(), icon, every, name):
        _multiselect(name, chosen, options, label, every, say)


def _one_journey(chosen: Chosen, names: catalog.Catalog) -> None:
    journey = chosen.journeys[0] if chosen.journeys else None
    with st.popover(words.plain(_short(names.name(journey))) if journey else "Choose a journey", icon=":material/route:", key="f-journey-pop"):
        st.session_state["f-journey"] = journey
        st.selectbox(
            "Journey", list(names.journeys), format_func=names.name, key="f-journey", placeholder="Find a journey", index=None,
            on_change=lambda: write({"journey": address.written([st.session_state["f-journey"]]), "version": None}),
        )  # fmt: skip


def _versions(chosen: Chosen, names: catalog.Catalog) -> None:
    if len(chosen.journeys) == 1:
        there = [version.version for version in names.versions.get(chosen.journeys[0], ())]
        _several("version", chosen.versions, there, "Versions", "layers", "All versions", lambda v: "No version" if v is None else f"Version {v}")


def _sub_accounts(chosen: Chosen, names: catalog.Catalog) -> None:
    there = names.sub_accounts if len(chosen.journeys) != 1 else names.sub_accounts_of.get(chosen.journeys[0], ())
    if chosen.sub_accounts or len(there) > 1:
        _several("sub_account", chosen.sub_accounts, names.sub_accounts, "Sub-accounts", "account_tree", "All sub-accounts", lambda s: s or "No sub-account")


def attribute(name: str, chosen: Sequence[Any], options: Sequence[Any]) -> None:
    """A popover with the values of an attribute of the entry."""

    def say(value: str | None) -> str:
        return f"No {name}" if value is None else value

    with _popover([say(value) for value in chosen], f"values of {name}", "sell", f"Any {name}", ATTRIBUTE + name):
        _multiselect(ATTRIBUTE + name, chosen, [*options, *(value for value in chosen if value not in options)], words.plain(name), f"Any {name}", say)


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:27].rstrip() + "…"


def _journeys(chosen: Chosen, names: catalog.Catalog) -> None:
    """Journeys, and the tags that stand for some of them, in one popover."""
    tags = sorted({tag for journey in names.journeys.values() for tag in journey.tags})
    with _popover([*(names.name(journey) for journey in chosen.journeys), *chosen.tags], "journeys", "route", "All journeys", "journey"):
        _multiselect("journey", chosen.journeys, list(names.journeys), "Journeys", "All journeys", names.name, drop=("version",))
        if tags:
            _multiselect("tag", chosen.tags, tags, "Tags", "All tags", str)


def _popover(said: Sequence[str], word: str, icon: str, every: str, name: str) -> Any:
    text = every if not said else said[0] if len(said) == 1 else f"{len(said)} {word}"
    return st.popover(words.plain(_short(text)), icon=f":material/{icon}:", key=f"f-{name}-pop")


def _multiselect(name: str, chosen: Sequence[Any], options: Sequence[Any], label: str, every: str, say: Callable[[Any], str], drop: Sequence[str] = ()) -> None:
    key = f"f-{name}"
    st.session_state[key] = list(chosen)
    st.multiselect(
        label, options, format_func=say, key=key, placeholder=every,
        on_change=lambda: write({name: address.written(st.session_state[key]) if st.session_state[key] else None} | dict.fromkeys(drop)),
    )  # fmt: skip


LISTS: dict[str, Callable[[Chosen, catalog.Catalog], None]] = {
    "journey": _journeys,
    "one_journey": _one_journey,
    "version": _versions,
    "channel": lambda c, n: _several("channel", c.channels, n.channels, "Channels", "forum", "All channels", words.channel),
    "sub_account": _sub_accounts,
}
