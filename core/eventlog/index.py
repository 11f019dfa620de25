"""The id index of a segment: sorted (id hash, content hash) pairs, memory-mapped, and the row each pair stands for."""
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.eventlog.files import write_durably
from core.eventlog.hashes import Hashes
from core.eventlog.manifest import Segment

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Index:
    """`ids` ascending; `contents` and `rows` (0 … n-1, the row in the segment) of the same pairs."""

    ids: Hashes
    contents: Hashes
    rows: npt.NDArray[np.uint32]

    def hits(self, ids: Hashes) -> tuple[Rows, Rows]:
        """(place in `ids`, place in this index) of every pair with an equal id hash: candidates, to be verified in the segment.

        Sorted `ids` are found fastest.
        """
        low = np.searchsorted(self.ids, ids, side="left")
        near = np.minimum(low, len(self.ids) - 1)
        asked = np.flatnonzero(self.ids[near] == ids)
        high = np.searchsorted(self.ids, ids[asked], side="right")
        counts = high - low[asked]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(asked, counts), np.repeat(low[asked], counts) + within


def index_of(ids: Hashes, contents: Hashes) -> Index:
    """The index of rows 0 … n-1 with these hashes."""
    order = np.argsort(ids, kind="stable")
    return Index(ids[order], contents[order], order.astype(np.uint32))


def joined(indexes: Sequence[Index]) -> Index:
    """The index of segments laid end to end."""
    starts = np.cumsum([0, *(len(index.rows) for index in indexes)])
    ids = np.concatenate([index.ids for index in indexes])
    order = np.argsort(ids, kind="stable")
    contents = np.concatenate([index.contents for index in indexes])
    rows = np.concatenate([index.rows + np.uint32(start) for index, start in zip(indexes, starts, strict=False)])
    return Index(ids[order], contents[order], rows[order])


def index_files(segment: Path) -> tuple[Path, Path]:
    return segment.with_suffix(".ids.npy"), segment.with_suffix(".rows.npy")


def write_index(segment: Path, index: Index) -> None:
    """Beside the segment: pairs as a 2 × n array (each half lies together, so a search maps only what it touches), and rows."""
    pairs, rows = index_files(segment)
    write_durably(pairs, lambda file: np.save(file, np.stack([index.ids, index.contents])))
    write_durably(rows, lambda file: np.save(file, index.rows))


def open_index(segment: Segment) -> Index:
    pairs, rows = (np.load(path, mmap_mode="r") for path in index_files(segment.path))
    return Index(pairs[0], pairs[1], rows)
