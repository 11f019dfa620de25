"""The people of a month of MEP by journey and by the rules of counting: as the build has counted them, else counted when they are asked for."""
from datetime import date, timedelta

import polars as pl

from core.metrics.once import has_table, once
from core.metrics.query import Query
from core.warehouse import mep_months, sqlfile
from core.warehouse.snapshots import Snapshot


def counted(snapshot: Snapshot, table: str, query: Query) -> pl.DataFrame:
    """The rows of a table of mep_months.KEPT for the range (whole months, counted as one) and the sub-accounts of a question; none where nobody was engaged."""
    subs = next((values for name, values in query.where if name == "sub_account"), None)
    if _is_kept(snapshot, table, query) and (subs is None or len(subs) == 1):
        rows = once(snapshot, f"SELECT * FROM {table}")
        of = pl.col("is_whole") if subs is None else ~pl.col("is_whole") & pl.col("sub_account_id").eq_missing(pl.lit(subs[0] or None, pl.String))
        return rows.filter((pl.col("month") == query.first) & of)
    first, last = query.first or date.min, query.last or date.max
    where, named = runs_of(subs or ())
    selects = mep_months.given(f"run_day BETWEEN DATE '{first}' AND DATE '{last}'{where}", f"month BETWEEN DATE '{first}' AND DATE '{last}'", month=str(first))
    steps = ", ".join(f"{name} AS ({select})" for name, select in (selects | {"mep_pair": sqlfile.select("mep_pair")}).items())
    return once(snapshot, f"WITH {steps} SELECT * FROM ({sqlfile.select(table)})", [*named, *named])


def _is_kept(snapshot: Snapshot, table: str, query: Query) -> bool:
    """Whether the range is one month and among those that the build counts; an older snapshot has no such table."""
    if query.first is None or query.last is None or query.last + timedelta(1) != (query.first + timedelta(31)).replace(day=1) or not has_table(snapshot, table):
        return False
    since = once(snapshot, f"SELECT {mep_months.SINCE}::DATE").item()
    return since is not None and query.first >= since


def runs_of(sub_accounts: tuple[object, ...]) -> tuple[str, list[str]]:
    """These sub-accounts as a condition over runs that follows others, and its parameters; none: all. "" and None are those of no sub-account."""
    named = [str(value) for value in sub_accounts if value]
    choices = [f"sub_account_id IN ({', '.join('?' * len(named))})"] if named else []
    choices += ["sub_account_id IS NULL"] if len(named) < len(sub_accounts) else []
    return (f" AND ({' OR '.join(choices)})" if choices else ""), named
