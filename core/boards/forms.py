"""The forms an answer can be drawn in: what each needs of its question, and for a question that it cannot draw, why."""
from collections.abc import Callable
from dataclasses import dataclass

from core.metrics import MEASURES, Query, Unit
from core.metrics.dimensions import dimension
from core.metrics.formulas import unit
from core.metrics.rules import is_bucket

MOST_SERIES = 7


@dataclass(frozen=True, slots=True)
class Form:
    """`why_not` gives the sentence that says what the question would need, None where the form can draw it."""

    name: str
    label: str
    icon: str  # a Material name
    why_not: Callable[[Query], str | None]
    size: tuple[int, int] = (6, 4)  # columns of twelve and rows on a dashboard


def kinds(query: Query) -> list[str]:
    """The kind of each column of numbers: two of a kind share an axis (people are counts)."""
    units = [MEASURES[name].unit for name in query.measures] + [unit(formula) for formula in query.formulas]
    return ["count" if of is Unit.PEOPLE else str(of) for of in units]


def is_time(name: str) -> bool:
    """Whether it has an order in time of its own: buckets, hours, weekdays."""
    return dimension(name).is_time


def fitting(query: Query) -> str:
    """The form that shows this question best, of those that can."""
    if not query.dimensions:
        return "single"
    first = ["stacked", "line", "bar"] if len(query.dimensions) == 2 and all(_adds(query)) else ["line", "bar"]
    return next((name for name in first if FORMS[name].why_not(query) is None), "table")


def _adds(query: Query) -> list[bool]:
    return [MEASURES[name].additive for name in query.measures] + [False] * len(query.formulas)


def _number(query: Query) -> int:
    return len(query.measures) + len(query.formulas)


def _single(query: Query) -> str | None:
    return "A single number is not split: take the dimensions away" if query.dimensions else None


def _table(query: Query) -> str | None:
    return None


def _pivot(query: Query) -> str | None:
    return None if len(query.dimensions) >= 2 else "A pivot table needs two dimensions: the last one goes across"


def _line(query: Query) -> str | None:
    if not query.dimensions or not is_time(query.dimensions[0]):
        return "A line needs a time as its first dimension: day, week, month, hour or weekday"
    return _axis(query, "A line")


def _bar(query: Query) -> str | None:
    if not query.dimensions:
        return "Bars need a dimension"
    return _axis(query, "Bars")


def _axis(query: Query, what: str) -> str | None:
    """One axis: at most two dimensions with one measure, or one dimension with measures of one kind."""
    if query.compare and (len(query.dimensions) > 1 or _number(query) > 1):
        return f"{what} show a comparison of one measure by one dimension: take the comparison away, or take a table"
    if len(query.dimensions) > 2:
        return f"{what} show two dimensions at most: take a table or a pivot table"
    if len(query.dimensions) == 2 and _number(query) > 1:
        return f"{what} show several measures by one dimension, or one measure by two"
    if len(set(kinds(query))) > 1:
        return f"{what} have one axis: counts, rates, money and durations do not share it"
    return None


def _parts(query: Query, what: str) -> str | None:
    """Parts of a whole: one measure that adds up, by two dimensions."""
    if query.compare:
        return f"{what} have no comparison"
    if len(query.dimensions) != 2 or _number(query) != 1:
        return f"{what} show one measure by two dimensions, the second in colours"
    if not all(_adds(query)):
        label = MEASURES[query.measures[0]].label if query.measures else query.formulas[0].name
        return f"{what} add up, and {label} does not: people and rates are never added"
    return None


def _stacked(query: Query) -> str | None:
    return _parts(query, "Stacked bars")


def _area(query: Query) -> str | None:
    if not query.dimensions or not is_bucket(query.dimensions[0]):
        return "An area needs day, week or month as its first dimension"
    if len(query.dimensions) == 1:
        return "An area has no comparison" if query.compare else _axis(query, "An area") or (None if _number(query) == 1 else "An area shows one measure")
    return _parts(query, "Areas")


def _heat(query: Query) -> str | None:
    if len(query.dimensions) != 2 or _number(query) != 1:
        return "A heat map shows one measure by two dimensions"
    return "A heat map has no comparison" if query.compare else None


def _funnel(query: Query) -> str | None:
    if query.dimensions:
        return "A funnel is not split: take the dimensions away"
    if query.compare:
        return "A funnel has no comparison"
    if _number(query) < 2 or set(kinds(query)) != {"count"}:
        return "A funnel needs two counts or more, from the widest to the narrowest"
    return None


def _sankey(query: Query) -> str | None:
    if query.dimensions and is_bucket(query.dimensions[0]):
        return "A Sankey flows from one thing to another: days, weeks and months are no such thing"
    return _parts(query, "Sankeys")


def _scatter(query: Query) -> str | None:
    if len(query.dimensions) != 1 or _number(query) not in (2, 3):
        return "A scatter plot shows two measures by one dimension; a third is the size"
    return "A scatter plot has no comparison" if query.compare else None


FORMS = {form.name: form for form in (
    Form("table", "Table", "table_rows", _table),
    Form("pivot", "Pivot table", "pivot_table_chart", _pivot),
    Form("line", "Line", "show_chart", _line),
    Form("bar", "Bars", "bar_chart", _bar),
    Form("stacked", "Stacked bars", "stacked_bar_chart", _stacked),
    Form("area", "Area", "area_chart", _area),
    Form("heat", "Heat map", "grid_on", _heat),
    Form("funnel", "Funnel", "filter_alt", _funnel),
    Form("sankey", "Sankey", "waves", _sankey),
    Form("scatter", "Scatter plot", "scatter_plot", _scatter),
    Form("single", "Single number", "pin", _single, size=(3, 2)),
)}
