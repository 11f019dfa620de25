"""Answers to Queries, each worked out once a snapshot and shared by everybody who may ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query, Result, answer
from core.ui import seen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def ask(viewer: Viewer, query: Query) -> Result:
    """The answer of the viewer's own snapshot; the account is part of the key, never of the Query."""
    return _answer(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, query, viewer)


# left to itself Streamlit walks all parts of a Query for its key: 1 ms each, thirty times a page
@st.cache_resource(max_entries=2000, ttl="2h", show_spinner=False, hash_funcs={Query: repr})
def _answer(account: str, snapshot: str, query: Query, _viewer: Viewer) -> Result:
    # a Result is frozen and its frame is never changed in place, so it is shared without the copy that cache_data would make
    return answer(seen.snapshot(_viewer), query)
