"""How menus are used, and what callers leave in a collect.

Asked as `{"measures": ["menu_visits"], "answer": "menu_use"}`, `{"measures": ["collects"], "answer": "collect_use"}` or `"collect_values"`.
"""
from core.metrics.bands import split_columns, told
from core.metrics.ivr import ELEMENT, call_rows, meant, steps_known
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

MENUS_ARE = ("Per element with a menu or an input: the times it was heard and by how many calls; repeats are the times a call heard it beyond the first. "
             "Inputs as their status says; of each rate n is the inputs. Time to choose: the median of the whole seconds from a menu to the ok input that "
             "followed it. Lost: answered calls that did not complete and whose last step was here.")
COLLECTS_ARE = "Per name of a collect: how often it was asked, with an ok value, an invalid one, or without any input; of each rate n is the times asked."
VALUES_ARE = "Of collects with an ok value: how often each was given, and its share of all ok values under that name."
USE = (Column("menu_visits", "Heard", Unit.COUNT), Column("menu_calls", "Calls", Unit.COUNT), Column("repeats", "Heard again", Unit.COUNT),
       Column("heard_a_call", "Heard per call", Unit.NUMBER), Column("menu_inputs", "Inputs", Unit.COUNT), Column("ok_inputs", "Chose", Unit.COUNT),
       Column("no_inputs", "No input", Unit.COUNT), Column("invalid_inputs", "Invalid", Unit.COUNT), Column("ok_rate", "Chose, of inputs", Unit.RATE),
       Column("no_input_rate", "No input, of inputs", Unit.RATE), Column("invalid_rate", "Invalid, of inputs", Unit.RATE),
       Column("time_to_choose_s", "Time to choose", Unit.SECONDS), Column("lost_calls", "Calls lost", Unit.COUNT),
       Column("lost_rate", "Lost, of calls", Unit.RATE))
NAME = Column("collect_name", "Collected", Unit.TEXT)
COLLECTED = (NAME, Column("collects", "Asked", Unit.COUNT), Column("ok_inputs", "Collected ok", Unit.COUNT), Column("no_inputs", "Empty", Unit.COUNT),
             Column("invalid_inputs", "Invalid", Unit.COUNT), Column("ok_rate", "Ok, of asked", Unit.RATE),
             Column("no_input_rate", "Empty, of asked", Unit.RATE), Column("invalid_rate", "Invalid, of asked", Unit.RATE),
             Column("collected_values", "Different values", Unit.COUNT))
VALUES = (NAME, Column("collected_value", "Value", Unit.TEXT), Column("collects", "Collects", Unit.COUNT), Column("value_rate", "Share", Unit.RATE))
PERSONAL = "collected_value"  # what a reader without the feature `people` does not see
_STATUSES = (("ok", "ok_inputs", "ok_rate"), ("no_input", "no_inputs", "no_input_rate"), ("invalid", "invalid_inputs", "invalid_rate"))


def menu_use(snapshot: Snapshot, asked: Result) -> Result:
    """A row an element (of each value of the dimensions), most calls lost first."""
    query = asked.query
    meant(query, "menu_use", "menu_visits", ("journey_version", "direction"))
    steps, params = call_rows(query, "call_steps", ["kind", "element_id", "input_status", "nth_heard", "choice_s"], "kind IN ('menu', 'input')")
    (known, before), (lost, more) = steps_known(snapshot, query), _lost(query)
    by = "".join(f"{name}, " for name in query.dimensions)
    same = "".join(f" AND lost.{name} IS NOT DISTINCT FROM used.{name}" for name in query.dimensions)
    frame = snapshot.sql(f"""WITH {known}used AS (
            SELECT {by}element_id, count(*) FILTER (kind = 'menu') AS menu_visits, count(*) FILTER (nth_heard = 1) AS menu_calls,
                   count(*) FILTER (kind = 'input') AS menu_inputs, {_by_status("kind = 'input'")}, median(choice_s)::DOUBLE AS time_to_choose_s
            FROM ({steps}) GROUP BY {by}element_id
        ), lost AS ({lost})
        SELECT used.*, used.element_id AS element, menu_visits - menu_calls AS repeats, menu_visits / nullif(menu_calls, 0) AS heard_a_call,
               {_rates("menu_inputs")}, coalesce(lost.n, 0) AS lost_calls, coalesce(lost.n, 0) / nullif(menu_calls, 0) AS lost_rate
        FROM used LEFT JOIN lost ON lost.element_id IS NOT DISTINCT FROM used.element_id{same}
        ORDER BY lost_calls DESC, menu_visits DESC, {"".join(f"used.{name} NULLS LAST, " for name in query.dimensions)}element NULLS LAST""",
        [*before, *params, *more])
    return told(asked, frame, (*split_columns(asked), ELEMENT, *USE), ("Menus", MENUS_ARE))


def collect_use(snapshot: Snapshot, asked: Result) -> Result:
    """A row a name of a collect: how often it was asked and how that ended; most asked first."""
    meant(asked.query, "collect_use", "collects")
    steps, params = call_rows(asked.query, "call_steps", ["collect_name AS named", "input_status", "input AS given"],
                              "kind = 'collect'")
    frame = snapshot.sql(f"""WITH used AS (
            SELECT named AS collect_name, count(*) AS collects, {_by_status()}, count(DISTINCT given) FILTER (input_status = 'ok') AS collected_values
            FROM ({steps}) GROUP BY named
        ) SELECT *, {_rates("collects")} FROM used ORDER BY collects DESC, collect_name NULLS LAST""", params)
    return told(asked, frame, COLLECTED, ("Collects", COLLECTS_ARE))


def collect_values(snapshot: Snapshot, asked: Result) -> Result:
    """A row a name and value, by name, most given first. `collected_value` is personal: whoever shows it asks for the feature `people`."""
    meant(asked.query, "collect_values", "collects")
    steps, params = call_rows(asked.query, "call_steps", ["collect_name AS named", "input AS given"],
                              "kind = 'collect' AND input_status = 'ok' AND input IS NOT NULL")
    frame = snapshot.sql(f"""SELECT named AS collect_name, given AS collected_value, count(*) AS collects,
            count(*) / sum(count(*)) OVER (PARTITION BY named) AS value_rate
        FROM ({steps}) GROUP BY named, given ORDER BY collect_name NULLS LAST, collects DESC, collected_value""", params)
    return told(asked, frame, VALUES, ("Values", VALUES_ARE))


def _lost(query: Query) -> tuple[str, Params]:
    """Answered calls that did not complete, by their last element: calls_answered − calls_completed. A filter on the element needs none here."""
    of_calls = Query(("calls",), query.dimensions, query.first, query.last, query.basis,
                     tuple(item for item in query.where if item[0] not in ("element",)))
    rows, params = call_rows(of_calls, "calls", ["last_element_id AS element_id"], "is_answered AND NOT is_completed")
    by = "".join(f"{name}, " for name in query.dimensions)
    return f"SELECT {by}element_id, count(*) AS n FROM ({rows}) GROUP BY {by}element_id", params


def _by_status(only: str = "") -> str:
    also = f"{only} AND " if only else ""
    return ", ".join(f"count(*) FILTER ({also}input_status = '{status}') AS {name}" for status, name, _ in _STATUSES)


def _rates(whole: str) -> str:
    return ", ".join(f"{name} / nullif({whole}, 0) AS {rate}" for _, name, rate in _STATUSES)
