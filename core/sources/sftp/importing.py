"""A file that has arrived becomes entries: its rows in the log and its fetch in the history, both or neither, over a kill at any point.

begin (store) → judge → ready (store: counts) → append (log: all rows at once) → done (store). The original is kept before `begin`, and an
entry's id and time depend on the fetch alone. So whatever was cut off is done again with the same result: rows that are in the log already
are repeats there, and a fetch whose rows are in the log is done, however far its process came.
"""
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import orjson
import polars as pl

from core.errors import JourneysError
from core.eventlog.identities import NEW, Known
from core.eventlog.records import IDENTITY, MOMENT, SCHEMA
from core.sources.sftp import fetches, originals
from core.sources.sftp.checking import Checked, checked
from core.sources.sftp.client import FULL
from core.sources.sftp.connections import Connection
from core.sources.sftp.decoding import Decoding, survey
from core.sources.sftp.drafts import Drafting
from core.sources.sftp.faults import FileFault, disk_full
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake

FRAME_ROWS = 100_000


def import_file(intake: Intake, connection: Connection, file: str, arrived: Path, started_at: datetime, mtime: int | None) -> Fetch | None:
    """Take a file that lies at `arrived`, whole; it is moved away. The same for a fetched file and one that was uploaded by hand (mtime None).

    None: its content is known, and that was said before.
    """
    try:
        read_as = survey(arrived, connection.reading.encoding)
    except FileFault as fault:
        return fetches.fail(intake, connection, file, started_at, str(fault))
    same = fetches.imported_as(intake, connection.name, read_as.sha256)
    if same is not None:
        return fetches.repeat(intake, connection, file, started_at, size=read_as.size, mtime=mtime, sha256=read_as.sha256, same_as=same)
    originals.keep(intake, connection.name, arrived, read_as.sha256)
    fetch = fetches.begin(intake, connection, file, started_at, size=read_as.size, mtime=mtime, sha256=read_as.sha256)
    return finish(intake, fetch, read_as)


def finish(intake: Intake, fetch: Fetch, read_as: Decoding | None = None) -> Fetch:
    """Judge and enter the original of a fetch that has begun, now or before a kill."""
    try:
        original = originals.path(intake, fetch.connection, fetch.sha256)
        with tempfile.TemporaryDirectory(dir=intake.room(fetch.connection, "work")) as work:
            drafting = Drafting(Path(work), fetch.journey_id, fetch.sha256 or "")
            with checked(original, fetch.reading, read_as=read_as, drafting=drafting, folder=Path(work)) as found:
                fetches.ready(intake, fetch, found, next((line for line, reason in found.verdict_of_rows() if reason is None), None))
                if found.valid:
                    intake.log.append(_frames(fetch, found, Path(work), received_at=intake.clock()))
        return fetches.done(intake, fetch)
    except OSError as error:
        if error.errno not in FULL:
            raise
        return fetches.give_up(intake, fetch, str(disk_full(by_hand=fetch.mtime is None)))
    except JourneysError as fault:
        if in_log(intake, fetches.find(intake, fetch.fetch_id)):
            raise
        return fetches.give_up(intake, fetch, str(fault))


def settle(intake: Intake, connection: str | None = None) -> None:
    """Call done what only lacks the word of it: a process was killed after its rows had entered the log."""
    for fetch in fetches.every(intake, states=(fetches.APPENDING,), connection=connection):
        if in_log(intake, fetch):
            fetches.done(intake, fetch)


def resume(intake: Intake, connection: str) -> list[Fetch]:
    """Go on with what a killed process left; to be called by whoever is alone with the connection."""
    settle(intake, connection)
    return [finish(intake, fetch) for fetch in reversed(fetches.every(intake, states=(fetches.JUDGING, fetches.APPENDING), connection=connection))]


def in_log(intake: Intake, fetch: Fetch) -> bool:
    """Whether the fetch's rows are in the log."""
    return positions(intake, fetch) is not None


def positions(intake: Intake, fetch: Fetch) -> tuple[int, int] | None:
    """(first, last) position of the fetch's entries in the log; None: it has none there.

    They come all at once, in the order of the file, so the first one tells; the log's index of ids finds it whatever the log's size.
    """
    if fetch.state == fetches.JUDGING or fetch.first_valid_line is None or fetch.sha256 is None or not fetch.valid:
        return None
    first = Drafting(Path(), fetch.journey_id, fetch.sha256).event_id(fetch.first_valid_line)
    frame = pl.DataFrame({"source": [f"sftp:{fetch.connection}"], "event_id": [first]}).select(
        [(pl.col(column) if column in IDENTITY else pl.lit(None, kind)).alias(column) for column, kind in SCHEMA.items()])
    with intake.log.reading():
        found = Known.of(intake.log.manifest()).decide(frame)
    if found.verdicts[0] == NEW:
        return None
    return int(found.kept[0]), int(found.kept[0]) + fetch.valid - 1


def _frames(fetch: Fetch, found: Checked, work: Path, *, received_at: datetime) -> Iterator[pl.DataFrame]:
    """The entries in the log's form, in the order of the file, some 100,000 at a time."""
    repeats = _Repeats(found.seen.repeats())
    held: list[pl.DataFrame] = []
    parts = sorted(work.glob("*.parquet"))
    for part in parts:
        held.append(pl.read_parquet(part))
        if sum(map(len, held)) >= FRAME_ROWS or part == parts[-1]:
            drafts = pl.concat(held)
            if len(drafts):
                yield _entered(fetch, _flagged(drafts, repeats.up_to(drafts["line"][-1])), received_at)
            held = []


class _Repeats:
    """(line, line that it repeats) in the order of the file, taken as far as a frame goes."""

    def __init__(self, source: Iterator[tuple[int, int]]) -> None:
        self._source = source
        self._next = next(source, None)

    def up_to(self, line: int) -> dict[int, int]:
        found: dict[int, int] = {}
        while self._next is not None and self._next[0] <= line:
            found[self._next[0]] = self._next[1]
            self._next = next(self._source, None)
        return found


def _flagged(drafts: pl.DataFrame, repeats: Mapping[int, int]) -> pl.DataFrame:
    """Each duplicate with the line that it repeats among its attributes."""
    if not repeats:
        return drafts
    attributes = [text if line not in repeats else orjson.dumps({**orjson.loads(text or "{}"), "duplicate_of": repeats[line]}).decode()
                  for line, text in zip(drafts["line"], drafts["attributes"], strict=True)]
    return drafts.with_columns(attributes=pl.Series(attributes, dtype=pl.String))


def _entered(fetch: Fetch, drafts: pl.DataFrame, received_at: datetime) -> pl.DataFrame:
    values = {
        "source": pl.lit(f"sftp:{fetch.connection}"), "event_id": pl.col("event_id"), "event_type": pl.lit("journey.entered"),
        "occurred_at": pl.lit(fetch.started_at, MOMENT), "received_at": pl.lit(received_at, MOMENT), "profile_id": pl.col("profile_id"),
        "journey_id": pl.lit(fetch.journey_id), "entry_id": pl.col("event_id"), "is_machine": pl.lit(False), "attributes": pl.col("attributes"),
    }
    return drafts.select([values.get(column, pl.lit(None)).cast(kind).alias(column) for column, kind in SCHEMA.items()])
