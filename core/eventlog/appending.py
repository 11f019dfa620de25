"""One batch on its way into the log: its segments lie on the disk already, but count only once the manifest names them."""
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from core.eventlog.conflicts import Aside
from core.eventlog.files import settle
from core.eventlog.identities import CONFLICT, NEW, Decided, Known
from core.eventlog.index import index_files, index_of, write_index
from core.eventlog.manifest import Manifest, Segment
from core.eventlog.segments import new_path, table_of, write_table


class Batch:
    """Takes frame after frame; `finish` gives the manifest to commit, `drop` removes what was written."""

    def __init__(self, folder: Path, before: Manifest) -> None:
        self.folder = folder
        self.before = before
        self.known = Known.of(before)
        self.position = before.position
        self.segments: list[Segment] = []
        self.repeated = 0
        for part in ("segments", "rejected", "conflicts"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self.rejected_file = folder / "rejected" / f"{before.batches + 1:012d}.ndjson"
        self.aside = Aside(folder / "conflicts" / f"{before.batches + 1:012d}.parquet")

    def take(self, frame: pl.DataFrame) -> None:
        """Write the frame's new records as a segment, count its repeats, set its conflicts aside."""
        if frame.is_empty():
            return
        decided = self.known.decide(frame)
        self.repeated += decided.repeated
        conflicts = np.flatnonzero(decided.verdicts == CONFLICT)
        if len(conflicts):
            self.aside.add(frame[conflicts], decided.kept[conflicts])
        new = np.flatnonzero(decided.verdicts == NEW)
        if len(new):
            self._write(frame if len(new) == len(frame) else frame[new], decided, new)

    def _write(self, fresh: pl.DataFrame, decided: Decided, rows: npt.NDArray[np.intp]) -> None:
        first, last = self.position + 1, self.position + len(fresh)
        segment = Segment(new_path(self.folder, first, last), first, last)
        index = index_of(decided.ids[rows], decided.contents[rows])
        self.segments.append(segment)
        write_table(segment.path, table_of(fresh, first))
        write_index(segment.path, index)
        self.known.add(segment, index)
        self.position = last

    def finish(self, rejected: Path | None, rejected_count: int) -> Manifest:
        """Everything flushed to the disk; what is left to do is to commit this manifest."""
        if rejected is not None:
            rejected.replace(self.rejected_file)
            settle(self.rejected_file.parent)
        self.aside.close()
        settle(self.folder / "segments")
        return replace(
            self.before, position=self.position, batches=self.before.batches + 1, segments=(*self.before.segments, *self.segments),
            repeated=self.before.repeated + self.repeated, conflicts=self.before.conflicts + self.aside.rows,
            rejected=self.before.rejected + rejected_count,
        )

    def drop(self) -> None:
        """Remove what was written; nothing of it was in the log."""
        self.aside.drop()
        self.rejected_file.unlink(missing_ok=True)
        for segment in self.segments:
            for path in (segment.path, *index_files(segment.path)):
                path.unlink(missing_ok=True)
