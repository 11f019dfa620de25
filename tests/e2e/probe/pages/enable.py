"""The terms, in short."""
import streamlit as st

from core import ui
from core.access import terms

viewer = ui.viewer()
st.title("Enable analytics")
if st.button("Accept"):
    terms.accept(viewer.store, viewer.account.account_id, by=viewer.user.name, now=viewer.now)
    st.rerun()
