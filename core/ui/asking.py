"""The editor's question in the address: read and checked, written whole; ids and never labels, a list is one parameter with commas."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boards.forms import FORMS, fitting
from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.errors import WrongUsage, unknown
from core.metrics import DIMENSIONS, MEASURES, Query, attributes
from core.metrics.answering import answerable
from core.metrics.dimensions import ATTRIBUTE, dimension, is_attribute
from core.metrics.formulas import Formula
from core.metrics.query import Where
from core.metrics.rules import with_inputs
from core.ui import address, answers, catalog, ranges, saved, seen
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

COMMON = ("basis", "compare", "journey", "version", "channel", "sub_account", "tag")  # as every page has them: address.read checks these
RANGE = ("span", "range", "from", "to")
OWN = ("measures", "dimensions", "order", "limit", "form", "formulas", "span")
NAMED = {"journey_version": "version"}  # a filter whose parameter has another name than its dimension
FILTERS = tuple(name for name in DIMENSIONS if name not in ("day", "week", "month", "journey", "journey_version", "channel", "sub_account"))
PARAMETERS = (*COMMON, *RANGE, *OWN, *FILTERS)  # and those of attributes (is_own)
FIRST = Visualization(Query(("profiles_in_journey",), ("day",)), Span("28d"), "line")  # what an address asks that asks nothing


def read(viewer: Viewer, standing: Visualization | None = None) -> Visualization:
    """The question of the address; `standing` is what a saved visualization asks while the address does not say otherwise.

    Raises WrongUsage that names the value which is not valid.
    """
    own = st.query_params.to_dict()
    if standing is not None and "measures" not in own:
        return standing
    given = saved.meant(viewer, own)
    chosen = address.read({name: given[name] for name in COMMON if name in given}, catalog.of(viewer).known(seen.today(viewer)))
    formulas = _formulas(given)
    measures = _names(given, "measures", "measure", MEASURES) if "measures" in given else _first(chosen)
    dimensions = _names(given, "dimensions", "dimension", _dimensions(viewer)) if "measures" in given else FIRST.query.dimensions
    query = Query(measures, dimensions, basis=chosen.basis, where=chosen.where, formulas=formulas, order=given.get("order") or None, limit=_limit(given))
    if given.get("compare", "none") != "none":
        query = replace(query, compare=chosen.compare)
    query = replace(query, where=(*query.where, *_where(viewer, query, given, FILTERS), *attributes_in(viewer, given)))
    form = given.get("form") or fitting(query)
    if form not in FORMS:
        raise WrongUsage(unknown("form", form, FORMS))
    return Visualization(query, span_of(given, chosen), form)


def _first(chosen: Chosen) -> tuple[str, ...]:
    """What is asked at first: people, or messages where the filters that came along know a channel."""
    return ("messages_sent",) if chosen.channels else FIRST.query.measures


def parameters(asked: Visualization) -> dict[str, str]:
    """The address of a question, every choice written out."""
    query, text = asked.query, asked.span.text
    said = {"measures": address.written(query.measures), "dimensions": address.written(query.dimensions), "basis": query.basis, "form": asked.form}
    said["compare"] = query.compare or "none"
    if not asked.span.is_relative:
        said["from"], said["to"] = text.split("..")
    else:  # a range that other pages know too goes along to them
        said["range" if text in ranges.IDS else "span"] = text
    said |= {NAMED.get(name, name): address.written(values) for name, values in query.where}
    said |= {"order": query.order} if query.order else {}
    said |= {"limit": str(query.limit)} if query.limit is not None else {}
    return said | ({"formulas": json.dumps([one.document() for one in query.formulas], ensure_ascii=False)} if query.formulas else {})


def write(asked: Visualization) -> None:
    """Put the question into the address in place of the one there: one step for Back to undo."""
    others = {name: value for name, value in st.query_params.to_dict().items() if not is_own(name) and name != address.SAVED}
    st.query_params.from_dict(others | parameters(asked))


def is_own(parameter: str) -> bool:
    """Whether the parameter belongs to the question."""
    return parameter in PARAMETERS or is_attribute(parameter)


def chosen_of(viewer: Viewer, query: Query) -> Chosen:
    """A question's range and filters as the frame around a widget needs them."""
    today = seen.today(viewer)
    first, last = query.first or min(catalog.of(viewer).begins or today, today), query.last or today
    there = dict(query.where)
    known = {"journeys": "journey", "versions": "journey_version", "channels": "channel", "sub_accounts": "sub_account"}
    lists = {name: there.get(dimension, ()) for name, dimension in known.items()}
    others = tuple(item for item in query.where if item[0] not in known.values())
    return Chosen((first, max(first, last)), today, query.basis, query.compare or "none", others=others, **lists)  # type: ignore[arg-type]


def values(viewer: Viewer, query: Query, name: str) -> list[str | int | None]:
    """What a filter of this name can choose from: every value that a measure of the question has there, at any time, within its journey; of an attribute the
    values that are said most."""
    if is_attribute(name):
        return list(attributes.values(seen.snapshot(viewer), name.removeprefix(ATTRIBUTE)))
    return _values(viewer, query, name)


def _values(viewer: Viewer, query: Query, dimension: str) -> list[str | int | None]:
    own = [name for name in with_inputs(query).measures if dimension in MEASURES[name].splits]
    names = own or [name for name, measure in MEASURES.items() if dimension in measure.splits]
    name = next((name for name in names if not MEASURES[name].is_money), names[0])
    by = (dimension,) if dimension == "currency" or not MEASURES[name].is_money else (dimension, "currency")
    where: Where = tuple(item for item in query.where if item[0] == "journey" and DIMENSIONS[dimension].needs_journey)
    if DIMENSIONS[dimension].needs_journey and not where and "journey" in query.dimensions:
        by = (*by, "journey")
    found = answers.ask(viewer, Query((name,), by, where=where)).frame[dimension].unique().to_list()
    return sorted(found, key=lambda value: (value is None, value if value is not None else 0))


def span_of(given: Mapping[str, str], chosen: Chosen) -> Span:
    """The range of an address: relative, or two days."""
    if "span" in given:
        return Span.of(given["span"])
    if "from" in given or "to" in given:
        days = address.read({name: given[name] for name in ("from", "to") if name in given}, _any_day(chosen)).days
        return Span.between(*days)
    return Span.of(given.get("range", FIRST.span.text))


def _any_day(chosen: Chosen) -> address.Known:
    return address.Known(chosen.today, chosen.days[0], {}, (), (), {})


def _dimensions(viewer: Viewer) -> tuple[str, ...]:
    return (*DIMENSIONS, *(ATTRIBUTE + name for name in seen.snapshot(viewer).attributes))


def _names(given: Mapping[str, str], parameter: str, kind: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(name for name in address.split(given.get(parameter, "")) if name)
    for name in names:
        if name not in known:
            raise WrongUsage(unknown(kind, name, known))
    return tuple(dict.fromkeys(names))


def _formulas(given: Mapping[str, str]) -> tuple[Formula, ...]:
    if "formulas" not in given:
        return ()
    try:
        document = json.loads(given["formulas"])
    except ValueError:
        document = None
    if not isinstance(document, list):
        raise WrongUsage('formulas in the address is a list such as [{"name": "Value over cost", "text": "goal_value / traffic_cost"}].')
    return tuple(Formula.of(one) for one in document)


def _limit(given: Mapping[str, str]) -> int | None:
    text = given.get("limit")
    if not text:
        return None
    number = address.whole(text)
    if number is None:
        raise WrongUsage(f"limit is a number of rows, not “{text}”.")
    return number


def attributes_in(viewer: Viewer, given: Mapping[str, str]) -> Where:
    """The filters of an address by attributes of the entry. Raises WrongUsage for one that this snapshot does not know, and for a value that nobody says."""
    return _where(viewer, Query(("entries",)), given, [name for name in given if is_attribute(name)])


def _where(viewer: Viewer, query: Query, given: Mapping[str, str], names: Sequence[str]) -> Where:
    found = []
    for name in names:
        if name not in given:
            continue
        there = values(viewer, query, name)
        chosen = tuple(dimension(name).value(text) for text in address.split(given[name], [str(value) for value in there]))
        known_values(viewer, query, name, chosen)
        found.append((name, chosen))
    return tuple(found)  # type: ignore[arg-type]  # no dimension of days is among them


def known_values(viewer: Viewer, query: Query, name: str, chosen: Sequence[object]) -> None:
    """Raises WrongUsage, which names it, for an attribute that this snapshot does not know, and for a value that a filter of this name cannot have."""
    answerable(seen.snapshot(viewer), Query(("entries",), where=((name, (None,)),) if is_attribute(name) else ()))
    there = values(viewer, query, name)
    for value in chosen:
        if value not in there and not _is_said(viewer, name, value):
            raise WrongUsage(unknown(dimension(name).said, str(value or ""), [str(value) for value in there if value is not None]))


def _is_said(viewer: Viewer, name: str, value: object) -> bool:
    """Whether a value that is not among those offered may be asked: an hour without a fact, an attribute's that is said seldom."""
    if is_attribute(name):
        return isinstance(value, str) and attributes.is_said(seen.snapshot(viewer), name.removeprefix(ATTRIBUTE), value)
    return name in ("hour", "weekday")


def of_widget(viewer: Viewer, query: Query, form: str | None = None) -> Visualization:
    """A widget's question as the editor has it; its days as the relative range that means them today, where one does."""
    plain = replace(query, answer=None)
    made = Visualization.from_query(plain, seen.today(viewer), form)
    began = catalog.of(viewer).begins
    if (query.first, query.last) == (began, seen.today(viewer)):
        made = replace(made, span=Span("all") if not query.compare else made.span)
    return made if made.why_not_drawn is None else replace(made, form=fitting(plain))


