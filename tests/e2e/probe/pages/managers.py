"""A page for managers alone."""
import streamlit as st

from core import ui

viewer = ui.viewer()
st.title("For managers")
