"""Enable: the account's way in, once: what is switched on, the terms, and who accepted them when."""

import streamlit as st

from core import ui
from core.access import terms
from core.ui import browser, parts, words

viewer = ui.viewer()
accepted = terms.acceptances(viewer.store, viewer.account.account_id)
with parts.door(width=420):
    if accepted:
        first = accepted[0]
        st.html("<h1 class=ja-h1>Analytics is enabled</h1>")
        at = words.moment(first.accepted_at, viewer.account.time_zone, year=True)
        st.html(f"<p class=ja-sub>{words.name(first.accepted_by)} accepted the terms {first.version} on {at}.</p>")
        if st.button("Open Overview", type="primary", width="stretch"):
            browser.go("/overview")
    elif not st.session_state.get("ja-terms"):
        st.html(
            "<h1 class=ja-h1>Enable analytics</h1>"
            f"<p class=ja-sub>It is off for {words.name(viewer.account.account_id)} until somebody of the account accepts the terms, once for everybody.</p>"
        )
        if st.button("Enable", type="primary", width="stretch"):
            st.session_state["ja-terms"] = True
            st.rerun()
    else:
        st.html(f"<h1 class=ja-h1>The terms, {terms.VERSION}</h1>")
        parts.prose(terms.TEXT, "Terms")
        if st.button("Accept", type="primary", width="stretch"):
            terms.accept(viewer.store, viewer.account.account_id, by=viewer.user.name, now=viewer.now)
            browser.go("/overview")
        if st.button("Not now", width="stretch"):
            st.session_state["ja-terms"] = False
            st.rerun()
