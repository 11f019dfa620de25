"""Apply a mapping to whole columns; just what core.sources.mapping does to a record."""
from collections.abc import Sequence

import polars as pl

from core.sources.mapping import Column, Mapping, Rule, Source
from core.sources.reading.choosing import where

Mapped = tuple[pl.DataFrame, pl.Series, pl.Series]  # (the table in our columns; rows to skip; rows without a rule)


class _NotByColumn(Exception):
    """A column whose values have no plain text form."""


def by_column(mapping: Mapping, table: pl.DataFrame) -> Mapped | None:
    """The mapped table, or None where it takes the record's own values to tell."""
    try:
        return _Columns(table).mapped(mapping)
    except _NotByColumn:
        return None


class _Columns:
    """The file's columns and their text forms."""

    def __init__(self, table: pl.DataFrame) -> None:
        self.table = table
        self.length = len(table)

    def all(self, value: str | bool | None, kind: pl.DataType) -> pl.Series:
        return pl.Series([value], dtype=kind).new_from_index(0, self.length)

    def text(self, name: str) -> pl.Series:
        if name not in self.table.columns:
            return self.all(None, pl.String())
        column = self.table[name].alias("text")
        if column.dtype == pl.String:
            return column
        if column.dtype.is_integer() or column.dtype in (pl.Boolean, pl.Null):
            return column.cast(pl.String)
        raise _NotByColumn

    def filled(self, source: Source) -> pl.Series:
        if isinstance(source, Column):
            return self.table[source.name].alias("column") if source.name in self.table.columns else self.all(None, pl.String())
        if not source.parts:
            return self.all(None, pl.String())
        filled = self.all("", pl.String())
        for is_column, part in source.parts:
            filled = filled + (self.text(part) if is_column else part)
        return filled

    def matches(self, rule: Rule) -> pl.Series:
        matching = self.all(True, pl.Boolean())
        for name, texts in rule.when:
            text = self.text(name)
            found = text.is_in([value for value in texts if value is not None]).fill_null(False)
            matching = matching & (found | text.is_null() if None in texts else found)
        return matching

    def mapped(self, mapping: Mapping) -> Mapped:
        chosen, unruled = self._choice(mapping.rules)
        skipped = self.all(False, pl.Boolean())
        for rule, rows in chosen:
            skipped = skipped | rows if rule.skip else skipped
        ours = {name: self.filled(source) for name, source in mapping.columns}
        for rule, rows in chosen:
            for name, source in rule.then:
                ours[name] = self._where(rows, self.filled(source), ours.get(name))
        kept = [column for column in self.table if column.name not in mapping.names and column.name not in mapping.ours]
        return pl.DataFrame([*kept, *(column.alias(name) for name, column in ours.items())]), skipped, unruled

    def _choice(self, rules: Sequence[Rule] | None) -> tuple[list[tuple[Rule, pl.Series]], pl.Series]:
        """The rows of each rule (the first that matches), and those of none."""
        open_ = self.all(True, pl.Boolean())
        if rules is None:
            return [], ~open_
        chosen = []
        for rule in rules:
            rows = self.matches(rule) & open_
            chosen.append((rule, rows))
            open_ = open_ & ~rows
        return chosen, open_

    def _where(self, rows: pl.Series, then: pl.Series, otherwise: pl.Series | None) -> pl.Series:
        otherwise = self.all(None, then.dtype) if otherwise is None else otherwise
        if otherwise.dtype != then.dtype:  # a time beside a text: never let a library print it
            if otherwise.null_count() < self.length:
                raise _NotByColumn
            otherwise = self.all(None, then.dtype)
        return where(rows, then, otherwise)
