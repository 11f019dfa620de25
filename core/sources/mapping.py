"""Mapping files: how a file with other columns is read as events (interface §5)."""
import re
from collections.abc import Mapping as Members
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from core.contract.objects import dumps
from core.errors import JourneysError, unknown

SKIPPED = "skipped"
NO_RULE = "no rule"
_PART = re.compile(r"(\{\{|\}\}|\{[^{}]*\})")


def lone_brace(written: str) -> bool:
    """Whether a template opens a brace that names no column and is not doubled."""
    return any("{" in part for part in _PART.split(written)[::2])


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and columns in turn: `"{case_id}-{event_idx}"`. Null where one of its columns is."""

    parts: tuple[tuple[bool, str], ...]  # (is it a column?, its name or the text)

    @classmethod
    def of(cls, written: str) -> "Template":
        """`{name}` is a column, `{{` and `}}` are braces."""
        parts = [(part[0] == "{" and part not in ("{{", "}}"), part) for part in _PART.split(written) if part]
        return cls(tuple((is_column, part[1:-1] if is_column else {"{{": "{", "}}": "}"}.get(part, part)) for is_column, part in parts))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(part for is_column, part in self.parts if is_column)

    def filled(self, record: Members[str, object]) -> str | None:
        texts = [text_of(record.get(part)) if is_column else part for is_column, part in self.parts]
        return None if None in texts else "".join(text for text in texts if text is not None) or None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of theirs, as it stands."""

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name,)

    def filled(self, record: Members[str, object]) -> object:
        return record.get(self.name)


Source = Template | Column


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies where each column of `when` has one of its texts (None: is null); an empty `when` is always true."""

    when: tuple[tuple[str, tuple[str | None, ...]], ...]
    then: tuple[tuple[str, Source], ...] = ()
    skip: bool = False

    def matches(self, record: Members[str, object]) -> bool:
        return all(text_of(record.get(column)) in texts for column, texts in self.when)


@dataclass(frozen=True)
class Mapping:
    """Ours from theirs. The first rule that matches says more; where there are rules, a record that none matches is refused."""

    source: str | None = None
    time_zone: str | None = None
    columns: tuple[tuple[str, Source], ...] = ()  # constants are templates without columns
    rules: tuple[Rule, ...] | None = None
    file: str = field(default="the mapping", compare=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """Their columns that the mapping names anywhere: these do not go into attributes by themselves."""
        sources = [source for _, source in self.columns] + [source for rule in self.rules or () for _, source in rule.then]
        return frozenset(name for source in sources for name in source.columns) | {column for rule in self.rules or () for column, _ in rule.when}

    @cached_property
    def ours(self) -> frozenset[str]:
        """Our columns that the mapping fills, always or by a rule."""
        return frozenset(ours for ours, _ in self.columns) | {ours for rule in self.rules or () for ours, _ in rule.then}

    def applied(self, record: Members[str, object]) -> dict[str, object] | str:
        """The record in our columns, or SKIPPED or NO_RULE. What the mapping does not name stays under its own name."""
        rule = next((rule for rule in self.rules if rule.matches(record)), None) if self.rules is not None else Rule(())
        if rule is None:
            return NO_RULE
        if rule.skip:
            return SKIPPED
        mapped = {key: value for key, value in record.items() if key not in self.names and key not in self.ours}
        for ours, source in (*self.columns, *rule.then):
            mapped[ours] = source.filled(record)
        return mapped

    def check(self, header: Sequence[str], file: str) -> None:
        """Raises JourneysError where the mapping names a column that the file does not have."""
        for name in sorted(self.names):
            if name not in header:
                raise JourneysError(f"{self.file} names a column that {file} lacks. {unknown('column', name, header)}")


def text_of(value: object) -> str | None:
    """A value as templates and rules see it: text as it stands, numbers as written, true and false; null for none and for empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return dumps(value) if isinstance(value, list | dict) else str(value)
