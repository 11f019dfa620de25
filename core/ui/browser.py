"""What the reader's browser sent, and where it is sent: the one place that reads cookies and redirects."""
from typing import NoReturn
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.access.sessions import COOKIE


def session_cookie() -> str | None:
    """The session's id as the page's handshake brought it."""
    value = st.context.cookies.get(COOKIE)
    return value if isinstance(value, str) and value else None  # under AppTest it is a mock


def network_address() -> str | None:
    """Where the reader's request comes from; None: from this machine, or from a proxy on it."""
    value = st.context.ip_address
    return value if isinstance(value, str) else None


def deep_link() -> str:
    """The page's own address with its query.

    Streamlit works out the page from the message's hash; a message that has none, but the address that the browser shows, would lead to the start.
    """
    context = get_script_run_ctx()
    shown = context.context_info.url if context is not None and context.context_info is not None else None
    path = next((path for url in (st.context.url, shown) if isinstance(url, str) and (path := urlsplit(url).path.rstrip("/"))), "/")
    query = urlencode(st.query_params.to_dict())
    return path + (f"?{query}" if query else "")


def go(address: str) -> NoReturn:
    """Send the browser to a route of ours, as st.login does it; the run ends here. (The message is Streamlit's own: one place, one test.)"""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = address
        context.enqueue(message)
    st.stop()


def go_again() -> NoReturn:
    """The cookie's session is over: have the cookie taken away and come back to this page."""
    go(f"/auth/again?next={quote(deep_link(), safe='')}")


def go_in(ticket: str) -> NoReturn:
    """Turn the ticket into a session and come back to this page."""
    go(f"/auth/enter?ticket={ticket}&next={quote(deep_link(), safe='')}")
