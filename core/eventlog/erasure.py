"""Erase a person: one random token takes the place of the id in segments, refused records and conflicts; counts and identities stay.

Begun, it is finished: a note with the id and the token lies beside the log until everything is done, so a kill leaves it to the next command.
"""
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.contract.objects import NotJson, dumps, parse
from core.eventlog.files import replace_durably, settle, write_durably
from core.eventlog.identities import replaced_in, replaced_value
from core.eventlog.index import index_files
from core.eventlog.manifest import Erasure, Manifest, Segment
from core.eventlog.segments import new_path, table_of, typed, write_table

NOTES = "erasing"
DRAFT = "draft"  # the file that is being written anew


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: the token, and in how many records (of segments, refused ones and conflicts) it took the id's place."""

    profile_id: str
    token: str
    records: int
    was_begun: bool = False  # by a call that was stopped; that one may have done the records already


@dataclass(frozen=True, slots=True)
class Note:
    """An erasure that is under way."""

    profile_id: str
    token: str
    at: str


def begun(folder: Path) -> Iterator[Note]:
    """The erasures that are not finished."""
    for path in sorted((folder / NOTES).glob("*.json")):
        yield Note(**orjson.loads(path.read_bytes()))


def begin(folder: Path, profile_id: str, at: str) -> Note:
    """The note of the person's unfinished erasure, or a new one."""
    for note in begun(folder):
        if note.profile_id == profile_id:
            return note
    note = Note(profile_id, f"erased-{secrets.token_hex(16)}", at)
    (folder / NOTES).mkdir(parents=True, exist_ok=True)
    replace_durably(_path(folder, note), orjson.dumps({"profile_id": profile_id, "token": note.token, "at": at}))
    return note


def end(folder: Path, note: Note) -> None:
    """Everything is done: forget the id."""
    _path(folder, note).unlink(missing_ok=True)
    settle(folder / NOTES)


def _path(folder: Path, note: Note) -> Path:
    return folder / NOTES / f"{note.token}.json"


def without_person(folder: Path, manifest: Manifest, note: Note) -> tuple[Manifest, int]:
    """The manifest to commit, and the number of records that held the id. Can be repeated after a kill at any point."""
    draft = folder / NOTES / DRAFT
    found = sum(_rewrite_refused(path, note, draft) for path in sorted((folder / "rejected").glob("*.ndjson")))
    found += sum(_rewrite_conflicts(path, note, draft) for path in sorted((folder / "conflicts").glob("*.parquet")))
    segments = []
    for segment in manifest.segments:
        rows = _rows_of(segment.path, note.profile_id)
        found += rows
        segments.append(_rewritten(folder, segment, note) if rows else segment)
    if segments:
        settle(folder / "segments")
    others = tuple(erasure for erasure in manifest.erasures if erasure.token != note.token)
    return replace(manifest, segments=tuple(segments), erasures=(*others, Erasure(note.token, note.at))), found


def _rows_of(path: Path, profile_id: str) -> int:
    column = pq.read_table(path, columns=["profile_id"])["profile_id"]
    return pc.sum(pc.equal(column, pa.scalar(profile_id, column.type))).as_py() or 0


def _rewritten(folder: Path, segment: Segment, note: Note) -> Segment:
    """A new file with the token; its index is the old one: identities stay, and so do the hashes of what was received."""
    new = replace(segment, path=new_path(folder, segment.first_position, segment.last_position))
    write_table(new.path, _table_without(segment.path, note))
    for old_index, new_index in zip(index_files(segment.path), index_files(new.path), strict=True):
        write_durably(new_index, lambda file, old_index=old_index: file.write(old_index.read_bytes()))  # type: ignore[misc]
    return new


def _table_without(path: Path, note: Note) -> pa.Table:
    frame = typed(pq.read_table(path))
    own = (frame["profile_id"] == note.profile_id).fill_null(False)
    rows = own.arg_true()
    attributes = [replaced_in(text, note.profile_id, note.token) for text in frame["attributes"].gather(rows)]
    frame = frame.with_columns(
        profile_id=pl.select(pl.when(own).then(pl.lit(note.token)).otherwise(frame["profile_id"])).to_series(),
        attributes=frame["attributes"].scatter(rows, pl.Series(attributes, dtype=pl.String)),
    )
    table = table_of(frame, 0)
    return table.set_column(0, table.schema.field(0), frame["position"].to_arrow().cast(pa.int64()))


def _rewrite_conflicts(path: Path, note: Note, draft: Path) -> int:
    rows = _rows_of(path, note.profile_id)
    if rows:
        write_table(draft, _table_without(path, note))
        _put(draft, path)
    return rows


def _put(draft: Path, path: Path) -> None:
    draft.replace(path)
    settle(path.parent)


def _rewrite_refused(path: Path, note: Note, draft: Path) -> int:
    """Refused records are kept as they came: the id is looked for in what they are, or else in their text."""
    found, lines = 0, []
    with path.open("rb") as file:
        for line in file:
            written = orjson.loads(line)
            record = _refused_without(written["record"], note)
            if record != written["record"]:
                found += 1
                line = orjson.dumps({**written, "record": record}, option=orjson.OPT_APPEND_NEWLINE)
            lines.append(line)
    if found:
        write_durably(draft, lambda file: file.writelines(lines))
        _put(draft, path)
    return found


def _refused_without(record: object, note: Note) -> object:
    if not isinstance(record, str):
        return _replaced_record(record, note)
    try:
        read = parse(record)
    except NotJson:
        word = rf"(?<![\w@.+-]){re.escape(note.profile_id)}(?![\w@.+-])"
        return re.sub(word, note.token, record)
    replaced = _replaced_record(read, note)
    return record if replaced == read else dumps(replaced)


def _replaced_record(record: object, note: Note) -> object:
    """In a record of another person the same text is something else, and stays."""
    if isinstance(record, dict) and record.get("profile_id") not in (None, "", note.profile_id):
        return record
    return replaced_value(record, note.profile_id, note.token)
