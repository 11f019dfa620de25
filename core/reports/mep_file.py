"""The file of a MEP report that was asked for: the lines of a month as CSV or Excel, or the evidence pack around them."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.reports.mep_evidence import evidence_pack
from core.reports.mep_report import write_mep

if TYPE_CHECKING:
    from core.access.accounts import Account
    from core.metrics.mep_entries import Log
    from core.store import Store
    from core.warehouse.snapshots import Snapshot


def suffix(parameters: Mapping[str, Any]) -> str:
    """Of the file, with its dot."""
    return ".zip" if parameters["evidence"] else f".{parameters['format']}"


def write(store: Store, account: Account, snapshot: Snapshot, folder: Path, log: Log, parameters: Mapping[str, Any], path: Path, *, by: str, now: datetime,
          progress: Callable[[float], None]) -> int:
    """Write the file; gives how many lines it has. `folder` and `log` are the account's. Raises WrongUsage where a sheet cannot hold them."""
    month, of = parameters["month"], parameters["sub_accounts"]
    if parameters["evidence"]:
        return evidence_pack(store, account, snapshot, folder, log, month, of, path, by=by, now=now, progress=progress).lines
    return write_mep(store, account, snapshot, folder, month, of, path, parameters["format"], by=by, now=now, progress=progress).lines
