"""Administration: which attributes of entries facts can be split and filtered by, chosen among those that the newest entries say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from core.access import accounts
from core.access.accounts import MOST_ATTRIBUTES, Account
from core.metrics import attributes
from core.ui import administration, frame, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def show(viewer: Viewer, account: Account) -> None:
    """The choice as a form; another account's, which an operator administers, without what its entries say."""
    said = attributes.offered(viewer.log().segments()) if account.account_id == viewer.account.account_id else {}
    sub = "What entries say beside the columns, such as a plan or a region, for Explore to split and filter by"
    with frame.section("attributes", "Attributes of entries", sub), st.form("attributes", border=False):
        chosen = st.multiselect(
            "To split and filter by", list(dict.fromkeys([*account.attributes, *said])), account.attributes, format_func=lambda name: _with_share(name, said),
            accept_new_options=True, max_selections=MOST_ATTRIBUTES, placeholder="Choose, or write the name of an attribute",
            help=f"Up to {MOST_ATTRIBUTES}. A run has what the earliest of its entered events says. Values that differ for each person "
                 "(a name, an address) make no good groups, and are kept in the snapshots.",
        )  # fmt: skip
        if st.form_submit_button("Save the attributes", type="primary"):
            administration.do(viewer, lambda: _kept(viewer, account, tuple(chosen)))


def _with_share(name: str, said: Mapping[str, float]) -> str:
    return f"{name} (in {words.number(said[name], 'rate')} of the newest entries)" if name in said else name


def _kept(viewer: Viewer, account: Account, chosen: tuple[str, ...]) -> str:
    accounts.change(viewer.store, account.account_id, by=viewer.user.name, now=viewer.now, attributes=chosen)
    return "The attributes hold from the next refresh on, which begins within a minute."
