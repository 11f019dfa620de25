"""Lay many small segments together, so that a log fed by webhooks stays a few files; positions stay as they are."""
from dataclasses import replace
from pathlib import Path

from core.eventlog.files import settle
from core.eventlog.index import joined, open_index, write_index
from core.eventlog.manifest import Manifest, Segment
from core.eventlog.segments import LARGEST, new_path, read_whole, table_of, write_table

TOGETHER = 8  # at least so many become one, and none of them is more than half of it: each rewriting doubles what a record lies in


def compacted(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest to commit after laying together the last segments, or the same one where there is nothing to do."""
    small = run_of_small(manifest.segments)
    if not small:
        return manifest
    first, last = small[0].first_position, small[-1].last_position
    whole = Segment(new_path(folder, first, last), first, last)
    write_table(whole.path, table_of(read_whole(small), first))
    write_index(whole.path, joined([open_index(segment) for segment in small]))
    settle(folder / "segments")
    return replace(manifest, segments=(*manifest.segments[:-len(small)], whole))


def run_of_small(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The longest run at the log's end worth laying together, LARGEST rows at most; () if there is none."""
    size = 1
    found: tuple[Segment, ...] = ()
    while size < LARGEST:
        size *= TOGETHER
        run = _ending(segments, size)
        if len(run) >= TOGETHER and 2 * max(segment.rows for segment in run) <= sum(segment.rows for segment in run):
            found = run
    return found


def _ending(segments: tuple[Segment, ...], size: int) -> tuple[Segment, ...]:
    """The last segments that have fewer than `size` rows each and at most LARGEST together."""
    rows = 0
    for count, segment in enumerate(reversed(segments)):
        rows += segment.rows
        if segment.rows >= size or rows > LARGEST:
            return segments[len(segments) - count:]
    return segments
