"""Columns of tables by what they show: a measure by its declaration, a rate with its n, a change, a bar, money by currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from core.metrics import MEASURES, Result
from core.ui import changes, parts, words
from core.ui.tables import Col, Row


def joined(results: Sequence[Result]) -> list[Row]:
    """The first answer's rows; of another that is split by one dimension more, row["measure by dimension"] lists (value, measure).

    A row that only another answer has is added: its counts are 0, the rest is None.
    """
    first, *others = results
    by = first.query.dimensions
    rows: dict[tuple[Any, ...], Row] = {tuple(row[name] for name in by): dict(row) for row in first.frame.iter_rows(named=True)}
    blank = blank_of(results)
    for row in rows.values():
        row.update({name: value for name, value in blank.items() if name not in row})
    for other in others:
        extra = [name for name in other.query.dimensions if name not in by]
        for row in other.frame.iter_rows(named=True):
            key = tuple(row[name] for name in by)
            into = rows.setdefault(key, dict(zip(by, key, strict=True)) | blank)
            for measure in other.query.measures:
                if extra:
                    into.setdefault(f"{measure} by {extra[0]}", []).append((row[extra[0]], row[measure]))
                else:
                    into[measure] = row[measure]
    return list(rows.values())


def blank_of(results: Sequence[Result]) -> Row:
    """What a row without any fact says: counts 0, anything else None."""
    by = results[0].query.dimensions
    shared = [result for result in results if result.query.dimensions == by]
    return {column.name: 0 if column.unit in ("count", "people") else None for result in shared for column in result.columns if column.name not in by}


def hint(name: str, label: str = "") -> str:
    """What a measure's head says to whoever points at it: its definition, after its whole name where the head is shorter."""
    declared = MEASURES[name]
    return declared.definition if label in ("", declared.label) else f"{declared.label}: {words.lower(declared.definition)}"


def measure(name: str, label: str = "") -> Col:
    """A measure's own number."""
    declared = MEASURES[name]
    return Col(label or declared.label, "n", lambda row: escape(words.number(row.get(name), str(declared.unit))), hint=hint(name, label), measure=name)


def dated(name: str, label: str, say: Callable[[Any], str]) -> Col:
    """Any other value of the row, in words."""
    return Col(label, "t", lambda row: words.name(say(row.get(name))))


def rung(name: str, label: str, colour: Callable[[Row], str]) -> Col:
    """A rate as a bar over its text; its n, the denominator, is said on hover and stands in its own column."""
    under = MEASURES[name].parts[1]
    return Col(label, "r", lambda row: parts.rung(row.get(name), words.count(row.get(under)), colour(row)), hint=hint(name, label), measure=name)


def rungs(colour: Callable[[Row], str]) -> list[Col]:
    """The three rates of a message's way, each named with what it is a share of."""
    labels = {"delivery_rate": "Delivered of sent", "view_rate": "Viewed of delivered", "click_rate": "Clicked of delivered"}
    return [rung(name, label, colour) for name, label in labels.items()]


def bar(name: str, rows: Sequence[Row], colour: str | None = None) -> Col:
    """A measure as a bar beside its number."""
    top = max((row.get(name) or 0 for row in rows), default=0)
    return Col(f"{MEASURES[name].label} as a bar", "b", lambda row: parts.bar(float(row.get(name) or 0), float(top), colour), is_hidden=True, measure=name)


def change(name: str, good: bool | None) -> Col:
    """How a measure moved against the compared days."""

    def moved(row: Row) -> str:
        now, before = row.get(name), row.get(f"{name}_before")
        rest = "new" if now and before == 0 else words.MISSING
        return parts.change(changes.change(now, before), good) or f"<span class=q>{rest}</span>"

    return Col("Change", "n", moved, measure=name)


def money(name: str, label: str = "") -> Col:
    """A money measure that was asked by currency: each on a line of its own, never added."""

    def said(row: Row) -> str:
        known = [(currency, amount) for currency, amount in row.get(f"{name} by currency", ()) if amount is not None]
        return "<br>".join(escape(words.money(amount, currency)) for currency, amount in known) or f"<span class=q>{words.MISSING}</span>"

    return Col(label or MEASURES[name].label, "n", said, hint=hint(name, label), measure=name)


def reasons(name: str, label: str) -> Col:
    """A count that opens into its reasons."""

    def said(row: Row) -> str:
        lines = "".join(
            f"<p>{words.count(n)} {words.name(words.reason(reason))}</p>" for reason, n in sorted(row.get(f"{name} by reason", ()), key=lambda pair: -pair[1])
        )
        total = words.count(row.get(name))
        return f"<details><summary>{total}</summary>{lines}</details>" if lines else total

    return Col(label, "n", said, hint=hint(name, label), measure=name)


def link(to: Callable[[Row], str], say: Callable[[Row], str], label: str, note: Callable[[Row], str] = lambda row: "") -> Col:
    """A name that leads to an address of ours; `note` is HTML after it."""
    return Col(label, "t", lambda row: f'<a href="{escape(to(row))}" target=_self>{words.name(say(row))}</a>{note(row)}')


def share(name: str, whole: Mapping[str, Any] | None, label: str) -> Col:
    """A count as its share of the same count of all rows."""
    total = (whole or {}).get(name)
    return Col(label, "n", lambda row: escape(words.rate((row.get(name) or 0) / total if total else None)))
