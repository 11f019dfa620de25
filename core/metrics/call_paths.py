"""The paths callers take: from element to element to how the call ended, the calls behind each piece of it, and where callers came back to.

Asked as `{"measures": ["calls"], "answer": "call_paths"}`, `"call_loops"`, or `"path_calls:{…}"` with the piece of the paths that is meant, of which
`"first_path_calls:{…}"` are those that a page shows.
"""
import json
from typing import Any

import polars as pl

from core.errors import WrongUsage
from core.metrics.bands import told
from core.metrics.clock import local_texts
from core.metrics.ivr import CALLS, ELEMENT, NEXT, SHARE, meant, paths, starts, steps_known
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

PATHS = ("Each call from its start, over the elements at which its menus, inputs and collects were, to its outcome. Steps at the same element that follow each "
         "other are one. Row: the calls whose n-th element (0: the start) was this, and which went on to that, or ended so.")
LOOPS = ("Times that a caller got to an element where the same call had been before, coming from another one; hearing a menu again "
         "without leaving it is a repeat, not a loop.")
BEHIND = "The calls of one piece of the paths, in the order of their start."
FIRST = 200  # calls of a piece that a page shows
STEP, OUTCOME = Column("step", "Step", Unit.COUNT), Column("outcome", "Ended as", Unit.TEXT)
FROM, TIMES = Column("came_from", "Came from", Unit.TEXT), Column("times", "Times", Unit.COUNT)
CALL = (Column("call_id", "Call ID", Unit.TEXT), Column("profile_id", "Profile ID", Unit.TEXT), Column("started_at", "Started", Unit.TEXT),
        Column("direction", "Direction", Unit.TEXT), Column("version", "Version", Unit.TEXT), Column("last_element", "Last element", Unit.TEXT), OUTCOME,
        Column("duration_s", "Duration", Unit.SECONDS))
PIECE = {"step": "step", "element": "element_id", "next_element": "next_id", "outcome": "outcome"}
GOES_ON = "goes_on"


def call_paths(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (step, element or null: the start, next_element or null: it ended, outcome, calls, share of all calls), by step, most taken first."""
    meant(asked.query, "call_paths", "calls")
    (steps, before), (ways, params) = steps_known(snapshot, asked.query), _ways(asked.query, None)
    frame = snapshot.sql(f"""WITH {steps}way AS ({ways})
        SELECT step, element_id AS element, next_id AS next_element, outcome, count(*) AS calls,
               count(*) / sum(CASE WHEN step = 0 THEN count(*) ELSE 0 END) OVER () AS call_rate
        FROM way GROUP BY step, element_id, next_id, outcome ORDER BY step, calls DESC, element NULLS LAST, next_element NULLS LAST, outcome""",
        [*before, *params])
    return told(asked, frame, (STEP, ELEMENT, NEXT, OUTCOME, CALLS, SHARE), ("Paths", PATHS))


def path_calls(snapshot: Snapshot, asked: Result) -> Result:
    """One row a call of the piece of the paths that follows the name, by its start; its profile_id is personal.

    `path_calls:{"step": 1, "element": "menu", "next_element": null, "outcome": "hangup"}`: each that is given must be so; {"goes_on": true}: it went on."""
    return _behind(snapshot, asked, "path_calls", None, CALL)


def first_path_calls(snapshot: Snapshot, asked: Result) -> Result:
    """The first 200 rows of `path_calls` for the same piece, each with how many there are in all."""
    return _behind(snapshot, asked, "first_path_calls", FIRST, (*CALL, CALLS))


def _behind(snapshot: Snapshot, asked: Result, name: str, most: int | None, columns: tuple[Column, ...]) -> Result:
    meant(asked.query, name, "calls")
    ordered = _calls(snapshot, asked.query, most).sort("started_at", "call_key")  # far less work here than in the SELECT, which would carry the texts along
    return told(asked, local_texts(ordered, snapshot.zones), columns, ("Calls", BEHIND))


def _calls(snapshot: Snapshot, query: Query, most: int | None) -> pl.DataFrame:
    """The calls of a piece, or the first so many of them beside the number of all: found before any id of a profile is looked up and any time written out."""
    piece = piece_in(query.answer or "")
    (steps, before), (ways, params) = steps_known(snapshot, query), _ways(query, piece.get("step"))
    given = [(PIECE[name], value) for name, value in piece.items() if name in PIECE]
    conditions = [f"{column} IS NOT DISTINCT FROM ?" for column, _ in given] + (["next_id IS NOT NULL"] if piece.get(GOES_ON) else [])
    only = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    first = "" if most is None else f" ORDER BY started_at NULLS FIRST, call_key LIMIT {most}"
    return snapshot.sql(f"""WITH {steps}way AS ({ways}),
        piece AS (SELECT call_key, started_at FROM calls WHERE call_key IN (SELECT call_key FROM way{only}))
        SELECT call_key, call_id, profile_id, started_at, direction, version, last_element_id AS last_element, outcome, duration_s,
               (SELECT count(*) FROM piece) AS calls
        FROM calls LEFT JOIN profiles USING (profile_key) WHERE call_key IN (SELECT call_key FROM piece{first})""",
        [*before, *params, *(value for _, value in given)])


def call_loops(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (element come back to, came_from, calls, times), most calls first."""
    meant(asked.query, "call_loops", "calls")
    (steps, before), (places, params) = steps_known(snapshot, asked.query), paths(asked.query)
    frame = snapshot.sql(f"""WITH {steps}place AS ({places})
        SELECT element_id AS element, before_id AS came_from, count(DISTINCT call_key) AS calls, count(*) AS times
        FROM (SELECT *, row_number() OVER (PARTITION BY call_key, element_id ORDER BY step) AS nth FROM place) WHERE nth > 1
        GROUP BY element_id, before_id ORDER BY calls DESC, times DESC, element, came_from""", [*before, *params])
    return told(asked, frame, (ELEMENT, FROM, CALLS, TIMES), ("Loops", LOOPS))


def piece_of(answer: str = "path_calls", /, **piece: Any) -> str:
    """The answer's name for the calls behind this piece of the paths, or the first of them."""
    return f"{answer}:{json.dumps(piece, ensure_ascii=False, sort_keys=True)}"


def piece_in(name: str) -> dict[str, Any]:
    """The piece that an answer's name means: the reverse of `piece_of`. Raises WrongUsage."""
    text = name.partition(":")[2] or "{}"
    try:
        piece = json.loads(text)
    except json.JSONDecodeError:
        piece = None
    right = isinstance(piece, dict) and set(piece) <= {*PIECE, GOES_ON} and all(value is None or isinstance(value, str | int) for value in piece.values())
    if not right or not isinstance(piece.get("step", 0), int):
        raise WrongUsage(f'path_calls is followed by what is meant, path_calls:{{"step": 1, "element": "menu"}}, not by “{text}”.')
    return dict(piece)


def _ways(query: Query, step: int | None) -> tuple[str, Params]:
    """The pieces of the paths, or those of that step alone: 0 is the start."""
    read = [rows(query) for is_meant, rows in ((step in (None, 0), starts), (step != 0, paths)) if is_meant]
    return "\nUNION ALL\n".join(text for text, _ in read), [param for _, params in read for param in params]
