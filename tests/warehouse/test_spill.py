"""What does not fit into memory is nobody's to read but the user's who asked."""
import stat
import tempfile
from pathlib import Path

import pytest

from core.warehouse import spill


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spill.folder.cache_clear()
    yield tmp_path
    spill.folder.cache_clear()


def test_the_folder_is_the_users_alone_and_one_for_all_processes(place: Path) -> None:
    made = spill.folder()
    assert (made.parent, stat.S_IMODE(made.stat().st_mode)) == (place, 0o700)
    spill.folder.cache_clear()
    assert spill.folder() == made


@pytest.mark.parametrize("taken", [lambda name, other: name.symlink_to(other), lambda name, _: name.mkdir(mode=0o777) or name.chmod(0o777),
                                   lambda name, _: name.touch(), lambda name, other: name.symlink_to(other / "nothing")])
def test_a_name_that_somebody_else_has_taken_is_left_alone(place: Path, taken) -> None:
    name = spill.folder()
    name.rmdir()
    spill.folder.cache_clear()
    other = place / "other"
    other.mkdir()
    taken(name, other)
    made = spill.folder()
    assert (made != name, stat.S_IMODE(made.stat().st_mode), list(other.iterdir())) == (True, 0o700, [])
