"""The MEP ledger: one line a profile and month, of the first received entry (design §6)."""
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from core.errors import WrongUsage
from core.metrics.clock import local_texts
from core.metrics.dimensions import DIMENSIONS
from core.metrics.mep_stretches import A_BATCH, MOST_STRETCHES, stretches
from core.metrics.result import Column
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot, apart, quoted

COLUMNS = tuple(Column(name, name, Unit.TEXT) for name in ("Person ID", "Engaged At", "Billed At", "Campaign ID", "Campaign Name"))
NAMES = [column.name for column in COLUMNS]
SHOWN = (*NAMES, "late")
# what of a line a catalog document put later can change: once exported it stands as it was
KEPT = {"position": pl.Int64(), "campaign_name": pl.String(), "sub_account_id": pl.String()}
TOLD = {**dict.fromkeys(NAMES, pl.String()), "late": pl.Boolean(), "position": pl.Int64(), "sub_account_id": pl.String(), "is_kept": pl.Boolean()}
MEMORY_MB = 32  # of the buffer, for a stretch of A_BATCH lines: a larger one would fill with all profiles, and what goes out is read once
_MINE = "SELECT profile_key, engaged_at, billed_at, journey_id, campaign_name, is_late, position, sub_account_id FROM mep WHERE month = ? AND {bounds}{within}"
_SAID = """mine AS MATERIALIZED ({mine}), said AS (
    SELECT position, min_by({{'campaign_name': campaign_name, 'sub_account_id': sub_account_id}}, n) AS line
    FROM kept SEMI JOIN mine USING (position) GROUP BY position
), line AS MATERIALIZED (SELECT * FROM (
    SELECT mine.* REPLACE (CASE WHEN said.position IS NULL THEN mine.campaign_name ELSE said.line.campaign_name END AS campaign_name,
                           CASE WHEN said.position IS NULL THEN mine.sub_account_id ELSE said.line.sub_account_id END AS sub_account_id),
           said.position IS NOT NULL AS is_kept
    FROM mine LEFT JOIN said ON said.position = mine.position
) AS told WHERE TRUE{within})"""
# a stretch after the other: sorting a million lines at once would take five times the memory
_OF_TIMES = "{said}, person AS (SELECT * FROM profiles SEMI JOIN line USING (profile_key))"
_OF_IDS = "person AS MATERIALIZED (SELECT * FROM profiles WHERE {ids}), {said}"
_LINES = """WITH {parts}
SELECT profile_id AS "Person ID", engaged_at AS "Engaged At", billed_at AS "Billed At", journey_id AS "Campaign ID", campaign_name AS "Campaign Name",
       is_late AS late, position, sub_account_id, is_kept
FROM line LEFT JOIN person USING (profile_key) ORDER BY engaged_at, profile_id"""


def first_day(text: str) -> date:
    """Of a month written YYYY-MM. Raises WrongUsage."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise WrongUsage(f"A month is written YYYY-MM, not “{text}”.")
    first = DIMENSIONS["month"].value(text)
    assert isinstance(first, date)
    return first


def mep_lines(snapshot: Snapshot, month: date | str, sub_accounts: Sequence[str | None] = (), kept: Sequence[Path] = ()) -> pl.DataFrame:
    """The lines of a month (its first day, or YYYY-MM), of these sub-accounts alone where any is named ("" or None: of none). Columns of
    COLUMNS in their order, then `late`; times are text in the account's zone; sorted by Engaged At, then Person ID. `kept` as in `line_batches`."""
    return pl.concat(line_batches(snapshot, month, sub_accounts, kept)).select(SHOWN)


def line_batches(snapshot: Snapshot, month: date | str, sub_accounts: Sequence[str | None] = (), kept: Sequence[Path] = (), *,
                 after: int = 0, upto: int | None = None) -> Iterator[pl.DataFrame]:
    """The same lines in batches, at least one, each with `position` (of the record that bills), `sub_account_id` and `is_kept` at its end.

    kept: Parquet files with the columns of KEPT, the oldest first, one row a line that was exported before: it is told as it was then. Only lines after
    one position, up to another. Memory is bounded by a batch.
    """
    first = first_day(month) if isinstance(month, str) else month
    within, named = _chosen(sub_accounts)
    bounds = f"position > {after:d}" + ("" if upto is None else f" AND position <= {upto:d}")
    size = max(A_BATCH, count(snapshot, first, sub_accounts, after=after)[0] // MOST_STRETCHES)
    yield pl.DataFrame(schema=TOLD)
    with apart(snapshot.path, f"{MEMORY_MB * size // A_BATCH}MB", kept) as connection:
        mine = _mine(connection, kept, first, within, named)
        for stretch in stretches(connection, mine.format(bounds=bounds), [first, *named], size):
            (when, times), (which, ids) = stretch.bounds, stretch.ids
            here = mine.format(bounds=f"{bounds} AND {when}")
            said = _SAID.format(mine=f"SELECT * FROM ({here}) SEMI JOIN person USING (profile_key)" if ids else here, within=within)
            parts = _OF_IDS.format(ids=which, said=said) if ids else _OF_TIMES.format(said=said)
            for batch in connection.sql(_LINES.format(parts=parts), params=[*ids, first, *times, *named, *named]).to_arrow_reader(A_BATCH):
                yield local_texts(_frame(batch), snapshot.zones)


def count(snapshot: Snapshot, month: date, sub_accounts: Sequence[str | None] = (), kept: Sequence[Path] = (), *, after: int = 0) -> tuple[int, int]:
    """How many lines a month has, and how many of them are late; after a position alone."""
    within, named = _chosen(sub_accounts)
    counted, bounds = "SELECT count(*), count(*) FILTER (is_late)", f"position > {after:d}"
    if not kept or not sub_accounts:  # what was said before can only be another sub-account
        ((lines, late),) = snapshot.sql(f"{counted} FROM ({_MINE.format(bounds=bounds, within=within)})", [month, *named]).rows()
        return int(lines), int(late)
    with apart(snapshot.path, f"{4 * MEMORY_MB}MB", kept) as connection:
        said = _SAID.format(mine=_mine(connection, kept, month, within, named).format(bounds=bounds), within=within)
        ((lines, late),) = connection.execute(f"WITH {said} {counted} FROM line", [month, *named, *named]).fetchall()
        return int(lines), int(late)


def _mine(connection: duckdb.DuckDBPyConnection, kept: Sequence[Path], month: date, within: str, named: Sequence[str]) -> str:
    """The SELECT of the chosen lines, with a place for `bounds`. Makes view `kept`: what exported lines said, `n` counts the exports.

    A line that was exported under another sub-account than it has now may be among the chosen ones by that.
    """
    said = [f"SELECT {n} AS n, position, campaign_name, sub_account_id FROM read_parquet('{quoted(file)}')" for n, file in enumerate(kept)]
    nothing = "SELECT 0 AS n, 0::BIGINT AS position, '' AS campaign_name, '' AS sub_account_id WHERE FALSE"
    connection.execute(f"CREATE TEMP VIEW kept AS {' UNION ALL '.join(said) or nothing}")
    if not kept or not within:
        return _MINE.format(bounds="{bounds}", within=within)
    connection.execute("""CREATE TEMP TABLE moved AS SELECT kept.position FROM kept JOIN mep ON mep.position = kept.position
                          WHERE mep.month = ? AND mep.sub_account_id IS DISTINCT FROM kept.sub_account_id""", [month])
    return _MINE.format(bounds="{bounds}", within=f" AND (position IN (SELECT position FROM moved) OR (TRUE{within}))")


def _chosen(sub_accounts: Sequence[str | None]) -> tuple[str, list[str]]:
    """What leaves these sub-accounts, behind another condition, and its parameters."""
    named = [value for value in sub_accounts if value]
    choices = [f"sub_account_id IN ({', '.join('?' * len(named))})"] if named else []
    if len(named) < len(sub_accounts):
        choices.append("sub_account_id IS NULL")
    return (f" AND ({' OR '.join(choices)})" if choices else ""), named


def _frame(batch: object) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame
