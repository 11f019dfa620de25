"""The MEP ledger of §3: one line a profile and month, of the first received entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.oracle.days import Zones, end_of_month, local, local_day
from tests.oracle.facts import Fact, newest_documents, runs_of
from tests.oracle.log import Log


def ledger(log: Log, zones: Zones) -> list[Fact]:
    """§3: "An entry is the first received entered event of each run … Per profile of that event and month of its occurred_at: one line, of the first
    received entry"."""
    catalog = newest_documents(log)
    entries = [min(run["entered"], key=lambda event: event["position"]) for run in runs_of(log.events, catalog)]
    lines: dict[tuple[str, str], Fact] = {}
    for entry in sorted(entries, key=lambda event: event["position"]):
        day = local_day(zones, entry["occurred_at"])
        sub_account = entry["sub_account_id"]
        if sub_account is None:  # "(else the journey's)"
            sub_account = catalog.get(entry["journey_id"], {}).get("sub_account_id")
        lines.setdefault(
            (entry["profile_id"], f"{day:%Y-%m}"),
            {
                "profile": entry["profile_id"],
                "at": entry["occurred_at"],
                "billed_at": entry["received_at"],
                "journey": entry["journey_id"],
                "campaign_name": campaign_name(log, entry),
                "sub_account": sub_account,
                "late": entry["received_at"] >= end_of_month(zones, day),  # "received_at at or after the end of the month"
                "month": f"{day:%Y-%m}",
            },
        )
    return list(lines.values())


def campaign_name(log: Log, entry: dict[str, Any]) -> str:
    """§3: "the name in the newest document that the log holds before the line's record, else in the first one put, else the id"."""
    documents = [document for document in log.documents if document.body["journey_id"] == entry["journey_id"]]
    before = [document for document in documents if document.after_position < entry["position"]]
    told = before[-1:] or documents[:1]
    return told[0].body["name"] if told else entry["journey_id"]


def written(zones: Zones, at: datetime) -> str:
    """§5: "RFC 3339 in the account's zone with its offset, fractions only where there are any"."""
    return local(zones, at).isoformat()


def mep_lines(log: Log, zones: Zones, month: str, sub_accounts: list[str] | str | None = None) -> list[dict[str, Any]]:
    """The rows of `journeys mep --format json`: "sorted by Engaged At, then Person ID; json rows also have late"."""
    wanted = [sub_accounts] if isinstance(sub_accounts, str) else sub_accounts or []
    lines = [line for line in ledger(log, zones) if line["month"] == month and (not wanted or line["sub_account"] in wanted)]
    return [
        {
            "Person ID": line["profile"],
            "Engaged At": written(zones, line["at"]),
            "Billed At": written(zones, line["billed_at"]),
            "Campaign ID": line["journey"],
            "Campaign Name": line["campaign_name"],
            "late": line["late"],
        }
        for line in sorted(lines, key=lambda line: (line["at"], line["profile"]))
    ]
