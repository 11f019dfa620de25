"""What the runs did that a stretch of the log began, such as the entries of one fetched file: step by step, and entry by entry."""
from dataclasses import dataclass

import polars as pl

from core.metrics.clock import local_texts
from core.metrics.result import Column
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

# Positions are the log's own, and a batch has consecutive ones: no id has to be looked up, and no event of another batch is among them.
_BEGUN = "WITH begun AS (SELECT * FROM runs WHERE start_position BETWEEN $1 AND $2)\n"


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `sql` selects (profile_key) of each fact that is counted."""

    name: str
    label: str
    definition: str
    of: str  # what `counted` counts, in words
    sql: str


STEPS = (
    Step("entered", "Entered", "Profiles with a run that one of these entries started; counted: those runs.", "entries", "SELECT profile_key FROM begun"),
    Step("messaged", "Messaged", "Of them, profiles with a message sent in such a run; counted: those messages.", "messages sent",
         "SELECT profile_key FROM messages SEMI JOIN begun USING (run_key) WHERE sent_at IS NOT NULL"),
    Step("viewing", "Viewed a message", "Of them, profiles with a message of such a run viewed by a human; counted: those messages.", "messages viewed",
         "SELECT profile_key FROM messages SEMI JOIN begun USING (run_key) WHERE viewed_at IS NOT NULL"),
    Step("goal", "Reached the goal", "Of them, profiles with a goal event of such a run; counted: those goal events.", "goal events",
         "SELECT profile_key FROM goals SEMI JOIN begun USING (run_key)"),
    Step("exited", "Reached an exit point", "Of them, profiles whose run's exit is an exit point; counted: those runs.", "exits",
         "SELECT profile_key FROM begun WHERE is_exit_point"),
    Step("waiting", "Still in the journey", "Of them, profiles with a run that has no exit yet; counted: those runs.", "runs",
         "SELECT profile_key FROM begun WHERE exited_at IS NULL"),
)
COLUMNS = (Column("step", "Step", Unit.TEXT), Column("people", "People", Unit.PEOPLE), Column("share", "Share of the people who entered", Unit.RATE),
           Column("counted", "Counted", Unit.COUNT), Column("of", "What is counted", Unit.TEXT))
ENTRY_COLUMNS = tuple(Column(name, name, Unit.COUNT if name in ("Messages sent", "Messages viewed", "Goal events") else Unit.TEXT) for name in (
    "Person ID", "Entered At", "Messages sent", "Messages viewed", "Goal events", "First goal event At", "Exited At", "Exit reason"))
_ENTRIES = _BEGUN + """SELECT profiles.profile_id AS "Person ID", begun.started_at AS "Entered At", coalesce(sent.n, 0) AS "Messages sent",
       coalesce(sent.viewed, 0) AS "Messages viewed", begun.goal_events AS "Goal events", reached.performed_at AS "First goal event At",
       begun.exited_at AS "Exited At", begun.exit_reason AS "Exit reason"
FROM begun
LEFT JOIN profiles USING (profile_key)
LEFT JOIN (SELECT run_key, count(sent_at) AS n, count(viewed_at) AS viewed FROM messages SEMI JOIN begun USING (run_key) GROUP BY run_key) AS sent
    USING (run_key)
LEFT JOIN (SELECT run_key, min(performed_at) AS performed_at FROM goals SEMI JOIN begun USING (run_key) GROUP BY run_key) AS reached USING (run_key)
ORDER BY begun.start_position"""


def is_built(snapshot: Snapshot, last: int) -> bool:
    """Whether the snapshot holds the log up to this position: a batch is in a snapshot as a whole, or not yet."""
    return snapshot.published.position >= last


def following(snapshot: Snapshot, first: int, last: int) -> pl.DataFrame:
    """One row a step, in the order of STEPS, over the runs that the records at these positions started; COLUMNS says what each column is.

    `share` is null where nobody entered. All that the snapshot knows counts, whenever it happened (design §6, basis “entered”).
    """
    lines = [f"SELECT {place} AS place, count(DISTINCT profile_key) AS people, count(*) AS counted FROM ({step.sql})" for place, step in enumerate(STEPS)]
    counts = snapshot.sql(_BEGUN + "\nUNION ALL\n".join(lines) + "\nORDER BY place", [first, last])
    entered = counts["people"][0]
    steps = pl.DataFrame({"step": [step.label for step in STEPS], "of": [step.of for step in STEPS]})
    share = pl.Series("share", [people / entered if entered else None for people in counts["people"]], dtype=pl.Float64)
    return pl.concat([steps, counts], how="horizontal").with_columns(share).select(column.name for column in COLUMNS)


def entries(snapshot: Snapshot, first: int, last: int) -> pl.DataFrame:
    """The rows behind `following`: one an entry, in the order of the log; times are text in the account's zone."""
    return local_texts(snapshot.sql(_ENTRIES, [first, last]), snapshot.zones)
