"""Saved filters in the filter bar: apply, save, rename, share and remove; in the address each stands by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError, WrongUsage, unknown
from core.store import saved_filters
from core.store.saved_filters import SavedFilter
from core.ui import address, catalog, ranges, words
from core.ui.address import PARAMETERS, SAVED, Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MEANT, SAID = "ja-saved", "ja-saved-said"
RANGE = ("from", "to", "range")


def meant(viewer: Viewer, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an address with those of the saved filter in place of its id; what the address says itself goes before them.

    Raises WrongUsage where this reader has no such filter.
    """
    st.session_state[MEANT] = {}
    if SAVED not in given:
        return dict(given)
    found = {str(one.filter_id): one for one in every(viewer)}
    if given[SAVED] not in found:
        raise WrongUsage(unknown("saved filter", given[SAVED], [f"{key} ({one.name})" for key, one in found.items()]))
    kept = st.session_state[MEANT] = dict(found[given[SAVED]].parameters)
    return spelled(given, kept)


def spelled(given: Mapping[str, str], kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """The same address without the id. `kept`: the saved filter's parameters, else those that the page was drawn with."""
    own = {name: value for name, value in given.items() if name != SAVED}
    there = dict((st.session_state.get(MEANT, {}) if kept is None else kept) if SAVED in given else {})
    if any(name in own for name in RANGE):
        there = {name: value for name, value in there.items() if name not in RANGE}
    if own.get("journey", there.get("journey")) != there.get("journey"):
        there.pop("version", None)  # a version is one journey's
    return there | own


def every(viewer: Viewer) -> tuple[SavedFilter, ...]:
    """What this reader may use."""
    return saved_filters.listed(viewer.store, viewer.account.account_id, viewer.user.user_id)


def of(chosen: Chosen, begins: date) -> dict[str, str]:
    """What is saved of a filter bar: a preset moves on with the days, two dates stay; what stands for everything is left out."""
    moving = next((key for key, name in ranges.IDS.items() if name == ranges.preset_of(chosen.days, chosen.today, begins)), None)
    first, last = chosen.days
    kept = {"range": moving} if moving else {"from": first.isoformat(), "to": last.isoformat()}
    kept |= {"basis": chosen.basis, "compare": chosen.compare}
    lists = {"journey": chosen.journeys, "version": chosen.versions, "channel": chosen.channels, "sub_account": chosen.sub_accounts, "tag": chosen.tags}
    return kept | {name: address.written(values) for name, values in lists.items() if values}


def popover(viewer: Viewer, chosen: Chosen, is_about_one: bool) -> None:
    """The bar's last filter. `is_about_one`: on a page about one journey, a filter without a journey keeps the one there is."""
    given = st.query_params.to_dict()
    here = next((one for one in every(viewer) if str(one.filter_id) == given.get(SAVED)), None) if SAVED in given else None
    changed = here is not None and any(name in given for name in PARAMETERS if name not in (SAVED, "journey"))
    label = f"{here.name}, changed" if here and changed else here.name if here else "Saved"
    with st.popover(words.plain(label), icon=":material/bookmark:", key="f-saved-pop"):
        _pick(viewer, here, is_about_one)
        if here and here.user_id == viewer.user.user_id:
            _own(viewer, here)
        _new(viewer, chosen)
        if said := st.session_state.pop(SAID, None):
            st.error(said)


def _pick(viewer: Viewer, here: SavedFilter | None, is_about_one: bool) -> None:
    found = {one.filter_id: one for one in every(viewer)}
    if not found:
        st.html("<p class=ja-sub>Nothing is saved yet. A saved filter keeps range, basis, comparison and all that is chosen beside them.</p>")
        return

    def apply() -> None:
        wanted = st.session_state["f-saved"]
        own = {name: value for name, value in st.query_params.to_dict().items() if name not in PARAMETERS}
        if wanted is None:
            st.query_params.from_dict(spelled(st.query_params.to_dict()))
            return
        journey = spelled(st.query_params.to_dict()).get("journey")
        keeps = {"journey": journey} if is_about_one and journey and "journey" not in found[wanted].parameters else {}
        st.query_params.from_dict(own | keeps | {SAVED: str(wanted)})

    def said(filter_id: int) -> str:
        one = found[filter_id]
        return one.name + ("" if one.user_id == viewer.user.user_id else f", shared by {one.owner}")

    st.session_state["f-saved"] = here.filter_id if here else None
    st.selectbox("Apply a saved filter", list(found), format_func=said, key="f-saved", index=None, placeholder="Choose one", on_change=apply)


def _own(viewer: Viewer, here: SavedFilter) -> None:
    who = (viewer.store, viewer.account.account_id, viewer.user.user_id, here.filter_id)

    def rename() -> None:
        _tell(lambda: saved_filters.rename(*who, st.session_state["f-rename"]))

    def share() -> None:
        _tell(lambda: saved_filters.share(*who, is_shared=st.session_state["f-share"]))

    def remove() -> None:
        _tell(lambda: saved_filters.remove(*who))
        st.query_params.from_dict(spelled(st.query_params.to_dict()))

    st.session_state["f-rename"], st.session_state["f-share"] = here.name, here.is_shared
    st.text_input("Name", key="f-rename", max_chars=saved_filters.LONGEST_NAME, on_change=rename)
    st.toggle("Everybody of the account may use it", key="f-share", on_change=share)
    st.button("Remove this filter", key="f-remove", icon=":material/delete:", type="tertiary", on_click=remove)


def _new(viewer: Viewer, chosen: Chosen) -> None:
    def save() -> None:
        def kept() -> None:
            made = saved_filters.add(
                viewer.store, viewer.account.account_id, viewer.user.user_id, st.session_state["f-new"],
                of(chosen, catalog.of(viewer).begins or chosen.today),
                is_shared=st.session_state["f-new-share"], now=viewer.now,
            )  # fmt: skip
            own = {name: value for name, value in st.query_params.to_dict().items() if name not in PARAMETERS}
            st.query_params.from_dict(own | {SAVED: str(made)})

        _tell(kept)

    with st.form("f-saving", border=False, clear_on_submit=True):
        st.text_input("Save these filters as", key="f-new", max_chars=saved_filters.LONGEST_NAME, placeholder="A name")
        st.checkbox("Everybody of the account may use it", key="f-new-share")
        st.form_submit_button("Save", on_click=save)


def _tell(work: Callable[[], None]) -> None:
    """Do it, and say in the popover why it did not go."""
    try:
        work()
    except JourneysError as problem:
        st.session_state[SAID] = str(problem)
