"""The sidebar and the addresses of a signed-in reader, and the page that runs in them."""
from collections.abc import Callable
from copy import copy
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from core.access.features import PACKAGES
from core.errors import JourneysError
from core.ui import break_down, browser, contents, hand, menu, parts
from core.ui.address import CARRIED
from core.ui.menu import Entry
from core.ui.viewer import PAGE, PINNED, SignedOut, Viewer, refuse

STATIC = Path(__file__).parent / "static"
FAVICON = str(STATIC / "favicon.png")  # a material icon would be fetched from an outside host


def run(viewer: Viewer) -> None:
    """Draw the sidebar and run the page of the address."""
    is_enabled = viewer.account.terms_accepted_at is not None
    pages = {entry.url_path: _page(viewer, entry, is_enabled) for entry in (*menu.MENU, menu.ENABLE)}
    home = st.Page(_home(pages, viewer, is_enabled), default=True, visibility="hidden", title="Journey Analytics")
    page = st.navigation([home, *pages.values()], position="hidden")
    st.logo(str(STATIC / "logo.svg"), icon_image=str(STATIC / "mark.svg"), size="medium")
    hand.put()
    if is_enabled:
        _sidebar(viewer, page.url_path)
    st.session_state[PAGE] = page.url_path
    try:
        page.run()
        contents.fill()
        break_down.again(viewer)
    except SignedOut:
        browser.go_again()
    except JourneysError as error:
        way = (parts.newest_address(), "Show the newest numbers") if PINNED in st.query_params else None
        parts.state("error", "This page cannot be shown as it was asked for", str(error), "bad", way)


def _sidebar(viewer: Viewer, here: str) -> None:
    """The menu, whose links carry range, basis and journey; who is signed in, and the way out.

    Streamlit's own menu cannot carry a query, and setting one afterwards leaves a second entry in the browser's history. A page link a page
    would be twenty elements of every run: these are links of our own, which open without a reload as all of ours do (decision 015).
    """
    parameters = {name: value for name, value in st.query_params.to_dict().items() if name in CARRIED}
    carried = escape(f"?{urlencode(parameters)}") if parameters else ""
    listed = "".join(
        f"<h2 class=ja-section>{escape(section)}</h2><ul>{''.join(_station(entry, here, carried) for entry in entries)}</ul>"
        for section, entries in groupby((entry for entry in menu.MENU if viewer.may(entry.feature)), key=lambda entry: entry.section)
    )
    with st.sidebar:
        st.html(
            f"<nav class=ja-menu aria-label='Pages'>{listed}</nav>"
            f"<p class=ja-user><b>{escape(viewer.user.name)}</b><br>{escape(viewer.user.role_label)} · {PACKAGES[viewer.account.package].label}</p>"
        )
        if st.button("Sign out", key="sign-out", icon=":material/logout:", type="tertiary"):
            browser.go("/auth/leave")


def _station(entry: Entry, here: str, carried: str) -> str:
    said = f"<span class=ic aria-hidden=true>{entry.icon}</span><span>{escape(entry.title)}</span>"
    if entry.url_path == here:
        return f"<li><span class='ja-station here' aria-current=page>{said}</span></li>"
    return f'<li><a class=ja-station href="{entry.url_path}{carried}" target=_self>{said}</a></li>'


def _page(viewer: Viewer, entry: Entry, is_enabled: bool) -> Page:
    """The entry's file where the reader may open it; else a page without its code that says why not, or leads to the terms."""
    if not is_enabled and entry is not menu.ENABLE:
        return _at(entry, _to_the_terms)
    if why := viewer.refusal(entry.feature):
        return _at(entry, _refusal(viewer, entry, why))
    return copy(_of_its_file(entry))  # st.navigation marks the one that may run


@cache
def _of_its_file(entry: Entry) -> Page:
    """Made once: eighteen times a run Streamlit would look the file up, folder by folder."""
    return _at(entry, entry.path)


def _at(entry: Entry, what: Path | Callable[[], None]) -> Page:
    return st.Page(what, title=entry.title, icon=f":material/{entry.icon}:", url_path=entry.url_path)


def _home(pages: dict[str, Page], viewer: Viewer, is_enabled: bool) -> Callable[[], None]:
    first = next((entry for entry in menu.MENU if viewer.may(entry.feature)), menu.ENABLE) if is_enabled else menu.ENABLE

    def home() -> None:  # the default page has no address of its own, so it only leads on
        st.switch_page(pages[first.url_path], query_params=st.query_params.to_dict())

    return home


def _to_the_terms() -> None:
    st.switch_page(st.Page(menu.ENABLE.path, url_path=menu.ENABLE.url_path))


def _refusal(viewer: Viewer, entry: Entry, why: str) -> Callable[[], None]:
    def refused() -> None:
        refuse(viewer, entry.title, f"{why} {viewer.to_ask(entry.feature)}")

    return refused
