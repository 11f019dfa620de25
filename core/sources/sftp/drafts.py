"""Entries on their way to the log: judged rows kept in a folder beside the import, a file a chunk."""
import hashlib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import orjson
import polars as pl

SCHEMA = {"line": pl.Int64, "event_id": pl.String, "profile_id": pl.String, "attributes": pl.String}
ROOM = 48 << 10  # bytes of attributes: a record of the log has 64 KiB, other columns and line ends included


class Draft(NamedTuple):
    """A valid row: who, and the cells that are neither contact nor profile."""

    line: int
    profile_id: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Where drafts go, and what makes an entry's id: SHA-256 of (journey, content, line)."""

    folder: Path
    journey_id: str
    sha256: str

    def event_id(self, line: int) -> str:
        """The id of the entry of this line, in hexadecimal; it is the entry's event_id and entry_id."""
        return hashlib.sha256(orjson.dumps([self.journey_id, self.sha256, line])).hexdigest()

    def keep(self, number: int, drafts: list[Draft]) -> None:
        """Write a chunk's drafts; files sort by the number of the chunk."""
        columns = {
            "line": [draft.line for draft in drafts],
            "event_id": [self.event_id(draft.line) for draft in drafts],
            "profile_id": [draft.profile_id for draft in drafts],
            "attributes": [_json(draft.attributes) for draft in drafts],
        }
        pl.DataFrame(columns, schema=SCHEMA).write_parquet(self.folder / f"{number:06d}.parquet", compression="lz4")


def _json(attributes: dict[str, str]) -> str | None:
    """The attributes as JSON. Of a row that is longer than a record may be, the longest cells stay out and are named: the entry counts."""
    written = orjson.dumps(attributes)
    if len(written) > ROOM:
        sizes = sorted((len(orjson.dumps({name: cell})), name) for name, cell in attributes.items())
        room = [size for size, _ in zip(accumulate(size for size, _ in sizes), sizes, strict=True) if size <= ROOM]
        stay = {name for _, name in sizes[: len(room)]}
        left_out = [name[:100] for name in attributes if name not in stay][:20]
        written = orjson.dumps({**{name: cell for name, cell in attributes.items() if name in stay}, "left_out": left_out})
    return written.decode() if attributes else None
