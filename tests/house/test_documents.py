"""What the README and the commands' help say is so."""
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from core.cli import COMMANDS, cli
from core.contract.columns import COLUMNS, EVENT_TYPES
from core.contract.documents import ELEMENT_KINDS, STATUSES
from core.settings import NAMES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def every_command(command=None, path=()):
    command = command or cli
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), (*path, name))


ALL = {" ".join(path): command for path, command in every_command()}


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_command_has_help(path):
    assert ALL[path].help
    assert [option.opts for option in ALL[path].params if isinstance(option, click.Option) and not (option.help or option.hidden)] == []
    result = CliRunner().invoke(cli, [*path.split(), "--help"])
    assert (result.exit_code, "Usage:" in result.output) == (0, True)


@pytest.mark.parametrize("path", sorted(path for path in ALL if isinstance(ALL[path], click.Group)))
def test_a_list_of_commands_cuts_no_sentence(path):
    listed = CliRunner().invoke(cli, [*path.split(), "--help"]).output.partition("Commands:")[2]
    assert [line for line in listed.splitlines() if line.rstrip().endswith("...")] == []


@pytest.mark.parametrize("line", [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()])
def test_every_command_of_the_readme_is_one(line):
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), line
        return
    assert words[0].endswith("journeys"), line
    words = words[3:] if words[1] == "--data-dir" else words[1:]
    name = max((path for path in ALL if path and " ".join(words).startswith(path)), key=len)
    command = ALL[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("--") and word not in options] == [], line


@pytest.mark.parametrize("target", re.findall(r"`make ([\w-]+)`", README))
def test_every_make_target_of_the_readme_is_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


LINKS = [(file, link) for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
         for link in re.findall(r"\]\((?!http)([^)#]+)\)", file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("file", "link"), LINKS, ids=lambda one: str(one).removeprefix(f"{ROOT}/"))
def test_every_file_that_a_document_links_to_is_there(file, link):
    assert (file.parent / link).exists()


def test_the_interface_names_each_column_event_type_kind_and_setting():
    text = (ROOT / "docs/interface.md").read_text(encoding="utf-8")
    written = set(re.findall(r"\w+(?:\.\w+)*", text))
    assert {*COLUMNS, *EVENT_TYPES, *STATUSES, *ELEMENT_KINDS, *NAMES} - written == set()


def test_the_commands_of_the_interface_are_there():
    assert set(COMMANDS) == {"serve", "worker", "demo", "account", "user", "link", "token", "terms", "catalog", "ingest", "build", "erase", "query",
                             "explain", "rows", "mep", "check", "report", "sftp", "backup", "restore", "doctor"}


def test_no_path_of_a_developers_machine_stands_in_the_constraints():
    text = (ROOT / "constraints.txt").read_text()
    assert [line for line in text.splitlines() if "/" in line or "@" in line or not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
