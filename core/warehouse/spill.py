"""Where a question lays down what does not fit into memory: a folder of this user's alone, since it holds what the snapshots hold."""
import os
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """The same for all processes of the user; another one where somebody else has taken the name. DuckDB clears what a killed process left in it."""
    usual = Path(tempfile.gettempdir()) / f"journeys-spill-{os.getuid()}"
    with suppress(FileExistsError):
        usual.mkdir(mode=0o700)
    there = usual.lstat()
    is_ours = stat.S_ISDIR(there.st_mode) and there.st_uid == os.getuid() and not there.st_mode & 0o077
    return usual if is_ours else Path(tempfile.mkdtemp(prefix="journeys-spill-"))
