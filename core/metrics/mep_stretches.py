"""Lines of a ledger in stretches that are small enough to be sorted one after the other, however many of them fall on one instant."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import duckdb

A_BATCH = 10_000  # lines at a time: what a report of any size takes of memory
MOST_STRETCHES = 100  # of a month: each looks through all profiles
_STEPS = (("minute", timedelta(minutes=1)), ("millisecond", timedelta(milliseconds=1)), ("microsecond", timedelta(microseconds=1)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines from one instant to before another, and of an instant with too many of them those from one id to before another; None is open."""

    since: datetime | None = None
    until: datetime | None = None
    first_id: str | None = None
    next_id: str | None = None

    @property
    def bounds(self) -> tuple[str, list[datetime]]:
        """As a condition over `engaged_at`, and its parameters."""
        given = [(f"engaged_at {sign} ?", at) for sign, at in ((">=", self.since), ("<", self.until)) if at is not None]
        return " AND ".join(text for text, _ in given) or "TRUE", [at for _, at in given]

    @property
    def ids(self) -> tuple[str, list[str]]:
        """As a condition over `profile_id`, and its parameters."""
        given = [(f"profile_id {sign} ?", text) for sign, text in ((">=", self.first_id), ("<", self.next_id)) if text is not None]
        return " AND ".join(text for text, _ in given) or "TRUE", [text for _, text in given]


@dataclass(frozen=True, slots=True)
class Lines:
    """What is cut: a SELECT with `engaged_at` and `profile_key`, its parameters, and about how many of its rows a stretch has."""

    cursor: duckdb.DuckDBPyConnection
    sql: str
    params: tuple[object, ...]
    size: int


def stretches(cursor: duckdb.DuckDBPyConnection, sql: str, params: Sequence[object], size: int) -> Iterator[Stretch]:
    """Stretches in order of (engaged_at, profile_id) that cover all time, with about `size` rows of this SELECT in each."""
    yield from _cut(Lines(cursor, sql, tuple(params), size), Stretch(), 0)


def _cut(lines: Lines, whole: Stretch, step: int) -> Iterator[Stretch]:
    """The stretches of one: by minutes; what is too much for a stretch by its milliseconds, microseconds, and then by ids."""
    unit, length = _STEPS[step]
    since, found = whole.since, 0
    for moment, more in _counted(lines, whole, unit):
        is_large = more > 2 * lines.size
        if since != moment and (found + more > lines.size if found else is_large):
            yield Stretch(since, moment)
            since, found = moment, 0
        if is_large:
            within = Stretch(moment, moment + length)
            yield from _by_id(lines, within, more) if step + 1 == len(_STEPS) else _cut(lines, within, step + 1)
            since, found = within.until, 0
        else:
            found += more
    if since is None or since != whole.until:
        yield Stretch(since, whole.until)


def _counted(lines: Lines, whole: Stretch, unit: str) -> list[tuple[datetime, int]]:
    where, at = whole.bounds
    sql = f"SELECT date_trunc('{unit}', engaged_at) AS moment, count(*) AS lines FROM ({lines.sql}) WHERE {where} GROUP BY moment ORDER BY moment"
    return list(lines.cursor.sql(sql, params=[*lines.params, *at]).pl().iter_rows())


def _by_id(lines: Lines, instant: Stretch, found: int) -> Iterator[Stretch]:
    """The stretches of one instant, cut where a sample of its ids says that they are about as long as others."""
    where, at = instant.bounds
    every = max(1, lines.size // 100)
    ids = [name for (name,) in lines.cursor.execute(
        f"SELECT profile_id FROM profiles SEMI JOIN (SELECT profile_key FROM ({lines.sql}) WHERE {where} AND hash(profile_key) % {every} = 0) AS line"
        " USING (profile_key) ORDER BY profile_id", [*lines.params, *at]).fetchall()]
    parts = -(-found // lines.size)
    cuts: list[str | None] = [None, *dict.fromkeys(ids[len(ids) * n // parts] for n in range(1, parts) if ids), None]
    yield from (Stretch(instant.since, instant.until, first, after) for first, after in pairwise(cuts))
