"""The sign-in page: streamlit-authenticator's form and password check, our own counts, tickets and sessions."""
from datetime import datetime
from math import ceil
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import streamlit as st
import streamlit_authenticator as stauth
from streamlit_authenticator.controllers import AuthenticationController

from core.access import passwords, sessions, throttle, users
from core.store import Store
from core.ui import browser, parts

FIELDS = {"Form name": "", "Username": "User name", "Password": "Password", "Login": "Sign in"}
OF_THE_FORM = ("authentication_status", "username", "name", "email", "roles")
STYLE = """<style>.st-key-signin-box [data-testid=stForm]{border:0;padding:0}
.st-key-signin-box [data-testid=stForm] [data-testid=stElementContainer]:has([data-testid=stHeading]){display:none}
.st-key-signin-box :is([data-testid=stElementContainer]:has([data-testid=stFormSubmitButton]),[data-testid=stFormSubmitButton]){width:100%}
.st-key-signin-box [data-testid=stFormSubmitButton] button{width:100%}
.st-key-signin-box [data-testid=stFormSubmitButton] button{border-color:transparent;background:light-dark(#0B5F6B,#5FBAC5);color:light-dark(#FFF,#0F1719)}
</style>"""
HEAD = "<h1 class=ja-h1>Sign in</h1><p class=ja-sub>You are taken to the page you asked for.</p>"


def show(store: Store, now: datetime, has_provider: bool = False) -> None:
    """Draw the form; a right name and password send the browser to the page it asked for. `has_provider`: single sign-on is offered too."""
    for key in OF_THE_FORM:  # what an earlier try left: the form would take it for a sign-in
        st.session_state.pop(key, None)
    check = Check(store, now)
    with parts.door(), st.container(key="signin-box", width=340):
        st.html(STYLE + HEAD)
        Form(check).login(fields=FIELDS, key="sign-in")
        if has_provider:
            st.html(f'<p><a class=ja-btn href="/auth/oidc?next={quote(browser.deep_link(), safe="")}" target=_self>Single sign-on</a></p>')
        if check.trouble:
            parts.state("error", *check.trouble, "bad")
    if check.user is not None:
        browser.go_in(sessions.ticket(store, check.user, now=now))


class Check(AuthenticationController):  # type: ignore[misc]  # the library has no types
    """The library's password check with the store's users, after the store has said that there may be a try."""

    def __init__(self, store: Store, now: datetime) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=token_hex(32))
        self.store, self.now = store, now
        self.user: users.User | None = None
        self.trouble: tuple[str, str] | None = None  # what is so, what to do

    def login(self, username: str | None = None, password: str | None = None, *_: Any, **__: Any) -> bool | None:
        """True and `user` set, or False and `trouble` set."""
        if not (username and username.strip() and password and password.strip()):
            self.trouble = ("Name and password are both needed", "Fill in both fields.")
            return False
        attempt = throttle.begin(self.store, username, browser.network_address(), now=self.now)
        if isinstance(attempt, datetime):
            minutes = ceil((attempt - self.now).total_seconds() / 60)
            self.trouble = ("Sign-in rests", f"There were too many wrong tries. Try again in {minutes} min, or ask your operator for a sign-in link.")
            return False
        found = users.secret_of(self.store, username)
        kept = found[1] if found and found[1] else passwords.nobodys()
        self.authentication_model.credentials["usernames"] = {users.key_of(username): {"password": kept, "name": username, "email": "", "roles": []}}
        if len(password.strip().encode()) <= passwords.LONGEST and super().login(username, password) and found:
            throttle.succeeded(self.store, attempt, username)
            self.user = found[0]
            return True
        self.trouble = ("The name or the password is not right", "After five wrong tries sign-in rests for 15 minutes.")
        return False


class _NoCookie:
    """The library's cookie can be read by scripts and outlives a sign-out: it is never set."""

    def get_cookie(self) -> None: ...

    def set_cookie(self) -> None: ...

    def delete_cookie(self) -> None: ...


class Form(stauth.Authenticate):  # type: ignore[misc]
    """The library's form around our check."""

    def __init__(self, check: Check) -> None:
        # no super(): it would load the cookie's component
        self.path = self.api_key = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = check
