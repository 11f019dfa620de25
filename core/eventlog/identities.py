"""Which records are new: the log takes each (source, event_id) once, the first received."""
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from core.contract.objects import dumps, parse
from core.eventlog.hashes import Hashes, content_hashes, identity_hashes
from core.eventlog.index import Index, open_index
from core.eventlog.manifest import Manifest, Segment
from core.eventlog.records import IDENTITY, same_attributes, same_content
from core.eventlog.segments import rows_of

NEW, REPEATED, CONFLICT = 0, 1, 2
Verdicts = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Decided:
    """Verdicts on a frame, row by row; `kept` is the position of the record that a repeat or conflict met (0: none, or one of this frame)."""

    verdicts: Verdicts
    kept: npt.NDArray[np.int64]
    ids: Hashes
    contents: Hashes

    @property
    def repeated(self) -> int:
        return int(np.count_nonzero(self.verdicts == REPEATED))


@dataclass(slots=True)
class Known:
    """The identities that a log holds, and those that a batch has added so far."""

    tokens: Collection[str] = ()  # that stand for erased profile ids
    parts: list[tuple[Segment, Index]] = field(default_factory=list)

    @classmethod
    def of(cls, manifest: Manifest) -> "Known":
        return cls({erasure.token for erasure in manifest.erasures}, [(segment, open_index(segment)) for segment in manifest.segments])

    def add(self, segment: Segment, index: Index) -> None:
        self.parts.append((segment, index))

    def decide(self, frame: pl.DataFrame) -> Decided:
        """What is new in the frame, against the log and within the frame."""
        decided = Decided(np.zeros(len(frame), np.int8), np.zeros(len(frame), np.int64), identity_hashes(frame), content_hashes(frame))
        order = np.argsort(decided.ids)
        for segment, index in self.parts:
            places, pairs = index.hits(decided.ids[order])
            if len(places):
                self._verify(frame, decided, order[places], segment, index, pairs)
        _within(frame, decided)
        return decided

    def _verify(self, frame: pl.DataFrame, decided: Decided, rows: npt.NDArray[np.intp], segment: Segment, index: Index, pairs: npt.NDArray[np.intp]) -> None:
        """Settle the rows whose id hash met one of the segment's."""
        met, stored = frame[rows], rows_of(segment, index.rows[pairs])
        identical = _equal(met, stored, IDENTITY).to_numpy()
        erased = stored["profile_id"].is_in(list(self.tokens)).fill_null(False).to_numpy()
        same = same_content(met, stored).to_numpy()
        if erased.any():
            untouched = decided.contents[rows] == index.contents[pairs]
            same = np.where(erased, untouched & _same_but_for_the_person(met, stored), same)
        decided.verdicts[rows[identical]] = np.where(same, REPEATED, CONFLICT)[identical]
        decided.kept[rows[identical]] = stored["position"].to_numpy()[identical]


def _equal(left: pl.DataFrame, right: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    equal = left[columns[0]].eq_missing(right[columns[0]])
    for column in columns[1:]:
        equal = equal & left[column].eq_missing(right[column])
    return equal


def _within(frame: pl.DataFrame, decided: Decided) -> None:
    """Of new rows with one identity the first is taken, the others are measured against it."""
    new = np.flatnonzero(decided.verdicts == NEW)
    if len(np.unique(decided.ids[new])) == len(new):
        return
    fresh = frame.select(IDENTITY)[new].with_columns(row=pl.Series(new))
    later = fresh.with_columns(first=pl.col("row").first().over(IDENTITY)).filter(pl.col("row") != pl.col("first"))
    rows, firsts = later["row"].to_numpy(), later["first"].to_numpy()
    decided.verdicts[rows] = np.where(same_content(frame[rows], frame[firsts]).to_numpy(), REPEATED, CONFLICT)


def _same_but_for_the_person(met: pl.DataFrame, stored: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Attributes of a replayed record against those of an erased one, in which the id gave way to the token."""
    replaced = [replaced_in(attributes, profile_id, token)
                for attributes, profile_id, token in zip(met["attributes"], met["profile_id"], stored["profile_id"], strict=True)]
    return same_attributes(pl.Series("attributes", replaced, dtype=pl.String), stored["attributes"]).to_numpy()


def replaced_in(attributes: str | None, profile_id: str | None, token: str) -> str | None:
    """The JSON text with every value that is exactly the id (text or number) as the token."""
    if attributes is None or profile_id is None or profile_id not in attributes:
        return attributes
    return dumps(replaced_value(parse(attributes), profile_id, token))


def replaced_value(value: object, profile_id: str, token: str) -> object:
    """The JSON value with the token for every text or number in it that is exactly the id."""
    if isinstance(value, dict):
        return {key: replaced_value(item, profile_id, token) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced_value(item, profile_id, token) for item in value]
    return token if isinstance(value, str) and value == profile_id else value
