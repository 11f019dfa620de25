"""Every table of a snapshot as sorted rows, to hold two builds of one log against each other."""

from __future__ import annotations

from typing import Any

KEYED_BY_BUILD = ("reach_cells", "reach_series")  # behind the view `reach`, by keys that each build numbers for itself
OF_THIS_BUILD = ("snapshot", "as_of", "is_full", "seconds")  # what the `build` table says of the build itself, not of the log


def tables(snapshot: Any) -> dict[str, list[str]]:
    """Table name → its columns, then its rows as text, sorted."""
    names = snapshot.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name")["table_name"].to_list()
    return {name: rows_of(snapshot, name) for name in names if name not in KEYED_BY_BUILD}


def rows_of(snapshot: Any, name: str) -> list[str]:
    frame = snapshot.sql(f'SELECT * FROM "{name}"')
    if name == "build":
        frame = frame.drop(OF_THIS_BUILD)
    return [str(dict(zip(frame.columns, frame.dtypes, strict=True))), *sorted(map(str, frame.rows()))]


def table_differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, Any]:
    """Table → (rows of the one alone, rows of the other alone)."""
    found: dict[str, Any] = {}
    for name in sorted({*one, *other}):
        rows, others = one.get(name), other.get(name)
        if rows != others:
            left, right = list(rows or []), list(others or [])
            for row in list(left):
                if row in right:
                    left.remove(row)
                    right.remove(row)
            found[name] = (left, right)
    return found
