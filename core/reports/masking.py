"""Profile ids and collected values as dots, wherever an answer that has them is shown to or exported by somebody who may not see them."""
from dataclasses import replace

import polars as pl

from core.access.accounts import Account
from core.metrics import Result
from core.metrics.menus import PERSONAL as COLLECTED

MASK = "•••"
PERSONAL = ("profile_id", COLLECTED)
FEATURE = "people"


def masked(result: Result, account: Account, role: str) -> Result:
    """The answer as somebody with the role may see it: counts as they are, personal values as dots."""
    there = [name for name in PERSONAL if name in result.frame.columns]
    if not there or account.refusal(FEATURE, role) is None:
        return result
    hidden = (pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in there)
    return replace(result, frame=result.frame.with_columns(hidden))
