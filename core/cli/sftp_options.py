"""What the commands of `journeys sftp` share: their options, and the account that they are about."""
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from core.cli.door import Door
from core.sources.sftp.intake import Intake
from core.sources.sftp.polling import intake_of
from core.sources.sftp.reading import AUTO, CONTACTS, DELIMITERS

Command = TypeVar("Command", bound=Callable[..., Any])
ACCOUNT = click.option("--account", "account_id", required=True, help="Whose connections.")
FORMAT = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="json: one document on stdout.")
READING = ("contacts", "country", "phone_column", "email_column", "profile_column", "delimiter", "encoding")


def _all(*those: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator."""
    def decorate(command: Command) -> Command:
        for option in reversed(those):
            command = option(command)
        return command

    return decorate


def reading_options(*, new: bool) -> Callable[[Command], Command]:
    """How a file is read: the same choices for `check`, `add` and, where only what changes is given, `edit`."""
    return _all(
        click.option("--contacts", type=click.Choice(list(CONTACTS)), required=new, help="Which contacts a row brings."),
        click.option("--country", help="ISO letters of the country of national phone numbers; without it only international numbers are valid."),
        click.option("--phone-column", default="phone" if new else None, help="Its name in the header."),
        click.option("--email-column", default="email" if new else None, help="Its name in the header."),
        click.option("--profile-column", default="profile_id" if new else None, help="Where the file has it: the profile's own id."),
        click.option("--delimiter", type=click.Choice([AUTO, *DELIMITERS]), default=AUTO if new else None,
                     help="Between the cells; auto finds it."),
        click.option("--encoding", default=AUTO if new else None, help="auto (UTF-8, UTF-16, else Windows-1252), or a name such as iso-8859-2."),
    )


def connection_options(*, new: bool) -> Callable[[Command], Command]:
    """What a connection is made of: all of it for `add`, for `edit` what changes."""
    return _all(
        click.option("--journey", "journey_id", required=new, help="The id of the journey that the rows enter."),
        click.option("--host", required=new, help="A name or address; public, unless JOURNEYS_SFTP_ALLOWED_HOSTS lists it."),
        click.option("--port", type=int, default=22 if new else None, help="Of the SFTP server."),
        click.option("--user", "username", required=new, help="As whom it signs in."),
        click.option("--key-file", type=click.Path(path_type=Path), help="A private key without a passphrase."),
        click.option("--password-stdin", is_flag=True, help="The password is the first line of stdin."),
        click.option("--host-key", type=click.Path(path_type=Path), help="The server's key: lines of ssh-keyscan, of known_hosts, or a .pub file."),
        click.option("--path", required=new, help="The folder on the server."),
        click.option("--pattern", required=new, help="Of file names, such as *.csv."),
        reading_options(new=new),
        click.option("--every", "every_minutes", type=int, default=15 if new else None, help="Minutes from poll to poll of the worker."),
    )


def intake(obj: dict[str, Any], account_id: str) -> Intake:
    """What the account's imports are given. Raises UnknownAccount."""
    door = Door(obj)
    return intake_of(door.store, door.settings, door.account(account_id), door.folder(account_id), door.now)
