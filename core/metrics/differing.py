"""The same question on two snapshots: what it says in each, the groups that differ, and the rows that came and went."""
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.answering import answer, column, journey_names
from core.metrics.behind import askable
from core.metrics.clock import local_texts
from core.metrics.evidence import SHOWN, facts_behind, people_behind, union
from core.metrics.measures import MEASURES
from core.metrics.once import once
from core.metrics.planner import Part, plan
from core.metrics.query import Query
from core.metrics.result import Column
from core.metrics.rules import columns, settled
from core.metrics.sql import named
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DIFFERENCE = "_difference"
CAME, WENT = "came", "went"
CHANGE = "change"  # the first column of rows: CAME or WENT
BLOCK = 4096  # positions of the log that one fingerprint covers
BATCH = 250_000  # positions whose rows are compared at once
APART = {"arrivals": "element_id", "goals": "journey_id"}  # what tells rows of one place in the log apart: an event may be the goal of a run in each journey


@dataclass(frozen=True, slots=True)
class Difference:
    """What two snapshots say to one question, without its order, limit and comparison.

    `groups` has the groups that differ alone: the dimensions, then for each column c of numbers c_before, c and c_difference (null where either side has no
    number). `alike` counts the groups that are the same in both.
    """

    query: Query
    before: Snapshot
    after: Snapshot
    groups: pl.DataFrame
    alike: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """How the columns of `groups` are read."""
        found = []
        for name in self.groups.columns:
            of = name.removesuffix(DIFFERENCE)
            known = column(of, self.query)
            found.append(known if of == name else Column(name, f"{known.label}, difference", known.unit))
        return tuple(found)

    @property
    def journeys(self) -> dict[str, str]:
        """The names of the journeys in `groups`."""
        return journey_names(self.before) | journey_names(self.after) if "journey" in self.groups.columns else {}


def comparable(query: Query) -> Query:
    """The question as two snapshots are asked it: whole, without order, limit, comparison and another way to be told."""
    return settled(replace(query, order=None, limit=None, compare=None, answer=None))


def difference(before: Snapshot, after: Snapshot, query: Query) -> Difference:
    """Both answers side by side. Raises WrongUsage where the question has none, or `before` is not the earlier one."""
    if before.as_of > after.as_of or before.snapshot_id == after.snapshot_id:
        raise WrongUsage(f"{before.snapshot_id} is no earlier snapshot than {after.snapshot_id}.")
    query = comparable(query)
    old, new = (answer(snapshot, query).frame for snapshot in (before, after))
    dimensions, numbers = list(query.dimensions), [name for name in columns(query) if name not in query.dimensions]
    if dimensions:
        both = new.join(old, on=dimensions, how="full", coalesce=True, nulls_equal=True, suffix="_before").sort(dimensions, nulls_last=True)
    else:
        both = new.hstack(old.rename({name: f"{name}_before" for name in numbers}))
    counts = [name for name in numbers if column(name, query).unit in (Unit.COUNT, Unit.PEOPLE)]
    both = both.with_columns(pl.col(side).fill_null(0) for name in counts for side in (name, f"{name}_before"))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in numbers)
    groups = both.filter(differs).select(*dimensions, *(side for name in numbers for side in _sides(name)))
    return Difference(query, before, after, groups, both.height - groups.height)


def _sides(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    return pl.col(f"{name}_before"), pl.col(name), (pl.col(name) - pl.col(f"{name}_before")).alias(name + DIFFERENCE)


def moved_rows(before: Snapshot, after: Snapshot, query: Query) -> Iterator[pl.DataFrame]:
    """The rows behind the one measure that are in one of the snapshots alone, in batches: CHANGE, then what core.metrics.behind.rows shows.

    A row is the same in both where its dimensions, its place in the log (people: the profile; a goal event: its journey too) and its addend are. At least one
    batch, for its columns.
    Blocks of the log with the same fingerprint in both are not read. Raises WrongUsage as `rows` does.
    """
    query = askable(comparable(query))
    part = plan(query, force_facts=True)[0]
    prints = [_prints(snapshot, part, query) for snapshot in (before, after)]
    both = prints[0].join(prints[1], on="block", how="full", coalesce=True, suffix="_after")
    differs = pl.col("n").ne_missing(pl.col("n_after")) | pl.col("mark").ne_missing(pl.col("mark_after"))
    ranges = _ranges(sorted(both.filter(differs)["block"]))
    for start, end in ranges or [(0, 0)]:
        found = _moved(before, after, part, query, start, end)
        if found.height or not ranges or (start, end) == ranges[0]:
            yield found


def _of_people(query: Query) -> bool:
    return MEASURES[query.measures[0]].unit is Unit.PEOPLE


def _prints(snapshot: Snapshot, part: Part, query: Query) -> pl.DataFrame:
    """(block, n, mark): how many rows have their key in the block of positions, and what they are, as one number."""
    measure, own = part.measures[0], [named(name) for name in part.dimensions]
    addend = measure.counted if measure.unit in (Unit.MONEY, Unit.SECONDS) else "1"
    end = once(snapshot, "SELECT position FROM build").item() + 1
    by = "profile_key" if _of_people(query) else None
    texts, params = union(part, query, lambda rows: [f"{by or SHOWN[rows.table].key} AS _key", f"{addend} AS _addend",
                                                     f"{APART.get(rows.table, 'NULL')} AS _at"], 0, end, key=by)
    rows = f"SELECT {'DISTINCT' if by else ''} {''.join(f'{name}, ' for name in own)}_key, _addend, _at FROM (\n{texts}\n)"
    marked = f"hash({', '.join([*own, '_key', '_addend', '_at'])})"  # added up: under XOR rows that share all but the last column cancel the rest out
    return snapshot.sql(f"SELECT _key // {BLOCK} AS block, count(*) AS n, sum({marked}) AS mark FROM (\n{rows}\n) GROUP BY block", params)


def _ranges(blocks: list[int]) -> list[tuple[int, int]]:
    """Blocks as ranges of positions [start, end): neighbours together, each at most BATCH long."""
    found: list[tuple[int, int]] = []
    for block in blocks:
        start, end = block * BLOCK, (block + 1) * BLOCK
        if found and start == found[-1][1] and end - found[-1][0] <= BATCH:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _moved(before: Snapshot, after: Snapshot, part: Part, query: Query, start: int, end: int) -> pl.DataFrame:
    behind = people_behind if _of_people(query) else facts_behind
    old, new = (local_texts(snapshot.sql(*behind(part, query, start, end)), after.zones) for snapshot in (before, after))
    keys = [name for name in old.columns if name in {*query.dimensions, "position", APART.get(part.rows[0].table)}]
    keys += ["profile_id"] if _of_people(query) else [name for name in query.measures if name in old.columns]
    came, went = (one.join(other, on=keys, how="anti", nulls_equal=True) for one, other in ((new, old), (old, new)))
    return pl.concat([came.select(pl.lit(CAME).alias(CHANGE), pl.all()), went.select(pl.lit(WENT).alias(CHANGE), pl.all())], how="vertical_relaxed")
