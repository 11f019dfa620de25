"""The MEP ledger: one line a profile and month, of the first received entry (design §6)."""
import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from core.errors import WrongUsage
from core.metrics.clock import local_texts
from core.metrics.dimensions import DIMENSIONS
from core.metrics.result import Column
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

COLUMNS = tuple(Column(name, name, Unit.TEXT) for name in ("Person ID", "Engaged At", "Billed At", "Campaign ID", "Campaign Name"))
_LINES = """SELECT profile_id AS "Person ID", engaged_at AS "Engaged At", billed_at AS "Billed At", journey_id AS "Campaign ID",
       campaign_name AS "Campaign Name", is_late AS late
FROM mep
LEFT JOIN profiles USING (profile_key)"""


def first_day(text: str) -> date:
    """Of a month written YYYY-MM. Raises WrongUsage."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise WrongUsage(f"A month is written YYYY-MM, not “{text}”.")
    first = DIMENSIONS["month"].value(text)
    assert isinstance(first, date)
    return first


def mep_lines(snapshot: Snapshot, month: date | str, sub_accounts: Sequence[str | None] = ()) -> pl.DataFrame:
    """The lines of a month (its first day, or YYYY-MM), of these sub-accounts alone where any is named ("" or None: of none). Columns of
    COLUMNS in their order, then `late`; times are text in the account's zone; sorted by Engaged At, then Person ID."""
    first = first_day(month) if isinstance(month, str) else month
    named = [value for value in sub_accounts if value]
    choices = [f"sub_account_id IN ({', '.join('?' * len(named))})"] if named else []
    if len(named) < len(sub_accounts):
        choices.append("sub_account_id IS NULL")
    chosen = f" AND ({' OR '.join(choices)})" if choices else ""
    lines = snapshot.sql(f"{_LINES}\nWHERE month = ?{chosen}\nORDER BY engaged_at, profile_id", [first, *named])
    return local_texts(lines, snapshot.zones)
