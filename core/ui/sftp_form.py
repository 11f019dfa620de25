"""The form of a connection, new or kept; its secret goes in and never comes out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import JourneysError, WrongUsage
from core.sources.sftp import connections, keys
from core.sources.sftp.connections import SIGN_INS, Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import AUTO, CONTACTS, DELIMITERS, Reading
from core.ui import catalog, filters, frame, parts, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

CONTACT_WORDS = {"phone": "Phone", "email": "E-mail", "both": "Phone and e-mail"}
BLANK = Connection("", "", "", 22, "", "key", "", (), "/", "*.csv", Reading("phone"))


def show(viewer: Viewer, intake: Intake, before: Connection | None) -> None:
    """Draw it; what is sent in is kept, or the sentence that says why not stands below. Drawn anew after it is kept, so that no secret stays on the page."""
    shown = before or BLANK
    turn = st.session_state.get("sftp-form-turn", 0)
    if before is None:
        st.html(frame.title("A new connection", "Its files come by themselves once its host key is accepted: add it, then test it"))
    with st.form(f"connection-{shown.name}-{turn}", border=False):
        given = _server(viewer, shown, is_new=before is None) | _secret(shown, is_new=before is None)
        reading = _reading(shown.reading)
        sent = st.form_submit_button("Save the changes" if before else "Add the connection", type="primary")
    if not sent:
        return
    try:
        name = keep(viewer, intake, before, given, reading)
    except JourneysError as problem:
        parts.state("error", "The connection was not saved", words.sentence(str(problem)), "bad")
        return
    st.session_state["sftp-form-turn"] = turn + 1
    st.session_state["sftp-said"] = f"{name} is saved."
    filters.write({"new": None, "name": name})
    st.rerun()


def keep(viewer: Viewer, intake: Intake, before: Connection | None, given: dict[str, Any], reading: dict[str, str]) -> str:
    """Add or change the connection; gives its name. Raises Refused, WrongUsage, BadKey, ConnectionFault where its host may not be connected to."""
    viewer.require("connections")
    values = {name: value for name, value in given.items() if name not in ("password", "key", "host_key")}
    values["reading"] = Reading(**{**reading, "country": reading["country"].strip() or None})  # type: ignore[arg-type]
    if given["password"] or given["key"]:
        how = given["sign_in"]
        if not given[how]:
            raise WrongUsage(f"It is to sign in by {how}: fill in the {how}.")
        values |= connections.sealed_key(intake, given["key"]) if how == "key" else connections.sealed_password(intake, given["password"])
    elif before is None or given["sign_in"] != before.sign_in or (given["host"], given["port"]) != (before.host, before.port):
        # whoever may change the host must not have the kept secret sent to a server of theirs
        raise WrongUsage("Give the password or the private key: a new connection, a new host and another way to sign in need it anew.")
    if given["host_key"].strip():
        values["host_keys"] = keys.host_keys(given["host_key"])
    if before is None:
        return connections.add(intake, replace(BLANK, **values), by=viewer.user.name).name
    values.pop("name")
    return connections.change(intake, before.name, by=viewer.user.name, **values).name


def _server(viewer: Viewer, shown: Connection, *, is_new: bool) -> dict[str, Any]:
    known = {one.journey_id: one.name for one in catalog.of(viewer).journeys.values()} if viewer.snapshot is not None else {}
    options = list(dict.fromkeys([*([shown.journey_id] if shown.journey_id else []), *known]))
    st.html(frame.title("Server and files", level=3))
    left, right = st.columns(2, gap="medium")
    with left:
        name = st.text_input("Name", shown.name, disabled=not is_new, max_chars=64)
        host = st.text_input("Host", shown.host)
        username = st.text_input("User", shown.username)
        path = st.text_input("Folder", shown.path)
    with right:
        journey = st.selectbox(
            "Journey that the rows enter", options, index=0 if shown.journey_id else None, format_func=lambda one: known.get(one, one), accept_new_options=True,
            placeholder="Choose or write its id",
        )  # fmt: skip
        port = st.number_input("Port", 1, 65535, shown.port)
        every = st.number_input("Minutes from poll to poll", 1, 43_200, shown.every_minutes)
        pattern = st.text_input("Pattern of file names", shown.pattern)
    return {"name": name.strip(), "journey_id": journey or "", "host": host.strip(), "port": int(port), "username": username.strip(), "path": path.strip(),
            "pattern": pattern.strip(), "every_minutes": int(every)}  # fmt: skip


def _secret(shown: Connection, *, is_new: bool) -> dict[str, Any]:
    st.html(frame.title("Sign-in", "The secret is kept encrypted and never shown again", level=3))
    left, right = st.columns(2, gap="medium")
    kept = "" if is_new else "Kept encrypted; leave empty to keep it"
    with left:
        how = st.radio("Sign in by", SIGN_INS, index=SIGN_INS.index(shown.sign_in), format_func=str.capitalize, horizontal=True)
        password = st.text_input("Password", type="password", placeholder=kept, autocomplete="new-password")
    with right:
        key = st.text_area("Private key, without a passphrase", placeholder=kept, height=90)
        host_key = st.text_area("Server’s host key (optional)", placeholder="ssh-ed25519 AAAA…, from its owner; else accept it after a test", height=70)
    return {"sign_in": how, "password": password, "key": key, "host_key": host_key}


def _reading(shown: Reading) -> dict[str, str]:
    st.html(frame.title("How a file is read", "A row enters when its contacts are valid; all other columns become its attributes", level=3))
    left, right = st.columns(2, gap="medium")
    delimiters = (AUTO, *DELIMITERS)
    with left:
        contacts = st.selectbox("Contacts of a row", list(CONTACTS), index=list(CONTACTS).index(shown.contacts), format_func=lambda c: CONTACT_WORDS.get(c, c))
        phone = st.text_input("Phone column", shown.phone_column)
        email = st.text_input("E-mail column", shown.email_column)
        profile = st.text_input("Profile column", shown.profile_column)
    with right:
        country = st.text_input("Country of national numbers", shown.country or "", placeholder="HR, DE, …; empty: only international numbers", max_chars=2)
        said = {name: "Found automatically" if name == AUTO else name.capitalize() for name in delimiters}
        delimiter = st.selectbox("Delimiter", delimiters, index=delimiters.index(shown.delimiter), format_func=lambda one: said[one])
        encoding = st.text_input("Encoding", shown.encoding, help="auto finds UTF-8, UTF-16 and Windows-1252; others by name, such as iso-8859-2.")
    return {"contacts": contacts, "country": country, "phone_column": phone, "email_column": email, "profile_column": profile, "delimiter": delimiter,
            "encoding": encoding}  # fmt: skip
