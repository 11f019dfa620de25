"""Question → answer: settled, checked for currencies, counted, compared, and told with what a reader should know beside it."""
from dataclasses import replace
from weakref import WeakKeyDictionary

import polars as pl

from core.errors import WrongUsage, unknown
from core.metrics.comparing import arranged, beside, period_before, period_name
from core.metrics.dimensions import ATTRIBUTE, dimension, is_attribute
from core.metrics.facts import ENTERED, HAPPENED
from core.metrics.formulas import computed
from core.metrics.formulas import unit as unit_of
from core.metrics.held import from_memory
from core.metrics.measures import MEASURES
from core.metrics.mep_consumption import counted as mep_counted
from core.metrics.named import teller
from core.metrics.once import once
from core.metrics.planner import atoms
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.rules import BEFORE, columns, is_bucket, settled, with_inputs
from core.metrics.series import series_of
from core.metrics.sql import sql_for
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local

MOST_RANGES = 1000  # whose open runs are known a snapshot: all answers of a page warn of the same ones
_open_runs: WeakKeyDictionary[Snapshot, dict[Query, int]] = WeakKeyDictionary()
_CALLS = {"calls", "call_steps", "mep"}  # placed by their own time on both bases, whatever becomes of the run


def answer(snapshot: Snapshot, query: Query, force_facts: bool = False) -> Result:
    """The answer to a question. Raises WrongUsage, naming what is possible, where it has none. `force_facts` leaves the rollups aside."""
    query = settled(query)
    tell = None if query.answer is None else teller(query.answer)
    if query.answer is not None and (query.order or query.limit is not None or query.compare):
        raise WrongUsage(f"The answer “{query.answer}” has an order of its own and no comparison: leave out order, limit and compare.")
    measured = with_inputs(query)
    answerable(snapshot, measured)
    frame = _compared(snapshot, measured, force_facts) if query.compare else counted(snapshot, measured, force_facts)
    if query.formulas:
        frame = arranged(computed(frame, query.formulas, query.compare is not None).select(columns(query)), query)
    told = Result(frame, query, snapshot.snapshot_id, local(snapshot.zones, snapshot.as_of), tuple(column(name, query) for name in columns(query)),
                  _warnings(snapshot, measured), journey_names(snapshot) if "journey" in frame.columns else {})
    return told if tell is None else tell(snapshot, told)


def counted(snapshot: Snapshot, query: Query, force_facts: bool = False) -> pl.DataFrame:
    """The frame of a settled question, without a comparison."""
    held = None if force_facts else mep_counted(snapshot, query)
    held = from_memory(snapshot, query) if held is None and not force_facts else held
    return held if held is not None else snapshot.sql(*sql_for(query, force_facts, series_of(snapshot)))


def _compared(snapshot: Snapshot, query: Query, force_facts: bool) -> pl.DataFrame:
    whole = replace(query, compare=None, order=None, limit=None)
    first, last = period_before(query)
    return beside(query, counted(snapshot, whole, force_facts), counted(snapshot, replace(whole, first=first, last=last), force_facts))


def column(name: str, query: Query | None = None) -> Column:
    """How a column of an answer is read; a formula's by the question."""
    of = name.removesuffix(BEFORE)
    for formula in query.formulas if query else ():
        if formula.name == of:
            return Column(name, of if of == name else f"{of}, before", unit_of(formula))
    label, unit = (MEASURES[of].label, MEASURES[of].unit) if of in MEASURES else (dimension(of).label, Unit.TEXT)
    return Column(name, label if of == name else f"{label}, before", unit)


def currencies(snapshot: Snapshot) -> tuple[str, ...]:
    """Of all costs and goal values that some measure counts, whatever the range: with more than one, money is told apart (interface §4)."""
    return tuple(once(snapshot, "SELECT DISTINCT currency FROM daily WHERE currency IS NOT NULL ORDER BY currency")["currency"])


def answerable(snapshot: Snapshot, query: Query) -> None:
    """Refuses what this snapshot has no answer to: attributes that it does not know, and money of several currencies that the question does not tell apart."""
    _known_attributes(snapshot, query)
    _one_currency(snapshot, query)


def _known_attributes(snapshot: Snapshot, query: Query) -> None:
    asked = [name.removeprefix(ATTRIBUTE) for name in (*query.dimensions, *(name for name, _ in query.where)) if is_attribute(name)]
    for gone in (name for name in asked if name not in snapshot.attributes):
        raise WrongUsage(f"{unknown('attribute of entries', gone, snapshot.attributes)} Which of them filter is said in the account's settings "
                         f"(`journeys account set A --attributes {gone},…`), and holds for numbers refreshed since.")


def _one_currency(snapshot: Snapshot, query: Query) -> None:
    told_apart = "currency" in query.dimensions or any(name == "currency" and len(values) == 1 for name, values in query.where)
    if told_apart or not any(MEASURES[name].is_money for name in query.measures):
        return
    found = currencies(snapshot)
    if len(found) > 1:
        raise WrongUsage(f"Costs and values are in several currencies here ({', '.join(found)}), which are never added: "
                         "take currency as a dimension, or filter by one of them.")


def journey_names(snapshot: Snapshot) -> dict[str, str]:
    """Journey id → name, of all journeys; a journey of events alone is named by its id."""
    return dict(once(snapshot, "SELECT journey_id, name FROM journeys").iter_rows())


def still_open(snapshot: Snapshot, query: Query) -> int:
    """How many runs that started in the range of a settled question, by its filters of runs, are still in the journey."""
    runs = MEASURES["currently_in_journey"]
    asked = Query((runs.name,), first=query.first, last=query.last, where=tuple(item for item in query.where if runs.knows(item[0])))
    known = _open_runs.setdefault(snapshot, {})
    if asked not in known:
        if len(known) >= MOST_RANGES:
            known.clear()
        known[asked] = int(counted(snapshot, asked).item())
    return known[asked]


def _warnings(snapshot: Snapshot, query: Query) -> tuple[str, ...]:
    warnings = []
    if query.basis == ENTERED and any(rows.table not in _CALLS for measure in atoms(query) for rows in measure.rows):
        runs = still_open(snapshot, query)
        if runs:
            of = "1 run of this range is" if runs == 1 else f"{runs:,} runs of this range are"
            warnings.append(f"{of} still in the journey: these numbers may grow.")
    if query.basis == HAPPENED and any(map(is_bucket, query.dimensions)) and any(MEASURES[name].is_rate for name in query.measures):
        warnings.append("Rates by time on the basis “happened” compare different people: who is counted above the line need not be among those below it.")
    if query.compare is not None:
        warnings.append(f"Compared with {period_name(*period_before(query))}.")
    return tuple(warnings)
