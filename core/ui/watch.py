"""From a question to an alert on one of its numbers: what the address of the alerts' form says, and the way there."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from core.errors import WrongUsage, unknown
from core.metrics import DIMENSIONS, MEASURES, Query
from core.metrics.dimensions import is_attribute
from core.reports import watched
from core.ui import filters, leap

NEW, QUESTION, OF, NAME = "new", "question", "of", "name"  # the form's parameters: a question, which number of it, what the alert is called at first
FIRST = Query(("entries",))


def is_possible(query: Query) -> bool:
    """Whether there is a number in it that an alert could look at."""
    return bool(watched.numbers(query))


def start(query: Query, name: str = "") -> None:
    """Open the form of a new alert on this question; its days do not come along, for an alert goes on with them."""
    plain = replace(query, first=None, last=None, compare=None, order=None, limit=None, answer=None)
    leap.to("alerts", {NEW: "1", QUESTION: _written(plain)} | ({NAME: name} if name else {}))


def asked(kept: Query | None) -> tuple[Query, str]:
    """The question of the address, else that of a kept alert, and the number of it that is looked at. Raises WrongUsage."""
    given = st.query_params.get(QUESTION)
    query = _read(given) if given is not None else kept or FIRST
    for kind, names, known in (("measure", query.measures, MEASURES), ("dimension", [name for name, _ in query.where if not is_attribute(name)], DIMENSIONS)):
        for name in names:
            if name not in known:
                raise WrongUsage(unknown(kind, name, known))
    there = watched.numbers(query)
    if not there:
        raise WrongUsage("An alert looks at one number, and this question has none that it could look at.")
    of = st.query_params.get(OF, there[0])
    if of not in there and (of not in MEASURES or of in watched.NEVER):
        raise WrongUsage(unknown("number", of, there))
    return query, of


def put(query: Query, of: str) -> None:
    """Ask this instead: one step for Back to undo."""
    filters.write({QUESTION: _written(query), OF: of})


def _read(text: str) -> Query:
    try:
        document = json.loads(text)
    except ValueError:
        raise WrongUsage('question in the address is a question as JSON: {"measures": ["entries"]}.') from None
    return Query.of(document)


def _written(query: Query) -> str:
    return json.dumps(query.document(), ensure_ascii=False)
