"""A file brought by hand: it goes the way of a fetched one, under a connection of the journey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError
from core.sources.sftp import fetch
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.ui import frame, parts, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = "sftp-upload-said"


def form(viewer: Viewer, intake: Intake, mine: Sequence[Connection]) -> None:
    """The form, for whoever may change connections; what came of the last upload stands above it."""
    with st.container(key="w-upload", gap="xsmall"):
        st.html(frame.title("Upload a file by hand", "A corrected fix-it file, say. It is judged and entered like a fetched one."))
        if said := st.session_state.pop(SAID, None):
            parts.state(*said)
        why = viewer.refusal("connections")
        if why:
            parts.state("lock", "Uploading is not open to you", why)
            return
        with st.form("sftp-upload", clear_on_submit=True, border=False):
            name = st.selectbox("Connection whose columns and contacts it has", [one.name for one in mine], key="upload-to")
            file = st.file_uploader("File", key="upload-file")
            sent = st.form_submit_button("Import the file", type="primary")
        if sent:
            st.session_state[SAID] = take(viewer, intake, name, file)
            st.rerun()


def take(viewer: Viewer, intake: Intake, name: str, file: IO[bytes] | None) -> tuple[str, str, str, str]:
    """Import the file; gives what to say of it: icon, head, text, kind. Raises Refused."""
    viewer.require("connections")
    if file is None:
        return "upload_file", "No file was chosen", "Choose one first.", "warn"
    named = "".join(letter for letter in file.name if letter.isprintable() and letter not in "/\\")[:255] or "upload.csv"
    try:
        result = fetch.upload(intake, name, named, file, by=viewer.user.name)
    except JourneysError as problem:
        return "error", f"{named} was not imported", words.sentence(str(problem)), "bad"
    if result.failed:
        return "error", f"{named} was not imported", words.sentence(result.status), "bad"
    counts = f"{words.plural(result.total or 0, 'entry', 'entries')}: {result.valid or 0:,} valid, {result.invalid or 0:,} invalid."
    return "check", f"{named}: {result.status}", counts, "warn" if result.invalid else ""
