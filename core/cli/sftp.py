"""`journeys sftp …`: connections, fetches and their history, and a file judged without a server."""
import click

from core.cli.sftp_connections import accept, add, edit, list_, remove, show, test
from core.cli.sftp_files import check, fetch_, fixit_, history_
from core.cli.sftp_outcome import outcome


@click.group()
def sftp() -> None:
    """SFTP: connections, the files fetched, and why rows were refused."""


for command in (check, add, list_, show, edit, remove, test, accept, fetch_, history_, fixit_, outcome):
    sftp.add_command(command)
