"""The paths callers take: from element to element to how the call ended, the calls behind each piece of it, and where callers came back to.

Asked as `{"measures": ["calls"], "answer": "call_paths"}`, `"call_loops"`, or `"path_calls:{…}"` with the piece of the paths that is meant.
"""
import json
from typing import Any

from core.errors import WrongUsage
from core.metrics.bands import told
from core.metrics.clock import local_texts
from core.metrics.ivr import CALLS, ELEMENT, NEXT, SHARE, call_rows, meant, paths
from core.metrics.result import Column, Result
from core.metrics.sql import Params
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

PATHS = ("Each call from its start, over the elements at which its menus, inputs and collects were, to its outcome. Steps at the same element that follow each "
         "other are one. Row: the calls whose n-th element (0: the start) was this, and which went on to that, or ended so.")
LOOPS = ("Times that a caller got to an element where the same call had been before, coming from another one; hearing a menu again "
         "without leaving it is a repeat, not a loop.")
BEHIND = "The calls of one piece of the paths, in the order of their start."
STEP, OUTCOME = Column("step", "Step", Unit.COUNT), Column("outcome", "Ended as", Unit.TEXT)
FROM, TIMES = Column("came_from", "Came from", Unit.TEXT), Column("times", "Times", Unit.COUNT)
CALL = (Column("call_id", "Call ID", Unit.TEXT), Column("profile_id", "Profile ID", Unit.TEXT), Column("started_at", "Started", Unit.TEXT),
        Column("direction", "Direction", Unit.TEXT), Column("version", "Version", Unit.TEXT), Column("last_element", "Last element", Unit.TEXT), OUTCOME,
        Column("duration_s", "Duration", Unit.SECONDS))
PIECE = {"step": "step", "element": "element_id", "next_element": "next_id", "outcome": "outcome"}
GOES_ON = "goes_on"

_WAYS = """way AS (
    SELECT call_key, step, element_id, next_id, CASE WHEN next_id IS NULL THEN outcome END AS outcome FROM place
    UNION ALL
    SELECT call.call_key, 0, NULL, place.element_id, CASE WHEN place.call_key IS NULL THEN call.outcome END
    FROM call LEFT JOIN place ON place.call_key = call.call_key AND place.step = 1
)"""


def call_paths(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (step, element or null: the start, next_element or null: it ended, outcome, calls, share of all calls), by step, most taken first."""
    meant(asked.query, "call_paths", "calls")
    ctes, params = _ways(asked)
    frame = snapshot.sql(f"""WITH {ctes}
        SELECT step, element_id AS element, next_id AS next_element, outcome, count(*) AS calls, count(*) / (SELECT count(*) FROM call) AS call_rate
        FROM way GROUP BY step, element_id, next_id, outcome ORDER BY step, calls DESC, element NULLS LAST, next_element NULLS LAST, outcome""", params)
    return told(asked, frame, (STEP, ELEMENT, NEXT, OUTCOME, CALLS, SHARE), ("Paths", PATHS))


def path_calls(snapshot: Snapshot, asked: Result) -> Result:
    """One row a call of the piece of the paths that follows the name, by its start; its profile_id is personal.

    `path_calls:{"step": 1, "element": "menu", "next_element": null, "outcome": "hangup"}`: each that is given must be so; {"goes_on": true}: it went on."""
    meant(asked.query, "path_calls", "calls")
    ctes, params = _ways(asked)
    piece = piece_in(asked.query.answer or "")
    given = [(PIECE[name], value) for name, value in piece.items() if name in PIECE]
    conditions = [f"way.{column} IS NOT DISTINCT FROM ?" for column, _ in given] + (["way.next_id IS NOT NULL"] if piece.get(GOES_ON) else [])
    frame = snapshot.sql(f"""WITH {ctes}
        SELECT calls.call_id, profiles.profile_id, calls.started_at, calls.direction, calls.version, calls.last_element_id AS last_element, calls.outcome,
               calls.duration_s
        FROM (SELECT DISTINCT call_key FROM way{f" WHERE {' AND '.join(conditions)}" if conditions else ""})
        JOIN calls USING (call_key) LEFT JOIN profiles USING (profile_key) ORDER BY calls.started_at, calls.call_key""",
        [*params, *(value for _, value in given)])
    return told(asked, local_texts(frame, snapshot.zones), CALL, ("Calls", BEHIND))


def call_loops(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (element come back to, came_from, calls, times), most calls first."""
    meant(asked.query, "call_loops", "calls")
    ctes, params = paths(asked.query)
    frame = snapshot.sql(f"""WITH {ctes}
        SELECT element_id AS element, before_id AS came_from, count(DISTINCT call_key) AS calls, count(*) AS times
        FROM (SELECT *, row_number() OVER (PARTITION BY call_key, element_id ORDER BY step) AS nth FROM place) WHERE nth > 1
        GROUP BY element_id, before_id ORDER BY calls DESC, times DESC, element, came_from""", params)
    return told(asked, frame, (ELEMENT, FROM, CALLS, TIMES), ("Loops", LOOPS))


def piece_of(**piece: Any) -> str:
    """The answer's name for the calls behind this piece of the paths."""
    return f"path_calls:{json.dumps(piece, ensure_ascii=False, sort_keys=True)}"


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


def _ways(asked: Result) -> tuple[str, Params]:
    calls, own = call_rows(asked.query, "calls", ["call_key", "outcome"])
    ctes, params = paths(asked.query)
    return f"call AS ({calls}), {ctes}, {_WAYS}", [*own, *params]
