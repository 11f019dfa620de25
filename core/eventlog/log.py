"""The event log of one account: append, list, read; everything that writes does so under the append lock."""
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from core.contract.documents import read_document
from core.errors import FULL
from core.eventlog.appending import Batch
from core.eventlog.compaction import compacted
from core.eventlog.documents import Document, admitted, read_documents, write_documents
from core.eventlog.erasure import Erased, Note, begin, begun, end, without_person
from core.eventlog.files import REFUSED, NotConfirmed, disk_faults_said
from core.eventlog.locks import Busy, held
from core.eventlog.manifest import Manifest, Segment, commit, read_manifest
from core.eventlog.sweeping import sweep

WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch. Positions are 0 where nothing was accepted."""

    accepted: int
    repeated: int
    conflicts: int
    first_position: int
    last_position: int
    rejected_file: Path | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log goes: its last position (0: empty) and the number of its catalog documents."""

    position: int
    documents: int


class EventLog:
    """The log in `folder`, which need not exist yet. Objects are cheap and hold nothing open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Manifest:
        return read_manifest(self.folder)

    def head(self) -> Head:
        manifest = self.manifest()
        return Head(manifest.position, manifest.documents)

    def segments(self, after: int = 0) -> tuple[Segment, ...]:
        """The segments that hold positions beyond `after`, in order. Read them inside `reading()`, or compaction may take a file away."""
        return tuple(segment for segment in self.manifest().segments if segment.last_position > after)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While inside, no file that `segments()` lists goes away."""
        with held(self._reading, shared=True, wait_s=WAIT_S, busy="The log is being cleaned up by another process: try again in a minute."):
            yield

    def append(self, frames: pl.DataFrame | Iterable[pl.DataFrame], *, rejected: Path | None = None, rejected_count: int = 0,
               wait_s: float = WAIT_S) -> Appended:
        """Take a batch of typed, judged records (eventlog.SCHEMA, in order of receipt, `received_at` set): all of it, or nothing and an error.

        Each identity is taken once. `rejected` is a file of refused records, moved into the log with the batch.
        Raises Busy after `wait_s` seconds behind another process, DiskFull, NotWritten; NotConfirmed where all of it is in the log all the same.
        """
        with self._appending(wait_s):
            before = self.manifest()
            batch = Batch(self.folder, before)
            try:
                for frame in [frames] if isinstance(frames, pl.DataFrame) else frames:
                    batch.take(frame)
                after = batch.finish(rejected, rejected_count)
                self._commit(after)
            except BaseException:  # whatever ends it: a batch is all in the log or not at all
                if self.manifest().batches == before.batches:  # else it was stopped after the commit, and its files are the log's
                    batch.drop()
                raise
            self._compact(after)
        accepted = after.position - before.position
        return Appended(accepted, batch.repeated, batch.aside.rows, before.position + 1 if accepted else 0, after.position if accepted else 0,
                        batch.rejected_file if rejected else None)

    def documents(self) -> tuple[Document, ...]:
        """The catalog documents, in order of receipt."""
        return read_documents(self.folder, self.manifest().documents)

    def put_documents(self, bodies: Sequence[object], *, replace: bool, now: datetime, wait_s: float = WAIT_S) -> tuple[Document, ...]:
        """Log these catalog documents, all or none; gives those that were logged (one equal to its journey's newest is not).

        Raises BadDocument for one that is malformed, or that changes what is final without `replace`.
        """
        read: list[dict[str, Any]] = [read_document(body) for body in bodies]
        with self._appending(wait_s):
            manifest = self.manifest()
            taken = admitted(read, self.documents(), replace=replace, now=now, position=manifest.position)
            if taken:
                write_documents(self.folder, taken)
                self._commit(_counting(manifest, taken))
        return tuple(taken)

    def erase(self, profile_id: str, *, now: datetime, then: Callable[[Erased], None] = lambda _: None, wait_s: float = WAIT_S) -> Erased:
        """Put one random token in the place of this id, everywhere in the log, and log that; counts, positions and identities stay.

        `then` does the same elsewhere (snapshots, exports). Should anything stop in between, the same call takes up the same token and finishes it.
        Raises Busy, also where a reader holds on to files with the id for `wait_s` seconds: they go when it is called again.
        """
        with self._appending(wait_s):
            was_begun = any(note.profile_id == profile_id for note in begun(self.folder))
            note = begin(self.folder, profile_id, now.isoformat())
            found = self._erase(note)
            if not sweep(self.folder, self.manifest(), self._reading, wait_s):
                raise Busy("The id is out of the log, but another process still reads older files: run the same command again to remove them.")
        erased = Erased(profile_id, note.token, found, was_begun)
        then(erased)
        with self._writer(wait_s):
            end(self.folder, note)
        return erased

    def _erase(self, note: Note) -> int:
        manifest, found = without_person(self.folder, self.manifest(), note)
        commit(self.folder, manifest)
        return found

    def _commit(self, manifest: Manifest) -> None:
        try:
            commit(self.folder, manifest)
        except NotConfirmed as error:
            raise NotConfirmed(f"This is in the log, but {error} Nothing is taken twice.") from error

    @contextmanager
    def _appending(self, wait_s: float) -> Iterator[None]:
        with disk_faults_said(self.folder), self._writer(wait_s):
            logged = {erasure.token for erasure in self.manifest().erasures}
            for note in begun(self.folder):
                if note.token not in logged:
                    self._erase(note)
            sweep(self.folder, self.manifest(), self._reading)
            yield

    def _writer(self, wait_s: float) -> AbstractContextManager[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        return held(self.folder / "append.lock", wait_s=wait_s,
                    busy=f"Another process has been writing to this log for {wait_s:g} s: nothing was taken. Try again when it has ended.")

    def _compact(self, manifest: Manifest) -> None:
        try:
            smaller = compacted(self.folder, manifest)
            if smaller is not manifest:
                commit(self.folder, smaller)
                sweep(self.folder, smaller, self._reading)
        except NotConfirmed:  # the parts stay until the disk has confirmed what takes their place: the next batch sees to it
            return
        except OSError as error:
            if error.errno not in (*FULL, *REFUSED):
                raise
            return  # the batch is in the log; laying segments together waits for the next one, which says what is wrong if it still is

    @property
    def _reading(self) -> Path:
        return self.folder / "reading.lock"


def _counting(manifest: Manifest, taken: Sequence[Document]) -> Manifest:
    return replace(manifest, documents=manifest.documents + len(taken))
