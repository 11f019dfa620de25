"""A page with everything that Streamlit runs beside the shell: a fragment, a callback, a deferred download, an upload."""
import sys
from pathlib import Path

import streamlit as st

from core import ui

sys.path.insert(0, str(Path(__file__).parent))
from told import tell

tell("page")
viewer = ui.viewer()
st.title("The probe")
st.text(f"{viewer.user.name} of {viewer.account.account_id}, {viewer.user.role}")
st.text_input("Filter", key="filter")


@st.fragment
def part():
    tell("fragment")
    st.button("Run the fragment")


part()
st.button("Run the callback", on_click=tell, args=("callback",))


def file():
    tell("download")
    return "secret,1\n"


st.download_button("Take the file", file, "secret.csv", on_click="ignore")
st.image(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8"
         b"\x00\x00\x00\x00IEND\xaeB`\x82")
st.file_uploader("Bring a file")
