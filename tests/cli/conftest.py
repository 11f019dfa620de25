"""The command line as a user meets it: its exit code, and what it prints where."""
from dataclasses import dataclass

import pytest

from core.cli import main
from core.cli.door import Door


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def door(data):
    made = Door({"data_dir": str(data)})
    yield made
    made.store.close()


@pytest.fixture
def journeys(data, capfd, monkeypatch):
    """Runs one command; `said` is its stdin."""
    import io
    import sys

    def run(line, said=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--data-dir", str(data), *line.split()])
        out, err = capfd.readouterr()
        return Done(ended.value.code, out, err)

    return run
