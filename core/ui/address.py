"""What the filter bar says, read from the address and checked: ids and never labels, a list is one parameter with commas."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import WrongUsage, unknown
from core.metrics.comparing import period_before
from core.metrics.measures import MEASURES
from core.metrics.query import Query
from core.ui import ranges

SAVED = "saved"  # the id of a saved filter, in whose place its parameters stand
CARRIED = ("from", "to", "range", "basis", "compare", "journey", SAVED)  # what a link in the menu takes along
PARAMETERS = (*CARRIED, "version", "channel", "sub_account", "tag")
Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What an address may name: the days there are, and the ids of each list.

    `begins` is the first day with data, `today` the local day of the snapshot's as-of.
    """

    today: date
    begins: date
    journeys: Mapping[str, frozenset[str]]  # journey → its tags
    channels: Collection[str | None]
    sub_accounts: Collection[str | None]
    versions: Mapping[str, tuple[int | None, ...]]  # journey → its versions


@dataclass(frozen=True, slots=True)
class Chosen:
    """One checked state of the filter bar. Empty tuples choose everything."""

    days: ranges.Days
    today: date
    basis: str = "entered"
    compare: str = "weekdays"
    journeys: tuple[str, ...] = ()
    versions: tuple[int | None, ...] = ()
    channels: Values = ()
    sub_accounts: Values = ()
    tags: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()  # the journeys that carry one of the tags, of the chosen ones
    others: tuple[tuple[str, tuple[str | int | None, ...]], ...] = ()  # filters that the bar has not: a question of Explore may have any

    @property
    def where(self) -> tuple[tuple[str, tuple[str | int | None, ...]], ...]:
        """The filters as a Query has them."""
        pairs: tuple[tuple[str, tuple[str | int | None, ...]], ...] = (
            ("journey", self.tagged if self.tags else self.journeys),
            ("journey_version", self.versions),
            ("channel", self.channels),
            ("sub_account", self.sub_accounts),
            *self.others,
        )
        return tuple((name, values) for name, values in pairs if values)

    @property
    def before(self) -> ranges.Days | None:
        """The days compared with, as the answers have them; None where nothing is compared."""
        return None if self.compare == "none" else period_before(self.ask("entries", compare=True))

    @property
    def grain(self) -> str:
        """The bucket in which this range is drawn: day, week or month."""
        return ranges.grain(self.days)

    def ask(self, *measures: str, by: Sequence[str] = (), order: str | None = None, limit: int | None = None, compare: bool = False) -> Query:
        """The Query of these measures under the filters that each of them allows; `left_out` says which it does not.

        With `compare` the answer holds the days compared with too, where the reader compares at all.
        """
        where = tuple((name, values) for name, values in self.where if all(MEASURES[measure].knows(name) for measure in measures))
        first, last = self.days
        against = self.compare if compare and self.compare != "none" else None
        return Query(measures, tuple(by), first, last, self.basis, where, order, limit, against)

    def each(self, *measures: str, by: Sequence[str] = ()) -> tuple[Query, ...]:
        """As few Queries, each with its comparison, as give every measure all the filters that it allows."""
        groups: dict[frozenset[str], list[str]] = {}
        for measure in measures:
            allowed = frozenset(name for name, _ in self.where if MEASURES[measure].knows(name))
            groups.setdefault(allowed, []).append(measure)
        return tuple(self.ask(*group, by=by, compare=True) for group in groups.values())

    def left_out(self, query: Query) -> tuple[str, ...]:
        """The chosen filters that this Query could not take."""
        return tuple(name for name, _ in self.where if name not in dict(query.where))


def read(parameters: Mapping[str, str], known: Known) -> Chosen:
    """The checked state; raises WrongUsage that names the value which is not valid."""
    journeys = _listed(parameters, "journey", "journey", known.journeys)
    tags = _listed(parameters, "tag", "tag", {tag for tags in known.journeys.values() for tag in tags})
    tagged = tuple(journey for journey in (journeys or known.journeys) if journey is not None and known.journeys[journey] & set(tags))
    if tags and not tagged:
        raise WrongUsage(f"None of the chosen journeys carries the tag “{'” or “'.join(str(tag) for tag in tags)}”.")
    chosen = tuple(journey for journey in journeys if journey is not None)
    return Chosen(
        days=_days(parameters, known),
        today=known.today,
        basis=_one_of(parameters, "basis", ("entered", "happened")),
        compare=_one_of(parameters, "compare", ranges.COMPARISONS),
        journeys=chosen,
        versions=_versions(parameters, chosen, known),
        channels=_listed(parameters, "channel", "channel", known.channels),
        sub_accounts=_listed(parameters, "sub_account", "sub-account", known.sub_accounts),
        tags=tuple(tag for tag in tags if tag is not None),
        tagged=tagged,
    )


def written(values: Iterable[str | int | None]) -> str:
    """A list as one parameter: commas between, those inside an id behind a backslash, null an empty text."""
    return ",".join(re.sub(r"([\\,])", r"\\\1", "" if value is None else str(value)) for value in values)


def split(text: str, known: Collection[str | None] = ()) -> Values:
    """The reverse of `written`. An id with a comma or backslash of its own is also taken as it stands."""
    if text and text in known:
        return (text,)
    parts, letters = [""], iter(text)
    for letter in letters:
        if letter == ",":
            parts.append("")
        else:
            parts[-1] += next(letters, letter) if letter == "\\" else letter
    return tuple(part or None for part in parts)


def whole(text: str) -> int | None:
    """The number that an id of an address is; None: it is none (a digit of another script either, or one that no id reaches)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _listed(parameters: Mapping[str, str], name: str, word: str, known: Collection[str | None]) -> Values:
    if name not in parameters:
        return ()
    values = tuple(dict.fromkeys(split(parameters[name], known)))
    for value in values:
        if value not in known:
            raise WrongUsage(unknown(word, value or "", [k for k in known if k]))
    return values


def _one_of(parameters: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    value = parameters.get(name, allowed[0])
    if value not in allowed:
        raise WrongUsage(unknown(name, value, allowed))
    return value


def _versions(parameters: Mapping[str, str], journeys: tuple[str, ...], known: Known) -> tuple[int | None, ...]:
    if "version" not in parameters:
        return ()
    if len(journeys) != 1:
        raise WrongUsage("A version belongs to one journey: choose the journey first, or drop “version” from the address.")
    there = known.versions.get(journeys[0], ())
    named = {"" if version is None else str(version): version for version in there}
    found = []
    for text in split(parameters["version"]):
        if (text or "") not in named:
            raise WrongUsage(unknown("version of this journey", text or "", named))
        found.append(named[text or ""])
    return tuple(dict.fromkeys(found))


def _days(parameters: Mapping[str, str], known: Known) -> ranges.Days:
    if "from" not in parameters and "to" not in parameters:
        name = parameters.get("range", "28d")
        if name not in ranges.IDS:
            raise WrongUsage(unknown("range", name, ranges.IDS))
        return ranges.preset(ranges.IDS[name], known.today, known.begins)
    first = _day(parameters, "from") or min(known.begins, known.today)
    last = _day(parameters, "to") or known.today
    if first > last:
        raise WrongUsage(f"The range ends before it starts: from {first} to {last}.")
    return first, last


def _day(parameters: Mapping[str, str], name: str) -> date | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.A):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"“{text}” is no day: “{name}” takes one as 2025-03-31.") from None
