"""A visualization as plain data: a question, a range that may move with the data, and the form that draws it."""
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.boards.forms import FORMS, fitting
from core.boards.spans import Span, meaning
from core.errors import WrongUsage, unknown
from core.metrics import MEASURES, Query
from core.metrics.dimensions import dimension

KEYS = ("question", "range", "form")


@dataclass(frozen=True, slots=True)
class Visualization:
    """`query` has no days of its own: `asked` gives it those that `span` means today."""

    query: Query
    span: Span
    form: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Visualization":
        """The visualization of a JSON document. Raises WrongUsage where a part has not the right form."""
        if not isinstance(document, Mapping) or not set(document) <= set(KEYS) or "question" not in document:
            raise WrongUsage(f"A visualization is a JSON object with {', '.join(KEYS)}.")
        query = Query.of(document["question"])
        if query.first or query.last:
            raise WrongUsage("A visualization's days stand in its range, not in its question.")
        form = document.get("form", "table")
        if form not in FORMS:
            raise WrongUsage(unknown("form", str(form), FORMS))
        return cls(query, Span.of(str(document.get("range", "28d"))), form)

    @classmethod
    def from_query(cls, query: Query, today: date, form: str | None = None) -> "Visualization":
        """The visualization of a widget's question: its days as the relative range that means them today, where one does."""
        return cls(replace(query, first=None, last=None), meaning(query.first, query.last, today), form or fitting(query))

    def document(self) -> dict[str, Any]:
        """The JSON document: `of` reads it back."""
        return {"question": self.query.document(), "range": self.span.text, "form": self.form}

    def asked(self, today: date) -> Query:
        """The question with the days that its range means on this day."""
        first, last = self.span.days(today)
        return replace(self.query, first=first, last=last)

    @property
    def title(self) -> str:
        """What is counted, in words: “Messages sent, by day and channel”."""
        return titled(self.query)

    @property
    def why_not_drawn(self) -> str | None:
        """Why its form cannot draw its question; None: it can."""
        return FORMS[self.form].why_not(self.query)


def titled(query: Query) -> str:
    """What a question counts, in words."""
    labels = [MEASURES[name].label for name in query.measures]
    plain = [label if not n or label[:2].isupper() else label[:1].lower() + label[1:] for n, label in enumerate(labels)]
    said = _listed([*plain, *(formula.name for formula in query.formulas)] or ["Nothing yet"])  # a formula is spelled as its owner did
    by = [dimension(name).said for name in query.dimensions]
    return f"{said}, by {_listed(by)}" if by else said


def changed(before: Visualization, after: Visualization) -> str:
    """What was changed of a visualization, for its history: “Filters, range: Last 7 days”."""
    was, now = before.query, after.query
    parts = [
        ("measures", (was.measures, was.formulas) != (now.measures, now.formulas)), ("split", was.dimensions != now.dimensions),
        ("filters", was.where != now.where), ("basis", was.basis != now.basis), ("comparison", was.compare != now.compare),
        ("order", (was.order, was.limit) != (now.order, now.limit)), (f"range: {after.span.label}", before.span != after.span),
        (f"drawn as: {FORMS[after.form].label}", before.form != after.form),
    ]  # fmt: skip
    said = ", ".join(part for part, is_other in parts if is_other) or "nothing"
    return f"{said[:1].upper()}{said[1:]} · {after.title}"


def _listed(words: list[str]) -> str:
    if len(words) > 4:
        words = [*words[:3], f"{len(words) - 3} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
