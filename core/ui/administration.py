"""Administration: users, tokens and the audit trail of an account; for the operators of the installation also all accounts and their packages."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access import accounts, audit, emails, passwords, sessions, tokens, users
from core.access.accounts import Account
from core.access.features import PACKAGES, ROLES
from core.access.users import User
from core.errors import JourneysError, WrongUsage
from core.ui import filters, frame, parts, tables, words
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID, SECRET = "ja-admin-said", "ja-admin-secret"


def is_operator(viewer: Viewer) -> bool:
    """Whether this administrator runs the installation (JOURNEYS_OPERATORS), and so sees all accounts."""
    return users.key_of(viewer.user.name) in {users.key_of(name) for name in viewer.settings.operators}


def _not_an_operator(viewer: Viewer, name: str) -> None:
    """Raises JourneysError where somebody else would become, or sign in as, one who runs the installation."""
    if users.key_of(name) in {users.key_of(one) for one in viewer.settings.operators} and not is_operator(viewer):
        raise JourneysError(f"{name.strip()} is an operator of this installation, whom only operators administer.")


def account_of(viewer: Viewer) -> Account:
    """The account that is administered: the own one; an operator's the one in the address. Raises UnknownAccount."""
    asked = st.query_params.get("of", viewer.account.account_id)
    if asked != viewer.account.account_id and not is_operator(viewer):
        raise JourneysError("Only an operator of this installation administers other accounts.")
    return accounts.find(viewer.store, asked)


def said() -> None:
    """What the last change did, or a secret that is shown once."""
    if text := st.session_state.pop(SAID, None):
        parts.state("check", text, "It is in the audit trail below.")
    if secret := st.session_state.pop(SECRET, None):
        parts.state("key", secret[0], "It is not shown again: copy it now.", "warn")
        st.code(secret[1], language=None, wrap_lines=True)


def do(viewer: Viewer, what: Callable[[], str]) -> None:
    """Make a change, if this reader still may; draw the page anew with what was done, or say why it was not."""
    try:
        viewer.require("administer")
        st.session_state[SAID] = what()
    except JourneysError as problem:
        parts.state("error", "Nothing was changed", str(problem), "bad")
        return
    st.rerun()


def shelf(viewer: Viewer, account: Account) -> None:
    """All accounts, for operators: pick one, or add one."""
    if not is_operator(viewer):
        return
    every = accounts.every(viewer.store)
    with frame.section("accounts", words.plural(len(every), "account"), "All of this installation"):
        columns = [
            Col("Account", "t", lambda row: f'<a href="?of={escape(row["id"])}" target=_self>{words.name(row["id"])}</a>'),
            Col("Package", "t", lambda row: escape(row["package"])), Col("Advanced analytics", "t", lambda row: escape(row["advanced"])),
            Col("Time zone", "t", lambda row: escape(row["zone"])),
            Col("Included MEP", "n", lambda row: words.count(row["mep"])),
            Col("Terms", "t", lambda row: "accepted" if row["terms"] else "<span class=q>not yet</span>"),
        ]  # fmt: skip
        rows = [{"id": one.account_id, "package": PACKAGES[one.package].label, "zone": one.time_zone, "mep": one.included_mep, "terms": one.terms_accepted_at,
                 "advanced": words.MISSING if one.refusal("explore", "admin") else "open"} for one in every]  # fmt: skip
        tables.table(columns, rows, "Accounts", "tight", height=260)
        with st.expander("Add an account"), st.form("add-account", border=False, clear_on_submit=True):
            name, zone = st.text_input("Account id"), st.text_input("Time zone", "Europe/Zagreb")
            package, currency = _package("start"), st.text_input("Currency", "EUR", max_chars=3)
            if st.form_submit_button("Add the account", type="primary"):
                made = Account(name.strip(), ((None, zone.strip()),), currency.strip().upper(), package, None, False, None)
                do(viewer, lambda: f"Account {accounts.add(viewer.store, made, by=viewer.user.name, now=viewer.now).account_id} is there.")


def _package(chosen: str) -> str:
    return str(st.selectbox("Package", list(PACKAGES), list(PACKAGES).index(chosen), format_func=lambda name: PACKAGES[name].label))


def contract(viewer: Viewer, account: Account) -> None:
    """Package, included MEP, early access and time zone; an operator changes them, effective with the next click of everybody."""
    with frame.section("package", "Package"):
        if not is_operator(viewer):
            agreed = words.MISSING if account.included_mep is None else words.count(account.included_mep)
            facts = (("Package", PACKAGES[account.package].label), ("Included MEP", agreed), ("Time zone", account.time_zone), ("Currency", account.currency),
                     ("Advanced analytics", "on" if account.advanced_analytics else "off"))
            st.html(f"<dl class=ja-facts>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(text)}</dd>' for name, text in facts)}</dl>")
            st.html("<p class=ja-sub>Your operator changes these.</p>")
            return
        with st.form("contract", border=False):
            package = _package(account.package)
            included = st.number_input("Included MEP (0: no limit agreed)", 0, value=account.included_mep or 0, step=1000)
            advanced = st.checkbox("Advanced analytics (early access of the package Scale)", account.advanced_analytics)
            zone = st.text_input("Time zone (a change holds from the next month on)", account.time_zone)
            if st.form_submit_button("Save the changes", type="primary"):
                values: dict[str, Any] = {"package": package, "included_mep": int(included) or None, "advanced_analytics": advanced}
                values |= {"time_zone": zone.strip()} if zone.strip() != account.time_zone else {}

                def kept() -> str:
                    accounts.change(viewer.store, account.account_id, by=viewer.user.name, now=viewer.now, **values)
                    return f"Account {account.account_id} is changed."

                do(viewer, kept)


def people(viewer: Viewer, account: Account) -> None:
    """The account's users: add, change role and address, a one-time sign-in link, remove."""
    found = emails.of_account(viewer.store, account.account_id)
    with frame.section("users", words.plural(len(found), "user"), f"Of {words.name(account.account_id)}"):
        rows = [{"user": one, "email": address} for one, address in found.items()]
        tables.table([
            Col("Name", "t", lambda row: f'<a href="{filters.address_with({"user": row["user"].name})}" target=_self>{words.name(row["user"].name)}</a>'),
            Col("Role", "t", lambda row: escape(row["user"].role_label)), Col("Mail address", "t", lambda row: words.name(row["email"] or words.MISSING)),
        ], rows, "Users", "tight", height=300)  # fmt: skip
        if name := st.query_params.get("user"):
            _one(viewer, account, users.find(viewer.store, name, account.account_id))
        with st.expander("Add a user"), st.form("add-user", border=False, clear_on_submit=True):
            name, role, address = st.text_input("Name"), _role("viewer"), st.text_input("Mail address (for reports and alerts)")
            password = st.text_input("Password (empty: signs in by one-time link)", type="password", autocomplete="new-password")
            if st.form_submit_button("Add the user", type="primary"):
                do(viewer, lambda: _added(viewer, account, name, role, address, password))


def _added(viewer: Viewer, account: Account, name: str, role: str, address: str, password: str) -> str:
    _not_an_operator(viewer, name)
    checked = emails.checked(address) if address.strip() else None
    made = users.add(viewer.store, name, account.account_id, role, passwords.hashed(password) if password else None, by=viewer.user.name, now=viewer.now)
    if checked:
        emails.keep(viewer.store, made, checked, by=viewer.user.name, now=viewer.now)
    return f"User {made.name} is added, {made.role_label}."


def _role(chosen: str) -> str:
    return str(st.selectbox("Role", list(ROLES), list(ROLES).index(chosen), format_func=lambda name: ROLES[name].label))


def _one(viewer: Viewer, account: Account, user: User) -> None:
    with st.container(key="w-user", gap="xsmall"):
        st.html(f"<h2 class=ja-t>{escape(user.name)}</h2>")
        with st.form(f"user-{user.user_id}", border=False):
            role, address = _role(user.role), st.text_input("Mail address", emails.of(viewer.store, user) or "")
            if st.form_submit_button("Save the changes", type="primary"):
                do(viewer, lambda: _changed(viewer, account, user, role, address))
        with st.container(horizontal=True, gap="small"):
            if st.button("Make a sign-in link", icon=":material/link:"):
                do(viewer, lambda: _linked(viewer, user))
            if st.button("Remove the user", icon=":material/delete:", type="tertiary"):
                _ask(viewer, account, user)


def _changed(viewer: Viewer, account: Account, user: User, role: str, address: str) -> str:
    _not_an_operator(viewer, user.name)
    if user == viewer.user and role != "admin":
        raise WrongUsage("You cannot take the administrator's role from yourself: another administrator can.")
    if address.strip() != (emails.of(viewer.store, user) or ""):
        emails.keep(viewer.store, user, address, by=viewer.user.name, now=viewer.now)
    if role != user.role:
        users.change(viewer.store, user.name, account.account_id, by=viewer.user.name, now=viewer.now, role=role)
    return f"User {user.name} is changed."


def _linked(viewer: Viewer, user: User) -> str:
    _not_an_operator(viewer, user.name)
    secret = sessions.ticket(viewer.store, user, now=viewer.now, lasts=sessions.LINK_LASTS)
    st.session_state[SECRET] = (f"Sign-in link of {user.name}, good once and for an hour", f"{viewer.base_url}/auth/enter?ticket={secret}")
    with viewer.store.write() as connection:
        audit.record(connection, audit.Entry(viewer.now, user.account_id, viewer.user.name, "user.link_made", user.name, {}))
    return f"A link for {user.name} is made."


def _ask(viewer: Viewer, account: Account, user: User) -> None:
    @st.dialog(f"Remove {words.plain(user.name)}?")
    def asked() -> None:
        st.html("<p class=ja-sub>All sessions end at once. Saved filters and the alerts of this user go; what the audit trail says stays.</p>")
        if st.button("Remove the user", type="primary", key="really"):
            filters.write({"user": None})
            do(viewer, lambda: _removed(viewer, account, user))

    asked()


def _removed(viewer: Viewer, account: Account, user: User) -> str:
    _not_an_operator(viewer, user.name)
    if user == viewer.user:
        raise WrongUsage("You cannot remove yourself: another administrator can.")
    users.remove(viewer.store, user.name, account.account_id, by=viewer.user.name, now=viewer.now)
    return f"User {user.name} is removed."


def programs(viewer: Viewer, account: Account) -> None:
    """The tokens by which programs send events and ask questions."""
    found = tokens.of_account(viewer.store, account.account_id)
    with frame.section("tokens", "Tokens", "By which programs send events and ask questions; each is shown once"):
        if found:
            zone = account.time_zone
            tables.table([
                Col("Token", "t", lambda row: words.name(row["one"].token_id)), Col("For", "t", lambda row: words.name(row["one"].label or words.MISSING)),
                Col("May", "t", lambda row: " and ".join(word for word, may in (("send", row["one"].may_ingest), ("ask", row["one"].may_read)) if may)),
                Col("Made", "t", lambda row: escape(words.moment(row["one"].created_at, zone, year=True))),
            ], [{"one": one} for one in found], "Tokens", "tight", height=260)  # fmt: skip
            with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
                gone = st.selectbox("End a token", [one.token_id for one in found], index=None, placeholder="Which one")
                if st.button("End it now", disabled=gone is None):
                    do(viewer, lambda: _ended(viewer, account, str(gone)))
        with st.expander("Make a token"), st.form("add-token", border=False, clear_on_submit=True):
            label = st.text_input("What it is for")
            may = st.selectbox("It may", ("both", "send events", "ask questions"))
            if st.form_submit_button("Make the token", type="primary"):
                do(viewer, lambda: _token(viewer, account, label, str(may)))


def _token(viewer: Viewer, account: Account, label: str, may: str) -> str:
    made, secret = tokens.add(viewer.store, account.account_id, label=label.strip(), may_ingest=may != "ask questions", may_read=may != "send events",
                              by=viewer.user.name, now=viewer.now)
    st.session_state[SECRET] = (f"Token {made.token_id}", secret)
    return f"Token {made.token_id} is made."


def _ended(viewer: Viewer, account: Account, token_id: str) -> str:
    tokens.remove(viewer.store, account.account_id, token_id, by=viewer.user.name, now=viewer.now)
    return f"Token {token_id} is ended."
