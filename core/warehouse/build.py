"""Build an account's warehouse from its log: in full, or as an increment on the last snapshot; publish it, or leave the last one as it is."""
import fcntl
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from core.errors import JourneysError, WrongUsage, unknown
from core.eventlog import Document, EventLog, Segment
from core.warehouse import attributes, dimensions, full, increment, snapshots, spark_clocks, sqlfile
from core.warehouse.engine import Engine, reopened
from core.warehouse.spark import SparkEngine
from core.warehouse.zones import Zones, as_text

ENGINES = ("duckdb", "spark")
WAIT_S = 60.0
MEMORY = "5GB"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the published snapshot and what it counts."""

    snapshot: str
    as_of: datetime
    events: int
    runs: int
    orphans: int
    full: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Source:
    """What the log held when the build began."""

    segments: tuple[Segment, ...]
    documents: tuple[Document, ...]
    position: int


@dataclass(frozen=True, slots=True)
class How:
    """What a build is told besides the log."""

    folder: Path
    zones: Zones
    currency: str
    as_of: datetime
    engine: str
    memory: str
    touched_limit: float
    started: float
    attributes: tuple[str, ...]


def build(log: EventLog, folder: Path, *, zones: Zones, currency: str, as_of: datetime, full: bool = False, engine: str = "duckdb",
          memory: str = MEMORY, wait_s: float = WAIT_S, touched_limit: float = increment.TOUCHED_LIMIT, attributes: Sequence[str] = ()) -> Built:
    """Build and publish a snapshot of the log as it is now.

    `as_of` is the moment of the build (aware). Engine “spark” builds in full; later increments grow from what it made. A second build of the same account
    waits `wait_s` for the first; raises JourneysError where that takes longer, the disk is full or the log cannot be read: the last snapshot stays as it
    is. Over `touched_limit` (a share of all runs) an increment gives way to a full build. `attributes`: names of the entries' attributes that runs can be
    filtered by.
    """
    if engine not in ENGINES:
        raise WrongUsage(unknown("engine", engine, ENGINES))
    started = time.monotonic()
    with locked(folder, wait_s), log.reading():
        segments = log.segments()
        source = Source(segments, log.documents(), segments[-1].last_position if segments else 0)
        try:
            how = How(folder, zones, currency, as_of, engine, memory, touched_limit, started, tuple(attributes))
            return make(source, how, full or engine != "duckdb")
        except (duckdb.Error, OSError) as error:
            if not is_of_the_machine(error):
                raise
            said = f"The build stopped and the last snapshot is unchanged: {first_line(error)}"
            raise JourneysError(f"{said} (disk full? `journeys doctor` shows what is free)") from error
        finally:
            sweep(folder)


def make(source: Source, how: How, full_asked: bool) -> Built:
    """Build into a private file, hold it to what was built, publish."""
    folder, as_of = how.folder, how.as_of
    sweep(folder)
    last = None if full_asked else previous(source, how)
    made = folder / "building" / "snapshot.duckdb"
    made.parent.mkdir(parents=True, exist_ok=True)
    draft = snapshots.Published(
        snapshot=name_for(folder, as_of), as_of=as_of, position=source.position, events=source.position, documents=len(source.documents),
        zones=as_text(how.zones), currency=how.currency, engine=how.engine, is_full=True, seconds=0.0, edition=sqlfile.edition(),
        attributes=snapshots.names_text(how.attributes),
    )
    counted = None
    if last is not None:
        try:
            snapshots.copy(folder, last.snapshot, made)
            counted = run(made, source, replace(draft, is_full=False), how, after=last.position)
        except increment.TooMuchTouched:
            sweep(folder)
            made.parent.mkdir(parents=True, exist_ok=True)
    if counted is None:
        counted = run(made, source, draft, how, after=None)
    record, runs, orphans = counted
    reopened(made, record)
    snapshots.publish(folder, made, record.snapshot, as_of)
    return Built(record.snapshot, as_of, record.events, runs, orphans, record.is_full, record.seconds)


def run(file: Path, source: Source, draft: snapshots.Published, how: How, after: int | None) -> tuple[snapshots.Published, int, int]:
    """One build into `file`: from nothing where `after` is None, else on top of what the file holds up to that position."""
    engine = Engine(file, zones=how.zones, currency=how.currency, memory=how.memory)
    try:
        on_spark = after is None and how.engine == "spark"
        known = None if after is None else snapshots.published(engine.connection, "snap.").attributes
        engine.read_log(() if on_spark else source.segments)
        for name, frame in dimensions.tables(source.documents).items():
            engine.frame(name, frame)
        if on_spark:
            with SparkEngine(engine, file.parent / "spark", zones=how.zones, currency=how.currency) as spark:
                spark_clocks.hold_equal(spark.spark, how.zones, how.as_of)
                spark.read_log(source.segments)
                for name, frame in dimensions.tables(source.documents).items():
                    spark.frame(name, frame)
                spark.build()
        elif after is None:
            full.build(engine)
        elif after < source.position:
            increment.build(engine, after, how.touched_limit)
        describe(engine)
        if on_spark:
            engine.drop("log_event")
            engine.read_log(source.segments)
        if known != draft.attributes:
            attributes.keep(engine, how.attributes)
        elif after is not None and after < source.position:
            attributes.move(engine, how.attributes)
        record = replace(draft, seconds=round(time.monotonic() - how.started, 3))
        engine.record(record)
        counts = engine.number("SELECT count(*) FROM snap.runs"), engine.number("SELECT count(*) FROM snap.orphans")
        engine.finish()
    finally:
        engine.connection.close()
    return record, *counts


def describe(engine: Engine) -> None:
    """Publish the dimensions: the catalog's, and the journeys and versions that occur in events alone."""
    for name in ("arms", "elements"):
        engine.run(f"CREATE OR REPLACE TABLE snap.{name} AS SELECT * FROM memory.main.{name} ORDER BY journey_id, version, ordinal")
    engine.run("""CREATE OR REPLACE TABLE snap.journeys AS
        SELECT * FROM memory.main.journeys
        UNION ALL BY NAME
        SELECT named.journey_id, named.journey_id AS name, FALSE AS is_catalogued, []::VARCHAR[] AS tags
        FROM snap.named_journeys AS named ANTI JOIN memory.main.journeys AS known ON known.journey_id = named.journey_id""")
    engine.run("""CREATE OR REPLACE TABLE snap.versions AS
        SELECT * FROM memory.main.versions
        UNION ALL BY NAME
        SELECT DISTINCT run.journey_id, run.version, FALSE AS is_catalogued FROM snap.runs AS run
        ANTI JOIN memory.main.versions AS known ON known.journey_id = run.journey_id AND known.version = run.version WHERE run.version IS NOT NULL""")


def previous(source: Source, how: How) -> snapshots.Published | None:
    """The snapshot to grow from, or None where only a full build gives what the log now says."""
    newest = snapshots.current(how.folder)
    file = snapshots.file_of(how.folder, newest) if newest else None
    if file is None or not file.exists():
        return None
    try:
        connection = snapshots.opened(file)
    except duckdb.Error:  # a snapshot that does not open is replaced by a full build
        return None
    with connection:
        last = snapshots.published(connection)
        same = last.edition == sqlfile.edition() and last.zones == as_text(how.zones) and last.currency == how.currency and last.position <= source.position
        return last if same and last.documents <= len(source.documents) and not rewrites(connection, source.documents, last.documents) else None


def rewrites(connection: duckdb.DuckDBPyConnection, documents: Sequence[Document], known: int) -> bool:
    """Do the documents after the first `known` say something else of runs that are built already?"""
    last: dict[str, dict[int, Any]] = {document.body["journey_id"]: meanings(document) for document in documents[:known]}
    for document in documents[known:]:
        journey, now = document.body["journey_id"], meanings(document)
        before, last[journey] = last.get(journey, {}), now
        if not connection.execute("SELECT 1 FROM named_journeys WHERE journey_id = ?", [journey]).fetchall():
            continue
        if document.replaced or any(now.get(number) != meaning for number, meaning in before.items()):
            return True
        added = {number: meaning[0] for number, meaning in now.items() if number not in before}
        if added and (reaches_back(connection, journey, added) or min(added) < max(before, default=0) or not any(meaning[0] for meaning in before.values())):
            return True
    return False


def meanings(document: Document) -> dict[int, tuple[Any, ...]]:
    """Of each version what its runs take from it: published_at, goal, arms, and of its elements the kind and what they lead to (a draft's may change)."""
    return {version["version"]: (version.get("published_at"), version.get("goal"), version.get("arms"), leading(version.get("elements") or []))
            for version in document.body.get("versions") or []}


def leading(elements: Sequence[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Element → its kind and the elements it leads to."""
    return {element["element_id"]: (element.get("kind"), {way.get("to") for way in element.get("next") or []}) for element in elements}


def reaches_back(connection: duckdb.DuckDBPyConnection, journey: str, added: dict[int, str | None]) -> bool:
    """Could a run that is built have one of these new versions: does it name one, or start when one was in force already?"""
    had = "SELECT 1 FROM runs WHERE journey_id = ? AND (version = ? OR started_at >= ?) LIMIT 1"
    return any(connection.execute(had, [journey, number, dimensions.moment(published_at)]).fetchall() for number, published_at in added.items())


@contextmanager
def locked(folder: Path, wait_s: float) -> Iterator[None]:
    """One build of an account at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_s
    with (folder / "build.lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise JourneysError(f"Another build of this account has been running for over {wait_s:.0f} s: try again when it has ended.") from None
                time.sleep(0.1)  # flock has no timeout of its own
        yield


def sweep(folder: Path) -> None:
    """Remove what a build left unfinished, a killed one too."""
    shutil.rmtree(folder / "building", ignore_errors=True)


def name_for(folder: Path, as_of: datetime) -> str:
    """An id that sorts by time and is not taken."""
    stem = f"s-{as_of:%Y%m%d-%H%M%S}"
    names = [stem, *(f"{stem}-{n}" for n in range(2, 10_000))]
    return next(name for name in names if not snapshots.file_of(folder, name).exists())


def is_of_the_machine(error: Exception) -> bool:
    """Is it for want of room, memory or a file? A commit that could not be written is a TransactionException to DuckDB."""
    return isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | OSError) or "Could not write file" in str(error)


def first_line(error: BaseException) -> str:
    """The first line of an error's text, its cause alone where DuckDB wraps it; its type where it has none."""
    return next(iter(str(error).rpartition("Original error: ")[2].splitlines()), "") or type(error).__name__
