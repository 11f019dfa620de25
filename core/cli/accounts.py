"""Commands about accounts, users, links, tokens and terms."""
import sys
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.access import accounts, emails, passwords, sessions, tokens, users
from core.access import terms as terms_of_use
from core.access.audit import OPERATOR
from core.access.features import PACKAGES, ROLES
from core.cli.door import Door, print_json, progress
from core.errors import WrongUsage

of_account = click.option("--account", "account_id", required=True, metavar="A", help="The account's id.")
a_role = click.option("--role", type=click.Choice(list(ROLES)), help="What the user may do.")
an_email = click.option("--email", metavar="ADDRESS", help="Where reports and alerts are sent; an empty one: nowhere.")
a_format = click.option("--format", "as_json", type=click.Choice(["table", "json"]), default="table", callback=lambda _, __, value: value == "json",
                        help="How the list is printed.")


@click.group()
def account() -> None:
    """Make, change and list accounts."""


def _values(what: Any) -> Any:
    for option in (
        click.option("--attributes", metavar="NAME,…", help="Attributes of entries by which facts can be split and filtered, ten at most; an empty one: none. "
                     "A change holds from the next build on."),
        click.option("--advanced-analytics", type=click.Choice(["on", "off"]), help="Early access to visualizations, dashboards and Explore."),
        click.option("--included-mep", type=click.IntRange(0), metavar="N", help="The MEP that the contract includes."),
        click.option("--currency", metavar="EUR", help="Of costs and values that name none (default EUR)."),
        click.option("--package", type=click.Choice(list(PACKAGES)), help="Which features, and how often data is refreshed."),
        click.option("--time-zone", metavar="ZONE", help="An IANA name such as Europe/Zagreb. A change holds from the next month on."),
    ):
        what = option(what)
    return what


def _given(currency: str | None, package: str | None, included_mep: int | None, advanced_analytics: str | None, attributes: str | None) -> dict[str, Any]:
    said = {"currency": currency.upper() if currency else None, "package": package, "included_mep": included_mep,
            "advanced_analytics": None if advanced_analytics is None else advanced_analytics == "on",
            "attributes": None if attributes is None else tuple(name.strip() for name in attributes.split(",") if name.strip())}
    return {name: value for name, value in said.items() if value is not None}


@account.command("add")
@click.argument("account_id", metavar="A")
@_values
@click.pass_obj
def account_add(obj: dict[str, Any], /, account_id: str, time_zone: str | None, **said: Any) -> None:
    """Make the account A."""
    given = {"currency": "EUR", "included_mep": None, "advanced_analytics": False} | _given(**said)
    if time_zone is None or "package" not in given:
        raise WrongUsage("A new account needs --time-zone ZONE and --package start|grow|scale.")
    door = Door(obj)
    made = accounts.add(door.store, accounts.Account(account_id, ((None, time_zone),), terms_accepted_at=None, **given), by=OPERATOR, now=door.now())
    progress(f"Account {made.account_id}: {made.time_zone}, {PACKAGES[made.package].label}, {made.currency}.")


@account.command("set")
@click.argument("account_id", metavar="A")
@_values
@click.pass_obj
def account_set(obj: dict[str, Any], /, account_id: str, time_zone: str | None, **said: Any) -> None:
    """Change what is given of the account A."""
    given, door = _given(**said), Door(obj)
    if time_zone is None and not given:
        raise WrongUsage("Nothing to change: give --time-zone, --package, --currency, --included-mep, --advanced-analytics or --attributes.")
    changed = accounts.change(door.store, account_id, by=OPERATOR, now=door.now(), time_zone=time_zone, **given)
    since = changed.zones[-1][0]
    later = f" from {since.astimezone(ZoneInfo(changed.zones[-2][1])).isoformat()} on" if since and since > door.now() else ""
    progress(f"Account {changed.account_id}: {changed.time_zone}{later}, {PACKAGES[changed.package].label}, {changed.currency}.")


@account.command("list")
@a_format
@click.pass_obj
def account_list(obj: dict[str, Any], as_json: bool) -> None:
    """List the accounts."""
    listed([{"account": one.account_id, "time_zone": one.time_zone, "package": one.package, "currency": one.currency, "included_mep": one.included_mep,
            "advanced_analytics": one.advanced_analytics, "attributes": list(one.attributes), "terms_accepted": one.terms_accepted_at is not None}
           for one in accounts.every(Door(obj).store)], as_json)


@click.group()
def user() -> None:
    """Make, change and remove users."""


@user.command("add")
@click.argument("name")
@of_account
@a_role
@an_email
@click.pass_obj
def user_add(obj: dict[str, Any], name: str, account_id: str, role: str | None, email: str | None) -> None:
    """Make the user NAME. The password is the first line of stdin, or asked for."""
    if role is None:
        raise WrongUsage(f"A new user needs --role {'|'.join(ROLES)}.")
    door = _door_to(obj, account_id)
    address = emails.checked(email) if email else None
    password = _password()
    made = users.add(door.store, name, account_id, role, password and passwords.hashed(password), by=OPERATOR, now=door.now())
    if address:
        emails.keep(door.store, made, address, by=OPERATOR, now=door.now())
    progress(f"User {name} of {account_id}, {ROLES[role].label}." + ("" if password else " No password was given: `journeys link` is the way in."))


@user.command("set")
@click.argument("name")
@of_account
@a_role
@an_email
@click.pass_obj
def user_set(obj: dict[str, Any], name: str, account_id: str, role: str | None, email: str | None) -> None:
    """Change a user's role, password or mail address. A new password is the first line of stdin, or asked for where nothing else is given;
    it ends the sessions, as a new role does."""
    door = _door_to(obj, account_id)
    password = None if (role or email is not None) and sys.stdin.isatty() else _password()
    if role is None and not password and email is None:
        raise WrongUsage("Nothing to change: give --role, --email, or a new password on stdin.")
    if email is not None:
        emails.keep(door.store, users.find(door.store, name, account_id), email, by=OPERATOR, now=door.now())
    changed = users.change(door.store, name, account_id, by=OPERATOR, now=door.now(), role=role, password_hash=password and passwords.hashed(password))
    progress(f"User {changed.name} of {account_id}, {changed.role_label}" + (", with a new password." if password else "."))


@user.command("remove")
@click.argument("name")
@of_account
@click.pass_obj
def user_remove(obj: dict[str, Any], name: str, account_id: str) -> None:
    """Remove the user NAME and end all sessions."""
    door = _door_to(obj, account_id)
    users.remove(door.store, name, account_id, by=OPERATOR, now=door.now())
    progress(f"User {name} is removed.")


@user.command("list")
@of_account
@a_format
@click.pass_obj
def user_list(obj: dict[str, Any], account_id: str, as_json: bool) -> None:
    """List the account's users."""
    door = _door_to(obj, account_id)
    listed([{"name": one.name, "role": one.role, "email": email} for one, email in emails.of_account(door.store, account_id).items()], as_json)


@click.command()
@click.argument("name")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="Of the server, where JOURNEYS_BASE_URL is not set.")
@click.pass_obj
def link(obj: dict[str, Any], name: str, port: int) -> None:
    """Print a sign-in link for the user NAME. It is good once, within an hour."""
    door = Door(obj)
    click.echo(sign_in_link(door, name, port))


def sign_in_link(door: Door, name: str, port: int) -> str:
    """The address that signs the user in once, within an hour."""
    secret = sessions.ticket(door.store, users.find(door.store, name), now=door.now(), lasts=sessions.LINK_LASTS)
    return f"{door.settings.base_url or f'http://localhost:{port}'}/auth/enter?ticket={secret}"


@click.group()
def token() -> None:
    """Make, list and remove the tokens of programs."""


@token.command("add")
@of_account
@click.option("--label", default="", help="What it is for, as the list shows it.")
@click.option("--for", "purpose", type=click.Choice(["both", "ingest", "read"]), default="both", show_default=True, help="What it may do.")
@click.pass_obj
def token_add(obj: dict[str, Any], account_id: str, label: str, purpose: str) -> None:
    """Make a token and print it, this once."""
    door = _door_to(obj, account_id)
    made, secret = tokens.add(door.store, account_id, label=label, may_ingest=purpose != "read", may_read=purpose != "ingest", by=OPERATOR, now=door.now())
    progress(f"Token {made.token_id} of {account_id}; keep it now, it is not shown again:")
    click.echo(secret)


@token.command("list")
@of_account
@a_format
@click.pass_obj
def token_list(obj: dict[str, Any], account_id: str, as_json: bool) -> None:
    """List the account's tokens, without their secrets."""
    door = _door_to(obj, account_id)
    listed([{"token": one.token_id, "label": one.label, "ingest": one.may_ingest, "read": one.may_read, "created_at": one.created_at.isoformat()}
           for one in tokens.of_account(door.store, account_id)], as_json)


@token.command("remove")
@click.argument("token_id", metavar="TOKEN")
@of_account
@click.pass_obj
def token_remove(obj: dict[str, Any], token_id: str, account_id: str) -> None:
    """End the token TOKEN (its id in the list) at once."""
    door = _door_to(obj, account_id)
    tokens.remove(door.store, account_id, token_id, by=OPERATOR, now=door.now())
    progress(f"Token {token_id} is removed.")


@click.group()
def terms() -> None:
    """The terms that enable analytics for an account."""


@terms.command("accept")
@of_account
@click.option("--by", required=True, metavar="NAME", help="Who accepts.")
@click.pass_obj
def terms_accept(obj: dict[str, Any], account_id: str, by: str) -> None:
    """Accept the terms for the account, as its Enable page does."""
    door = _door_to(obj, account_id)
    accepted = terms_of_use.accept(door.store, account_id, by=by, now=door.now())
    progress(f"The terms {accepted.version} were accepted by {accepted.accepted_by} at {accepted.accepted_at.isoformat(timespec='seconds')}.")


@terms.command("show")
def terms_show() -> None:
    """Print the terms."""
    click.echo(terms_of_use.TEXT, nl=False)


def _door_to(obj: dict[str, Any], account_id: str) -> Door:
    """The door, once the account is known to be there."""
    door = Door(obj)
    door.account(account_id)
    return door


def _password() -> str | None:
    """From a prompt, else the first line of stdin; None: stdin holds nothing."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    try:
        first = sys.stdin.readline().strip()
        first.encode()
    except UnicodeError as error:
        raise WrongUsage("The password on stdin is not UTF-8: send it as UTF-8.") from error
    return first or None


def listed(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as JSON or as an aligned table."""
    if as_json:
        print_json(rows)
    elif rows:
        cells = [[str(name) for name in rows[0]], *[["–" if value in (None, "") else str(value) for value in row.values()] for row in rows]]
        widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
        for line in cells:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
