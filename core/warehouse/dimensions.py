"""What the catalog's documents say, as tables: journeys, versions, arms, elements, and the names a journey has had."""
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from core.eventlog import Document

MOMENT = pl.Datetime("us", "UTC")
SCHEMAS: dict[str, dict[str, Any]] = {
    "journeys": {"journey_id": pl.String, "name": pl.String, "status": pl.String, "created_by": pl.String,
                 "tags": pl.List(pl.String), "sub_account_id": pl.String, "launched_at": MOMENT, "ended_at": MOMENT, "is_catalogued": pl.Boolean},
    "versions": {"journey_id": pl.String, "version": pl.Int64, "published_at": MOMENT, "goal_event": pl.String, "within_days": pl.Float64,
                 "is_catalogued": pl.Boolean},
    "arms": {"journey_id": pl.String, "version": pl.Int64, "ordinal": pl.Int32, "name": pl.String, "element_id": pl.String, "is_control": pl.Boolean},
    "elements": {"journey_id": pl.String, "version": pl.Int64, "ordinal": pl.Int32, "element_id": pl.String, "kind": pl.String, "name": pl.String,
                 "channel": pl.String, "next": pl.String},
    "exits": {"journey_id": pl.String, "version": pl.Int64, "element_id": pl.String, "to_id": pl.String},
    "document_names": {"journey_id": pl.String, "name": pl.String, "after_position": pl.Int64, "until_position": pl.Int64},
}


def tables(documents: Sequence[Document]) -> dict[str, pl.DataFrame]:
    """One frame a table of SCHEMAS: the newest document describes a journey; `document_names` has a row a document, valid for the records after it."""
    newest = {document.body["journey_id"]: document.body for document in documents}
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
    for body in newest.values():
        journey = body["journey_id"]
        rows["journeys"].append((journey, body.get("name") or journey, body.get("status"), body.get("created_by"), body.get("tags") or [],
                                 body.get("sub_account_id"), moment(body.get("launched_at")), moment(body.get("ended_at")), True))
        for version in body.get("versions") or []:
            describe(rows, journey, version)
    rows["document_names"] = names(documents)
    return {name: pl.DataFrame(rows[name], schema=schema, orient="row") for name, schema in SCHEMAS.items()}


def describe(rows: dict[str, list[tuple[Any, ...]]], journey: str, version: dict[str, Any]) -> None:
    """Add one version, its arms, its elements, and where each of these leads to."""
    number, goal = version["version"], version.get("goal") or {}
    rows["versions"].append((journey, number, moment(version.get("published_at")), goal.get("event"), goal.get("within_days"), True))
    for ordinal, arm in enumerate(version.get("arms") or []):
        rows["arms"].append((journey, number, ordinal, arm["name"], arm["element_id"], bool(arm.get("control"))))
    for ordinal, element in enumerate(version.get("elements") or []):
        rows["elements"].append((journey, number, ordinal, element["element_id"], element.get("kind"), element.get("name") or element["element_id"],
                                 element.get("channel"), json.dumps(element.get("next") or [], ensure_ascii=False)))
        ways_on = dict.fromkeys(way["to"] for way in element.get("next") or [] if way.get("to") is not None)
        rows["exits"] += [(journey, number, element["element_id"], to) for to in ways_on]


def names(documents: Sequence[Document]) -> list[tuple[Any, ...]]:
    """(journey, name, first position it is not yet valid for, last position it is valid for): the first name also serves the records before it."""
    rows: list[tuple[Any, ...]] = []
    last: dict[str, int] = {}
    for document in documents:
        journey = document.body["journey_id"]
        if journey in last:
            at = last[journey]
            rows[at] = (*rows[at][:3], document.after_position)
        rows.append((journey, document.body.get("name") or journey, document.after_position if journey in last else -1, None))
        last[journey] = len(rows) - 1
    return rows


def moment(text: str | None) -> datetime | None:
    """A catalog time, which carries its offset."""
    return datetime.fromisoformat(text) if text else None
