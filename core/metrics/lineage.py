"""Why this number: what it means, on which basis, with which filters, from which snapshot, by which SQL, and how many rows are behind it."""
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.metrics.answering import answerable
from core.metrics.behind import number_behind
from core.metrics.clock import rfc3339
from core.metrics.comparing import period_before, period_name
from core.metrics.dimensions import dimension
from core.metrics.facts import ENTERED
from core.metrics.measures import MEASURES, Measure
from core.metrics.query import Query
from core.metrics.rules import settled, with_inputs
from core.metrics.series import series_of
from core.metrics.sql import Params, sql_for
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local

_QUOTED_OR_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?""")

@dataclass(frozen=True, slots=True)
class Explained:
    """One measure of the question. `rows` stand behind it (of a rate: behind both parts)."""

    name: str
    label: str
    definition: str
    formula: str
    unit: Unit
    placed: str  # what places its facts in time on this basis
    rows: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is behind an answer. `sql` can be run as it stands on the snapshot's file; `rows` is the sum over the measures."""

    measures: tuple[Explained, ...]
    basis: str
    range: str
    filters: tuple[str, ...]
    sql: str
    snapshot_id: str
    as_of: datetime
    rows: int

    def document(self) -> dict[str, Any]:
        """As JSON."""
        measures = [{"name": one.name, "label": one.label, "unit": str(one.unit), "definition": one.definition, "formula": one.formula, "placed_by": one.placed,
                     "rows": one.rows} for one in self.measures]
        return {"snapshot": self.snapshot_id, "as_of": rfc3339(self.as_of), "measures": measures, "basis": self.basis, "range": self.range,
                "filters": list(self.filters), "sql": self.sql, "rows": self.rows}


def explain(snapshot: Snapshot, query: Query) -> Explanation:
    """Why the numbers of this question are what they are. Raises WrongUsage where it has no answer."""
    query = with_inputs(settled(query))
    answerable(snapshot, query)
    measures = tuple(_explained(snapshot, query, MEASURES[name]) for name in query.measures)
    sql = inlined(*sql_for(query, series=series_of(snapshot)))
    return Explanation(measures, basis_of(query), range_in_words(query), filters_in_words(query), sql, snapshot.snapshot_id,
                       local(snapshot.zones, snapshot.as_of), sum(measure.rows for measure in measures))


def basis_in_words(basis: str) -> str:
    """What a range selects on this basis."""
    if basis == ENTERED:
        return "entered: facts of the runs that started in the range, placed on the day their run started"
    return "happened: facts whose own time is in the range, whenever their run started"


def basis_of(query: Query) -> str:
    """The same of a question: MEP knows no basis."""
    return "one profile once a month, by the time of its entry" if query.measures == ("mep",) else basis_in_words(query.basis)


def range_in_words(query: Query) -> str:
    """“1–31 Mar 2026”, “from 1 Mar 2026”, “all days”, and what it is compared with."""
    if query.first and query.last:
        compared = f", compared with {period_name(*period_before(query))}" if query.compare else ""
        return period_name(query.first, query.last) + compared
    if query.first:
        return f"from {period_name(query.first, query.first)}"
    return f"until {period_name(query.last, query.last)}" if query.last else "all days"


def filters_in_words(query: Query) -> tuple[str, ...]:
    """“Journey: cart or none”, one a filter."""
    return tuple(f"{dimension(name).label}: {' or '.join('none' if value in (None, '') else str(value) for value in values)}" for name, values in query.where)


def inlined(sql: str, params: Params) -> str:
    """The SQL with its parameters in it, for copying."""
    literals = iter([_literal(param) for param in params])
    return _QUOTED_OR_MARK.sub(lambda found: next(literals) if found[0] == "?" else found[0], sql)


def _literal(value: str | int | date) -> str:
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("'", "''")
    return f"DATE '{text}'" if isinstance(value, date) else f"'{text}'"


def _explained(snapshot: Snapshot, query: Query, measure: Measure) -> Explained:
    behind = number_behind(snapshot, replace(query, measures=(measure.name,)))
    always = all(rows.entered == rows.happened for rows in measure.rows) and bool(measure.rows)
    placed = measure.happened if always or query.basis != ENTERED else "the start of the run"
    return Explained(measure.name, measure.label, measure.definition, measure.sql, measure.unit, placed, behind)
