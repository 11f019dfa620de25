"""Keep the judged records of a batch until all files are read: in memory while they are few, else on the disk."""
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

import orjson
import polars as pl
import pyarrow as pa

from core.eventlog.segments import ROW_GROUP, typed
from core.sources.judging import Judged
from core.sources.reading.chunk import Chunk

IN_MEMORY = 250_000  # rows
ALIVE = "alive"  # locked by the process that the folder is of


class Staging:
    """Frames in order of receipt, and the file of refused records; all in a folder that goes with the `with` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refused_file = folder / "rejected.ndjson"
        self.refused = 0
        self._frames: list[pl.DataFrame | Path] = []
        self._held = 0
        self._refusals: IO[bytes] | None = None

    def add(self, chunk: Chunk, verdict: Judged) -> None:
        """Take what was judged of the chunk."""
        if len(verdict.accepted):
            self._keep(verdict.accepted)
        if verdict.refused and self._refusals is None:
            self._refusals = self.refused_file.open("wb")
        for row, reason in verdict.refused:
            line = {"file": chunk.file, "line": chunk.lines[row], "reason": reason, "record": chunk.shown(row)}
            self._refusals.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))  # type: ignore[union-attr]
        self.refused += len(verdict.refused)

    def _keep(self, frame: pl.DataFrame) -> None:
        self._held += len(frame)
        if self._held <= IN_MEMORY:
            self._frames.append(frame)
            return
        path = self.folder / f"{len(self._frames):06d}.arrow"
        table = frame.to_arrow()
        with path.open("wb") as file, pa.ipc.new_file(file, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
            writer.write_table(table)
        self._frames.append(path)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The accepted records, in order of receipt, enough of them at a time to make a segment."""
        gathered: list[pl.DataFrame] = []
        for kept in self._frames:
            gathered.append(_read(kept) if isinstance(kept, Path) else kept)
            if sum(map(len, gathered)) >= 2 * ROW_GROUP:
                yield pl.concat(gathered)
                gathered = []
        if gathered:
            yield pl.concat(gathered)

    def rejected(self) -> Path | None:
        """The file of refused records, flushed to the disk; None if there are none."""
        if self._refusals is None:
            return None
        self._refusals.flush()
        os.fsync(self._refusals.fileno())
        return self.refused_file

    def close(self) -> None:
        if self._refusals is not None:
            self._refusals.close()


def _read(path: Path) -> pl.DataFrame:
    with path.open("rb") as file, pa.ipc.open_file(file) as reader:
        return typed(reader.read_all())


@contextmanager
def staged(log: Path) -> Iterator[Staging]:
    """A staging folder beside the log's segments; those of processes that died are cleared away."""
    above = log / "staging"
    above.mkdir(parents=True, exist_ok=True)
    _clear_dead(above)
    folder = above / uuid4().hex
    folder.mkdir()
    with (folder / ALIVE).open("wb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        staging = Staging(folder)
        try:
            yield staging
        finally:
            try:
                staging.close()
            finally:
                _clear(folder)


def _clear_dead(above: Path) -> None:
    for folder in above.iterdir():
        try:
            with (folder / ALIVE).open("rb") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _clear(folder)
        except (FileNotFoundError, BlockingIOError):
            continue  # just being made, or just being cleared by another, or alive


def _clear(folder: Path) -> None:
    """The sign of life goes last: as long as it is there, a kill leaves the rest to the next that clears."""
    for path in folder.iterdir():
        if path.name != ALIVE:
            path.unlink()
    shutil.rmtree(folder)
