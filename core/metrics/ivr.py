"""What the answers about calls share: the calls and steps that a question means, and the pieces of their paths."""
from core.errors import WrongUsage
from core.metrics.bands import Bands
from core.metrics.facts import Rows
from core.metrics.measures import MEASURES
from core.metrics.once import has_column
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit
from core.warehouse import sqlfile
from core.warehouse.snapshots import Snapshot

ELEMENT, NEXT = Column("element", "Element", Unit.TEXT), Column("next_element", "Next element", Unit.TEXT)
CALLS, SHARE = Column("calls", "Calls", Unit.COUNT), Column("call_rate", "Share of calls", Unit.RATE)
LENGTHS: Bands = ((10, "under 10 s"), (20, "10 to 20 s"), (30, "20 to 30 s"), (60, "30 s to 1 min"), (120, "1 to 2 min"), (180, "2 to 3 min"),
                  (300, "3 to 5 min"), (600, "5 to 10 min"), (1800, "10 to 30 min"), (None, "30 min or more"))

_PLACED = Rows("call_steps", "", "call", "call")


def meant(query: Query, answer: str, measure: str, by: tuple[str, ...] = ()) -> None:
    """Raises WrongUsage unless the question is of this measure, split by none but these."""
    if query.measures != (measure,) or not set(query.dimensions) <= set(by):
        split = f", by any of: {', '.join(by)}" if by else ", without dimensions"
        raise WrongUsage(f"The answer “{answer}” is of the measure {measure}{split}.")


def call_rows(query: Query, table: str, columns: list[str], only: str = "") -> tuple[str, Params]:
    """One row a call (table `calls`) or a step of a call (`call_steps`) that the question means: its dimensions, then these columns.

    Filters are those of the measure asked: all that are of calls act on both tables."""
    rows = Rows(table, only, "call", "call")
    return fact_rows(rows, Part("facts", (MEASURES[query.measures[0]],), query.dimensions, query.where, rows=(rows,)), query, columns)


def steps_known(snapshot: Snapshot, query: Query) -> tuple[str, Params]:
    """CTEs, each followed by a comma, with which a question finds `call_steps` with each step's place on the path, and `calls` with the first element.

    Built tables have them, so none is needed; of a snapshot built before they are made of what it has, for the calls of the days and journeys asked.
    """
    if has_column(snapshot, "call_steps", "place"):
        return "", []
    only = tuple(item for item in query.where if item[0] == "journey")
    said, params = fact_rows(_PLACED, Part("facts", (MEASURES["calls"],), (), only), query, ["*"])
    return f"""call_said AS ({said.replace("FROM call_steps", "FROM main.call_steps")}), call_steps AS (\n{sqlfile.select("call_steps")}\n),
        calls AS (SELECT known.*, first.element_id AS first_element_id FROM main.calls AS known
                  LEFT JOIN (SELECT call_key, element_id FROM call_steps WHERE place = 1) AS first USING (call_key)), """, params


def paths(query: Query) -> tuple[str, Params]:
    """Rows (dimensions, call_key, step, element_id, before_id, next_id, outcome), one each time a caller got to an element that is not the one where the
    step before was; a step that names no element is passed over. `outcome` where the call goes on to none."""
    columns = ["call_key", "place AS step", "element_id", "came_from_id AS before_id", "goes_to_id AS next_id", _ended("goes_to_id")]
    return call_rows(query, "call_steps", columns, "place IS NOT NULL")


def starts(query: Query) -> tuple[str, Params]:
    """The same rows for the start of each call: step 0, at no element."""
    columns = ["call_key", "0 AS step", "NULL::VARCHAR AS element_id", "NULL::VARCHAR AS before_id", "first_element_id AS next_id", _ended("first_element_id")]
    return call_rows(query, "calls", columns)


def _ended(goes_to: str) -> str:
    return f"CASE WHEN {goes_to} IS NULL THEN outcome END AS outcome"
