"""Where mail goes: whether it is set up at all, and the reader's own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.access import emails
from core.access.users import User
from core.errors import JourneysError
from core.reports import mail
from core.ui import parts

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def said(viewer: Viewer) -> None:
    """One quiet line on how reports leave by mail, and the way to change the own address."""
    own = emails.of(viewer.store, viewer.user)
    with st.container(key="mail-bar", horizontal=True, gap="small", vertical_alignment="center"):
        if not mail.is_set_up(viewer.settings):
            settings = "JOURNEYS_SMTP_URL and JOURNEYS_MAIL_FROM"
            st.html(f"<p class=ja-sub><b>Mail is not set up:</b> reports are kept here and not sent. An operator sets {settings}.</p>")
        elif own is None:
            st.html("<p class=ja-sub><b>You have no mail address:</b> your reports are kept here and not sent to you.</p>")
        with st.popover(f"Your mail: {own}" if own else "Set your mail address", icon=":material/mail:", key="mail-own"):
            _form(viewer, own)


def _form(viewer: Viewer, own: str | None) -> None:
    with st.form("mail-form", border=False):
        given = st.text_input("Where your reports are sent; empty: nowhere", own or "", key="mail-address", placeholder="name@example.com")
        sent = st.form_submit_button("Save", type="primary")
    if not sent:
        return
    try:
        viewer.check()
        emails.keep(viewer.store, viewer.user, given, by=viewer.user.name, now=viewer.now)
    except JourneysError as problem:
        parts.state("error", "It was not saved", str(problem), "bad")
        return
    st.rerun()


def recipients(viewer: Viewer, key: str) -> list[int]:
    """Whom a report is mailed to: those of the account who have an address; the ids of those picked."""
    found: dict[User, str] = {user: address for user, address in emails.of_account(viewer.store, viewer.account.account_id).items() if address}
    if not found or not mail.is_set_up(viewer.settings):
        return []
    picked = st.multiselect(
        "Mail it to", list(found), [user for user in found if user == viewer.user], format_func=lambda user: f"{user.name} ({found[user]})", key=key,
        placeholder="Nobody: it is kept here",
    )  # fmt: skip
    return [user.user_id for user in picked]
