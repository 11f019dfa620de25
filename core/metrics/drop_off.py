"""Where a journey loses goal value: people who stopped at an element, times what a person who passed it was worth.

Beside the fixed list of measures: asked as `{"measures": ["goal_value"], "answer": "drop_off"}` of one journey; by currency where there are several.
"""
from dataclasses import replace
from datetime import date

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED, Rows
from core.metrics.held import rounded
from core.metrics.held_stops import TOLD_BY, Stops, stops_of
from core.metrics.measures import MEASURES
from core.metrics.once import once
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.rows import Row
from core.metrics.sql import fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Lost goal value = people who ended or wait at the element × value per person who passed it. People who ended or wait: distinct profiles with "
              "a run that is at the element. Value per person who passed: the goal value of all runs that went on from it, over the distinct profiles of "
              "these runs. An element that nobody passed, as an exit, loses nothing. It is what these people would have brought had they gone on as the "
              "others did: an estimate to rank elements by, which cannot be added up.")
ARRIVED, GOALS = Rows("arrivals", happened="arrived"), Rows("goals")
ELEMENT = Column("element", "Element", Unit.TEXT)
PEOPLE = (Column("stopped", "Ended or waiting, people", Unit.PEOPLE), Column("stopped_at_goal", "Of them with a goal event", Unit.PEOPLE),
          Column("passed", "Passed, people", Unit.PEOPLE))
MONEY = (Column("value_a_person", "Value per person who passed", Unit.MONEY), Column("lost_value", "Lost goal value", Unit.MONEY))
SCHEMA = {"element": pl.String(), "currency": pl.String(), "stopped": pl.Int64(), "stopped_at_goal": pl.Int64(), "passed": pl.Int64(),
          "value_a_person": pl.Decimal(38, 6), "lost_value": pl.Decimal(38, 6)}
CURRENCY = Column("currency", "Currency", Unit.TEXT)
ELEMENTS = "SELECT DISTINCT element_id FROM daily WHERE measure = 'element_arrived' AND journey_id = ? ORDER BY element_id"
WORD = 62  # bits of a whole number that are used


def drop_off(snapshot: Snapshot, asked: Result) -> Result:
    """A row an element at which a run arrived (and currency), by currency the most lost first, those without a value last."""
    query = asked.query
    journeys = [values for name, values in query.where if name == "journey"]
    if query.measures != ("goal_value",) or set(query.dimensions) - {"currency"} or [len(values) for values in journeys] != [1]:
        raise WrongUsage("The answer “drop_off” is of the measure goal_value in one journey, without dimensions but currency: filter by a journey.")
    (journey,) = journeys[0]
    is_holdable = journey is not None and {name for name, _ in query.where} <= {"journey", "currency", *TOLD_BY}
    held = stops_of(snapshot, str(journey)) if is_holdable else None
    frame = _by_sql(snapshot, query) if held is None else _from_memory(held, query)
    by = [ELEMENT, *(CURRENCY for _ in query.dimensions)]
    return replace(asked, frame=frame, columns=(*by, *PEOPLE, *MONEY), definitions=(("Lost goal value", DEFINITION),))


def _from_memory(held: Stops, query: Query) -> pl.DataFrame:
    days = (query.first or date.min).toordinal(), (query.last or date.max).toordinal()
    values: dict[str, list[tuple[str | None, int]]] = {}
    for (element, currency), micros in held.worth(query.basis, days, query.where).items():
        values.setdefault(element, []).append((currency, micros))
    rows: list[Row] = []
    for element, stopped, at_goal, passed in held.people(query.basis, days, query.where):
        own = values.get(element, [])
        worth = own if query.dimensions else [(None, sum(micros for _, micros in own))] if own else []
        counts = (stopped, at_goal, passed)
        rows += [(element, currency, *counts, rounded(micros, passed), rounded(stopped * micros, passed)) for currency, micros in worth]
        rows += [(element, None, *counts, None, None)] if not worth else []
    rows.sort(key=lambda row: (row[1] is None, row[1] or "", row[6] is None, -(row[6] or 0), -row[2], row[0]))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return frame if query.dimensions else frame.drop("currency")


def _by_sql(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    runs = tuple(item for item in query.where if item[0] != "currency")
    arrived, params = fact_rows(ARRIVED, Part("facts", (MEASURES["element_arrived"],), (), runs), query, ["run_key", "profile_key", "element_id", "state"])
    anytime = query if query.basis == ENTERED else replace(query, first=None, last=None)
    goals, more = fact_rows(GOALS, Part("facts", (MEASURES["goal_value"],), ("currency",), query.where), anytime, ["run_key", "value_amount"])
    performers, last = fact_rows(GOALS, Part("facts", (MEASURES["goal_events"],), (), runs), anytime, ["run_key"])
    currency, kept = ("currency, ", " AND value_amount IS NOT NULL") if query.dimensions else ("", "")
    amount = "CAST(stopped AS HUGEINT) * CAST(value * 1000000 AS HUGEINT)"
    journey = next(values for name, values in query.where if name == "journey")
    elements = list(once(snapshot, ELEMENTS, journey)["element_id"])
    return snapshot.sql(
        f"""WITH arrived AS NOT MATERIALIZED ({arrived}), goal AS ({goals}), performer AS ({performers}), {_people(len(elements))}, worth AS (
            SELECT element_id AS element, {currency}sum(value_amount) AS value FROM arrived JOIN goal USING (run_key)
            WHERE state = 'passed'{kept} GROUP BY ALL
        )
        SELECT element, {currency}stopped, stopped_at_goal, passed,
            {_millionths("CAST(value * 1000000 AS HUGEINT)")} AS value_a_person, {_millionths(amount)} AS lost_value
        FROM people LEFT JOIN worth USING (element)
        ORDER BY {"currency NULLS LAST, " if currency else ""}lost_value DESC NULLS LAST, stopped DESC, element""",
        [*params, *more, *last, elements],
    )


def _people(elements: int) -> str:
    """CTE `people`: distinct profiles who stopped at an element, stopped there with a goal event, passed it. A person's elements are bits of whole numbers:
    far fewer groups than (element, person) pairs. `?`: the list of the elements."""
    words = range(max(1, -(-elements // WORD)))
    kinds = {"stopped": "state <> 'passed'", "passed": "state = 'passed'",
             "stopped_at_goal": "state <> 'passed' AND run_key IN (SELECT run_key FROM performer)"}
    bits = ", ".join(f"bit_or(CASE WHEN word = {word} AND {when} THEN bit ELSE 0 END) AS {kind}_{word}" for kind, when in kinds.items() for word in words)
    named = ", ".join(f"{kind}_{word}" for kind in kinds for word in words)
    counts = ", ".join(f"coalesce(sum(n) FILTER ({' OR '.join(f'word = {word} AND {kind}_{word} & bit <> 0' for word in words)}), 0)::BIGINT AS {kind}"
                       for kind in kinds)
    return f"""place AS (
            SELECT element_id, (n - 1) // {WORD} AS word, 1::BIGINT << ((n - 1) % {WORD})::INTEGER AS bit
            FROM (SELECT unnest(listed) AS element_id, generate_subscripts(listed, 1) AS n FROM (SELECT ?::VARCHAR[] AS listed))
        ), person AS (
            SELECT {bits} FROM arrived JOIN place USING (element_id) GROUP BY profile_key
        ), people AS (
            SELECT element_id AS element, {counts} FROM (SELECT {named}, count(*) AS n FROM person GROUP BY {named}) CROSS JOIN place GROUP BY element_id
            HAVING stopped + passed > 0
        )"""


def _millionths(amount: str) -> str:
    """Whole millionths over the people who passed, half away from zero, as money."""
    n = "nullif(passed, 0)"
    return f"CAST(sign(value) * ((2 * abs({amount}) + {n}) // (2 * {n})) AS DECIMAL(32, 0)) * CAST(0.000001 AS DECIMAL(6, 6))"
