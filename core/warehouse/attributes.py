"""What the entries of runs say beside the columns: the attributes that the account names, in `run_attributes`, one row a run and name.

They are read from the log by this engine, whichever one made the facts: JSON is read in one place alone.
"""
from collections import Counter
from collections.abc import Iterator, Sequence

import duckdb
import orjson
import polars as pl

from core.contract.objects import Number, number_text, parse
from core.eventlog import Segment
from core.warehouse.engine import Engine
from core.warehouse.snapshots import published

BATCH = 122_880  # records read at once
NEWEST = 10_000  # entries that are looked through for what they say
MOST_LOOKED_THROUGH = 2_000_000  # records among which they are looked for: a log may have few entries
ENTERED = {"journey_id": pl.String(), "entry_id": pl.String(), "position": pl.Int64(), "occurred_at": pl.Datetime("us", "UTC"), "attributes": pl.String()}
SAID = {"position": pl.Int64(), "name": pl.String(), "value": pl.String()}


def keep(engine: Engine, names: Sequence[str]) -> None:
    """The whole table, from `log_event` and `snap.runs`."""
    engine.run("CREATE OR REPLACE TABLE snap.run_attributes (run_key BIGINT, name VARCHAR, value VARCHAR)")
    if names:
        add(engine, names, entries="memory.main.log_event", runs="snap.runs")


def move(engine: Engine, names: Sequence[str]) -> None:
    """As the touched runs change it. Given: `touched`, and `picked` with all events of these runs."""
    if not names:
        return  # a snapshot from before there were any has no table
    engine.run("DELETE FROM snap.run_attributes WHERE run_key IN (SELECT run_key FROM touched)")
    add(engine, names, entries="memory.main.picked", runs="(SELECT * FROM snap.runs WHERE run_key IN (SELECT run_key FROM touched))")


def add(engine: Engine, names: Sequence[str], *, entries: str, runs: str) -> None:
    """The rows of these runs: what the earliest of a run's entered events that says it says, as with its version and sub-account (interface §3)."""
    engine.run("CREATE OR REPLACE TABLE memory.main.said (position BIGINT, name VARCHAR, value VARCHAR)")
    for frame in said(engine, names, entries):
        engine.connection.register("said_frame", frame)
        engine.run("INSERT INTO memory.main.said SELECT * FROM said_frame")
        engine.connection.unregister("said_frame")
    engine.run(f"""INSERT INTO snap.run_attributes
        SELECT run.run_key, said.name, said.value FROM said JOIN {runs} AS run ON run.run_key = said.position WHERE run.entry_id IS NULL
        UNION ALL
        SELECT run.run_key, said.name, min_by(said.value, moment_of(entry.occurred_at, entry.position))
        FROM said
        JOIN {entries} AS entry ON entry.position = said.position AND entry.event_type = 'journey.entered'
        JOIN {runs} AS run ON run.journey_id = entry.journey_id AND run.entry_id = entry.entry_id
        GROUP BY run.run_key, said.name
        ORDER BY name, run_key""")
    engine.drop("said")


def said(engine: Engine, names: Sequence[str], entries: str) -> Iterator[pl.DataFrame]:
    """(position, name, value) of the entered events, in batches; what says nothing of a name has no row."""
    with engine.connection.cursor() as cursor:
        found = cursor.sql(f"SELECT position, attributes FROM {entries} WHERE event_type = 'journey.entered' AND attributes IS NOT NULL")
        for batch in found.to_arrow_reader(BATCH):
            frame = pl.DataFrame(batch)
            texts: list[str] = frame["attributes"].unique().to_list()
            told = [(text, name, value) for text in texts for name, value in values(text, names)]
            each = pl.DataFrame(told, schema={"attributes": pl.String(), "name": pl.String(), "value": pl.String()}, orient="row")
            yield frame.join(each, on="attributes").select(*SAID)


def entered_with(segments: Sequence[Segment], profile_id: str) -> pl.DataFrame:
    """The entered events, of whomever, of the runs by entry_id that this profile entered too."""
    if not segments:
        return pl.DataFrame(schema=ENTERED)
    entries = pl.scan_parquet([segment.path for segment in segments]).filter(pl.col("event_type") == "journey.entered", pl.col("entry_id").is_not_null())
    runs = entries.filter(pl.col("profile_id") == profile_id).select("journey_id", "entry_id").unique()
    return entries.join(runs, on=["journey_id", "entry_id"], how="semi").select(*ENTERED).sort("occurred_at", "position").collect()


def say_again(connection: duckdb.DuckDBPyConnection, entered: pl.DataFrame) -> None:
    """What these runs say in a snapshot, by their events as the log has them now: one that several persons entered says what another of them said."""
    snapshot = published(connection)
    said: dict[tuple[str, str, str], str] = {}
    for journey, entry, text in entered.filter(pl.col("position") <= snapshot.position).select("journey_id", "entry_id", "attributes").drop_nulls().iter_rows():
        for name, value in values(text, orjson.loads(snapshot.attributes)):
            said.setdefault((journey, entry, name), value)
    for (journey, entry, name), value in said.items():
        connection.execute("""UPDATE run_attributes SET value = $4 WHERE name = $3 AND value <> $4
            AND run_key IN (SELECT run_key FROM runs WHERE journey_id = $1 AND entry_id = $2)""", [journey, entry, name, value])


def values(attributes: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, value) of those of the names that the JSON object gives a text, number or truth value: as text, numbers by value; "" is none."""
    given = parse(attributes)
    said = {name: text_of(given.get(name)) for name in names} if isinstance(given, dict) else {}
    return ((name, value) for name, value in said.items() if value)


def text_of(value: object) -> str | None:
    """A value as filters name it; null, lists and objects are none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number | int | float):
        return number_text(str(value))
    return value if isinstance(value, str) else None


def names(segments: Sequence[Segment]) -> dict[str, float]:
    """What the newest entries say that could filter: name → the share of them that says it, most first."""
    texts = pl.Series("attributes", [], dtype=pl.String)
    looked_through = 0
    for segment in reversed(segments):
        entries = pl.scan_parquet(segment.path).filter(pl.col("event_type") == "journey.entered").select("attributes").tail(NEWEST - len(texts)).collect()
        texts, looked_through = texts.append(entries["attributes"]), looked_through + segment.rows
        if len(texts) == NEWEST or looked_through > MOST_LOOKED_THROUGH:
            break
    said: Counter[str] = Counter()
    for text, n in texts.drop_nulls().value_counts().iter_rows():
        given = parse(text)
        said.update({name: n for name, value in given.items() if text_of(value)} if isinstance(given, dict) else {})
    return {name: n / len(texts) for name, n in said.most_common()}
