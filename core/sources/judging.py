"""Judge a chunk: plainly good rows by column, the others one by one with the contract's exact judge."""
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from core.contract.judge import Given, judge
from core.eventlog.records import frame_of
from core.sources.extras import with_ready_attributes
from core.sources.mapping import SKIPPED, Mapping
from core.sources.mapping_by_column import by_column
from core.sources.plain import plainly_good
from core.sources.reading import Chunk
from core.sources.reading.table import with_parsed_attributes


@dataclass(frozen=True, slots=True)
class Judged:
    """`accepted`: eventlog.SCHEMA in the chunk's order; `refused`: (row, reason) in order; `skipped`: rows that the mapping leaves out."""

    accepted: pl.DataFrame
    refused: list[tuple[int, str]] = field(default_factory=list)
    skipped: int = 0


def judged(chunk: Chunk, mapping: Mapping | None, given: Given) -> Judged:
    """The verdict on every row of the chunk."""
    quick = _by_column(chunk, mapping, given)
    if quick is None:
        exact = exactly(chunk, mapping, given, np.arange(len(chunk)))
        return replace(exact, accepted=exact.accepted.drop("row"))
    good, skipped = quick
    left = exactly(chunk, mapping, given, np.flatnonzero(~(good["plain"].to_numpy() | skipped.to_numpy())))
    frame = good.filter(pl.col("plain")).drop("plain")
    if len(left.accepted):
        frame = pl.concat([frame, left.accepted]).sort("row")
    return Judged(frame.drop("row"), left.refused, left.skipped + int(skipped.sum()))


def exactly(chunk: Chunk, mapping: Mapping | None, given: Given, rows: "np.typing.NDArray[np.intp]") -> Judged:
    """The verdict on these rows by the exact judge alone; its frame has the rows' numbers as `row`."""
    accepted, numbers, refused, skipped = [], [], [], 0
    for row in rows.tolist():
        verdict = _exact(chunk, row, mapping, given)
        if verdict == SKIPPED:
            skipped += 1
        elif isinstance(verdict, str):
            refused.append((row, verdict))
        else:
            accepted.append(verdict)
            numbers.append(row)
    return Judged(frame_of(accepted).with_columns(row=pl.Series(numbers, dtype=pl.UInt32)), refused, skipped)


def _exact(chunk: Chunk, row: int, mapping: Mapping | None, given: Given) -> dict[str, object] | str:
    if row in chunk.flaws:
        return chunk.flaws[row]
    record = chunk.record(row)
    if mapping is not None:
        mapped = mapping.applied(record)
        if isinstance(mapped, str):
            return mapped
        record = mapped
    return judge(with_parsed_attributes(record) if chunk.attributes_are_text else record, given)


def _by_column(chunk: Chunk, mapping: Mapping | None, given: Given) -> tuple[pl.DataFrame, pl.Series] | None:
    """(typed frame with `row` and `plain`; rows that the mapping skips), or None where columns cannot tell."""
    table = chunk.table
    odd = np.zeros(len(chunk), np.bool_)
    odd[list(chunk.odd | chunk.flaws.keys())] = True
    skipped = pl.Series([False]).new_from_index(0, len(chunk))
    if mapping is not None:
        mapped = by_column(mapping, table) if chunk.is_own else None
        if mapped is None:
            return None
        table, skipped, unruled = mapped
        skipped = skipped & ~pl.Series(odd)
        odd |= unruled.to_numpy()
    if chunk.is_own:
        table, unready = with_ready_attributes(table)
        odd |= unready.to_numpy()
    frame, plain = plainly_good(table, given)
    return frame.with_columns(row=pl.int_range(len(frame), dtype=pl.UInt32), plain=plain & ~pl.Series(odd) & ~skipped), skipped
