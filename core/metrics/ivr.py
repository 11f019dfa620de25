"""What the answers about calls share: the calls and steps that a question means, and how a caller's steps become a path."""
from core.errors import WrongUsage
from core.metrics.bands import Bands
from core.metrics.facts import Rows
from core.metrics.measures import MEASURES
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit

ELEMENT, NEXT = Column("element", "Element", Unit.TEXT), Column("next_element", "Next element", Unit.TEXT)
CALLS, SHARE = Column("calls", "Calls", Unit.COUNT), Column("call_rate", "Share of calls", Unit.RATE)
LENGTHS: Bands = ((10, "under 10 s"), (20, "10 to 20 s"), (30, "20 to 30 s"), (60, "30 s to 1 min"), (120, "1 to 2 min"), (180, "2 to 3 min"),
                  (300, "3 to 5 min"), (600, "5 to 10 min"), (1800, "10 to 30 min"), (None, "30 min or more"))


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


def paths(query: Query) -> tuple[str, Params]:
    """CTEs `step` and `place`: (call_key, step, element_id, before_id, next_id, outcome), one row each time a caller got to an element that is
    not the one where the step before was, in the order of time; a step that names no element is passed over."""
    steps, params = call_rows(query, "call_steps", ["call_key", "element_id", "stepped_at", "position", "outcome"], "element_id IS NOT NULL")
    return f"""step AS ({steps}), moved AS (
        SELECT * FROM (SELECT *, lag(element_id) OVER (PARTITION BY call_key ORDER BY stepped_at, position) AS before_id FROM step)
        WHERE element_id IS DISTINCT FROM before_id
    ), place AS (
        SELECT call_key, element_id, before_id, outcome, row_number() OVER in_order AS step, lead(element_id) OVER in_order AS next_id
        FROM moved WINDOW in_order AS (PARTITION BY call_key ORDER BY stepped_at, position)
    )""", params
