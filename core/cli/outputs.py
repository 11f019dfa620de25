"""Whose numbers a command gives and where they go: a file, whole or not at all, or stdout."""
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from core.errors import WrongUsage
from core.reports import export

ACCOUNT = click.option("--account", required=True, metavar="A", help="Whose numbers.")
OUTPUT = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a file, whole or not at all.")


def file_wanted(kind: str, output: Path | None) -> None:
    if kind == "xlsx" and output is None:
        raise WrongUsage("An Excel file needs a name: -o FILE.xlsx.")


@contextmanager
def leaving(output: Path | None) -> Iterator[IO[bytes]]:
    """Where an answer goes: the file, whole or not at all, or stdout."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with export.replaced(output) as file:
        yield file
