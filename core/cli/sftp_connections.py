"""`journeys sftp add|edit|list|show|remove|test|accept`: connections, and what is wrong with one."""
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core.access.audit import OPERATOR
from core.cli.door import print_json
from core.cli.sftp_options import ACCOUNT, FORMAT, READING, connection_options, intake
from core.errors import JourneysError
from core.metrics.numbers import plural
from core.sources.sftp import connections, history, keys
from core.sources.sftp.connections import Connection
from core.sources.sftp.dialling import offered_keys
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import Reading
from core.sources.sftp.trial import trial


@click.command()
@click.argument("name")
@ACCOUNT
@connection_options(new=True)
@click.pass_obj
def add(obj: dict[str, Any], /, name: str, account_id: str, **given: Any) -> None:
    """Keep a new connection."""
    desk = intake(obj, account_id)
    reading = Reading(**{choice: given.pop(choice) for choice in READING})
    values = _secret(desk, given.pop("key_file"), given.pop("password_stdin"), required=True) | _host_keys(given.pop("host_key"))
    kept = connections.add(desk, Connection(name=name, reading=reading, **{"host_keys": (), **given, **values}), by=OPERATOR)
    hint = "" if kept.host_keys else " Its host key is not known yet: `journeys sftp test` shows the fingerprint, `accept` takes it."
    click.echo(f"The connection {name} is saved; the worker polls it every {kept.every_minutes} minutes.{hint}", err=True)


@click.command()
@click.argument("name")
@ACCOUNT
@connection_options(new=False)
@click.option("--active", type=click.Choice(["on", "off"]), help="off: the worker leaves it alone.")
@click.pass_obj
def edit(obj: dict[str, Any], /, name: str, account_id: str, active: str | None, **given: Any) -> None:
    """Change what is given of a connection; the rest stays."""
    desk = intake(obj, account_id)
    before = connections.find(desk, name)
    values = _secret(desk, given.pop("key_file"), given.pop("password_stdin"), required=False) | _host_keys(given.pop("host_key"))
    changed = {choice: value for choice, value in given.items() if value is not None}
    reading = {choice: changed.pop(choice) for choice in READING if choice in changed}
    values |= {"reading": Reading.of({**before.reading.document(), **reading, **({"country": reading["country"] or None} if "country" in reading else {})})}
    if active is not None:
        values["active"] = active == "on"
    connections.change(desk, name, by=OPERATOR, **changed, **values)
    click.echo(f"The connection {name} is changed.", err=True)


def _secret(desk: Intake, key_file: Path | None, password_stdin: bool, *, required: bool) -> dict[str, Any]:
    if key_file is not None and password_stdin:
        raise click.UsageError("Give --key-file or --password-stdin, not both.")
    if key_file is not None:
        return connections.sealed_key(desk, _text(key_file, "key file"))
    if password_stdin:
        return connections.sealed_password(desk, sys.stdin.readline())
    if required:
        raise click.UsageError("Give --key-file FILE or --password-stdin: one of them is how it signs in.")
    return {}


def _host_keys(file: Path | None) -> dict[str, Any]:
    return {} if file is None else {"host_keys": keys.host_keys(_text(file, "host key file"))}


def _text(file: Path, what: str) -> str:
    try:
        return file.read_bytes()[: 1 << 20].decode("utf-8", "replace")
    except OSError as error:
        raise JourneysError(f"The {what} {file} cannot be read: {error.strerror}.") from error


@click.command("list")
@ACCOUNT
@FORMAT
@click.pass_obj
def list_(obj: dict[str, Any], account_id: str, form: str) -> None:
    """The account's connections."""
    desk = intake(obj, account_id)
    found = connections.every(desk)
    if _printed(form, [_shown(desk, one) for one in found]):
        return
    for one in found:
        click.echo(f"{one.name}\t{'on' if one.active else 'off'}\t{one.username}@{one.host}:{one.port}\t{one.path.rstrip('/')}/{one.pattern}"
                   f"\tjourney {one.journey_id}\tevery {one.every_minutes} min")


def _printed(form: str, document: Any) -> bool:
    """Whether it was JSON that was wanted; then it is printed."""
    if form == "json":
        print_json(document)
    return form == "json"


def _asked_of_one(command: Callable[..., Any]) -> click.Command:
    """A command about the connection NAME, which may answer in JSON; it is given the desk and the connection."""
    @click.argument("name")
    @ACCOUNT
    @FORMAT
    @click.pass_obj
    def asked(obj: dict[str, Any], name: str, account_id: str, form: str) -> Any:
        desk = intake(obj, account_id)
        return command(desk, connections.find(desk, name), form)

    return click.command(command.__name__, help=command.__doc__)(asked)


@_asked_of_one
def show(desk: Intake, connection: Connection, form: str) -> None:
    """One connection; its secret is never shown."""
    document = _shown(desk, connection)
    if _printed(form, document):
        return
    for key, value in document.items():
        text = ", ".join(f"{one['type']} {one['fingerprint']}" for one in value) or "none accepted yet" if key == "host_keys" else value
        click.echo(f"{key.replace('_', ' ')}: {'–' if text is None else text}")


def _shown(desk: Intake, connection: Connection) -> dict[str, Any]:
    return {key: history.local(desk.account, value) if isinstance(value, datetime) else value for key, value in connection.document().items()}


@click.command()
@click.argument("name")
@ACCOUNT
@click.pass_obj
def remove(obj: dict[str, Any], name: str, account_id: str) -> None:
    """Forget a connection and its secret; its history stays."""
    connections.remove(intake(obj, account_id), name, by=OPERATOR)
    click.echo(f"The connection {name} is removed; its history stays.", err=True)


@_asked_of_one
def test(desk: Intake, connection: Connection, form: str) -> int:
    """Try every step of a connection, and take nothing. Previews its newest file."""
    found = trial(desk, connection)
    if _printed(form, found.document()):
        return 1 if found.failed else 0
    for step in found.passed:
        click.echo(f"{step}: ok")
    if found.failed:
        click.echo(f"{found.failed}: failed")
        raise JourneysError(f"{found.failed}: {found.error}")
    click.echo(f"{plural(found.matching, 'file')} by this pattern")
    if found.preview and found.preview["error"]:
        click.echo(f"the newest, {found.preview['file']}: {found.preview['error']}")
    elif found.preview:
        part = "" if found.preview["whole"] else " in its first 256 KiB"
        click.echo(f"the newest, {found.preview['file']}: columns {', '.join(found.preview['columns'])}; "
                   f"{found.preview['valid']:,} of {found.preview['total']:,} entries valid{part}")
        for row in found.preview["rows"]:
            click.echo(f"line {row['line']}: {row['reason'] or 'valid'}")
    return 0


@click.command()
@click.argument("name")
@ACCOUNT
@click.option("--fingerprint", required=True, help="SHA256:…, as the server's owner told it.")
@click.pass_obj
def accept(obj: dict[str, Any], name: str, account_id: str, fingerprint: str) -> None:
    """Accept the host key with this fingerprint. The server has to show it now."""
    desk = intake(obj, account_id)
    wanted = fingerprint.strip().rstrip("=")
    seen = []
    for key in offered_keys(connections.server(desk, connections.find(desk, name))):
        if key.fingerprint == wanted:
            connections.change(desk, name, by=OPERATOR, host_keys=(key,))
            click.echo(f"The host key {key.fingerprint} ({key.kind}) of {name} is accepted.", err=True)
            return
        seen.append(f"{key.fingerprint} ({key.kind})")
    raise JourneysError(f"The server does not show a key with the fingerprint {wanted}, but: {', '.join(seen) or 'none that can be used'}. Ask its owner.")
