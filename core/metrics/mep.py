"""The MEP ledger: one line a profile and month, of the first received entry (design §6)."""
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import duckdb
import polars as pl

from core.errors import WrongUsage
from core.metrics.clock import local_texts
from core.metrics.dimensions import DIMENSIONS
from core.metrics.result import Column
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

COLUMNS = tuple(Column(name, name, Unit.TEXT) for name in ("Person ID", "Engaged At", "Billed At", "Campaign ID", "Campaign Name"))
NAMES = [column.name for column in COLUMNS]
SHOWN = (*NAMES, "late")
# what of a line a catalog document put later can change: once exported it stands as it was
KEPT = {"position": pl.Int64(), "campaign_name": pl.String(), "sub_account_id": pl.String()}
A_BATCH = 10_000  # lines at a time: what a report of any size takes of memory
MOST_STRETCHES = 100  # of a month: each looks through all profiles
# some lines after the other: sorting a million at once would take five times the memory
_CHOSEN = """SELECT * FROM (
        SELECT mep.profile_key, engaged_at, billed_at, journey_id, {name} AS campaign_name, is_late, mep.position, {sub_account} AS sub_account_id
        FROM mep{kept}
        WHERE month = ? AND {bounds}
    ) AS line{within}"""
_LINES = """WITH line AS MATERIALIZED (
    {chosen}
), person AS (SELECT * FROM profiles SEMI JOIN line USING (profile_key))
SELECT profile_id AS "Person ID", engaged_at AS "Engaged At", billed_at AS "Billed At", journey_id AS "Campaign ID", campaign_name AS "Campaign Name",
       is_late AS late, position, sub_account_id
FROM line
LEFT JOIN person USING (profile_key)
ORDER BY engaged_at, profile_id"""
_PLAIN = {"name": "campaign_name", "sub_account": "mep.sub_account_id", "kept": ""}
_AS_EXPORTED = {"name": "CASE WHEN kept.position IS NULL THEN mep.campaign_name ELSE kept.campaign_name END",
                "sub_account": "CASE WHEN kept.position IS NULL THEN mep.sub_account_id ELSE kept.sub_account_id END",
                "kept": " LEFT JOIN kept ON kept.position = mep.position"}


def first_day(text: str) -> date:
    """Of a month written YYYY-MM. Raises WrongUsage."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise WrongUsage(f"A month is written YYYY-MM, not “{text}”.")
    first = DIMENSIONS["month"].value(text)
    assert isinstance(first, date)
    return first


def mep_lines(snapshot: Snapshot, month: date | str, sub_accounts: Sequence[str | None] = (), kept: pl.DataFrame | None = None) -> pl.DataFrame:
    """The lines of a month (its first day, or YYYY-MM), of these sub-accounts alone where any is named ("" or None: of none). Columns of
    COLUMNS in their order, then `late`; times are text in the account's zone; sorted by Engaged At, then Person ID. `kept` as in `line_batches`."""
    return pl.concat(line_batches(snapshot, month, sub_accounts, kept)).select(SHOWN)


def line_batches(snapshot: Snapshot, month: date | str, sub_accounts: Sequence[str | None] = (), kept: pl.DataFrame | None = None, *,
                 after: int = 0, upto: int | None = None) -> Iterator[pl.DataFrame]:
    """The same lines in batches, at least one, each with `position` (of the record that bills) and `sub_account_id` at its end.

    kept: columns of KEPT, one row a line that was exported before: it is told as it was then. Only lines after one position, up to another.
    """
    first = first_day(month) if isinstance(month, str) else month
    told = _PLAIN if kept is None else _AS_EXPORTED
    within, named = _chosen(sub_accounts)
    bounds = f"mep.position > {after:d}" + ("" if upto is None else f" AND mep.position <= {upto:d}")
    cursor = snapshot.cursor()
    try:
        if kept is not None:
            cursor.register("kept", kept.select(list(KEPT)).to_arrow())
        for since, until in _stretches(cursor, _CHOSEN.format(**told, bounds=bounds, within=within), [first, *named]):
            times = [f"engaged_at {sign} ?" for sign, at in ((">=", since), ("<", until)) if at is not None]
            sql = _LINES.format(chosen=_CHOSEN.format(**told, bounds=" AND ".join([bounds, *times]), within=within))
            reader = cursor.sql(sql, params=[first, *(at for at in (since, until) if at is not None), *named]).to_arrow_reader(A_BATCH)
            if since is None:
                yield local_texts(_frame(reader.schema.empty_table()), snapshot.zones)
            for batch in reader:
                yield local_texts(_frame(batch), snapshot.zones)
    finally:
        cursor.close()


def _stretches(cursor: duckdb.DuckDBPyConnection, lines: str, params: Sequence[object]) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Stretches of time, in order, that cover these lines with about A_BATCH in each; what came in one minute stays together."""
    sql = f"SELECT date_trunc('minute', engaged_at) AS minute, count(*) AS lines FROM ({lines}) GROUP BY minute ORDER BY minute"
    minutes = cursor.sql(sql, params=list(params)).pl()
    size = max(A_BATCH, int(minutes["lines"].sum()) // MOST_STRETCHES)
    since, found = None, 0
    for minute, more in minutes.iter_rows():
        if found and found + more > size:
            yield since, minute
            since, found = minute, 0
        found += more
    yield since, None


def count(snapshot: Snapshot, month: date, sub_accounts: Sequence[str | None] = (), kept: pl.DataFrame | None = None, *, after: int = 0) -> tuple[int, int]:
    """How many lines a month has, and how many of them are late; after a position alone."""
    within, params = _chosen(sub_accounts)
    told = _PLAIN if kept is None else _AS_EXPORTED
    source = f"SELECT {told['sub_account']} AS sub_account_id, is_late FROM mep{told['kept']}"
    cursor = snapshot.cursor()
    try:
        if kept is not None:
            cursor.register("kept", kept.select(list(KEPT)).to_arrow())
        sql = f"SELECT count(*), count(*) FILTER (is_late) FROM ({source} WHERE month = ? AND mep.position > {after:d}) AS line{within}"
        ((lines, late),) = cursor.sql(sql, params=[month, *params]).fetchall()
        return int(lines), int(late)
    finally:
        cursor.close()


def _chosen(sub_accounts: Sequence[str | None]) -> tuple[str, list[str]]:
    """The WHERE over `line` that leaves these sub-accounts, and its parameters."""
    named = [value for value in sub_accounts if value]
    choices = [f"sub_account_id IN ({', '.join('?' * len(named))})"] if named else []
    if len(named) < len(sub_accounts):
        choices.append("sub_account_id IS NULL")
    return (f"\nWHERE {' OR '.join(choices)}" if choices else ""), named


def _frame(batch: object) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame
