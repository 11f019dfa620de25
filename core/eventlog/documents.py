"""Catalog documents in the log: kept in order of receipt, and refused where a published version would change (interface §2)."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson

from core.contract.documents import BadDocument, instant
from core.eventlog.files import settle, write_durably

FINAL = ("goal", "arms", "elements", "published_at")  # of a published version


@dataclass(frozen=True, slots=True)
class Document:
    """One logged document. `after_position`: the log's last position when it was put."""

    sequence: int  # 1, 2, 3 …
    after_position: int
    put_at: datetime
    replaced: bool  # it changed what was final, or is the first of its journey: the next build recomputes the journey
    body: dict[str, Any]  # as contract.read_document gives it


def admitted(bodies: Sequence[dict[str, Any]], logged: Sequence[Document], *, replace: bool, now: datetime, position: int) -> list[Document]:
    """The documents to log, in order; one that equals its journey's newest is left out. Raises BadDocument for the first that is refused."""
    newest = {document.body["journey_id"]: document.body for document in logged}
    taken: list[Document] = []
    for body in bodies:
        before = newest.get(body["journey_id"])
        if before == body:
            continue
        broken = None if before is None else broken_rule(before, body)
        if broken is not None and not replace:
            raise BadDocument(f"Journey “{body['journey_id']}”: {broken}. Put it with --replace to recompute the journey's past.")
        taken.append(Document(len(logged) + len(taken) + 1, position, now, before is None or broken is not None, body))
        newest[body["journey_id"]] = body
    return taken


def broken_rule(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """What the new document changes that was final, or None."""
    if before["sub_account_id"] != after["sub_account_id"]:
        return "its sub_account_id would change"
    versions = {version["version"]: version for version in after["versions"]}
    published = {version["version"]: version for version in before["versions"] if version["published_at"] is not None}
    for number, old in published.items():
        new = versions.get(number)
        if new is None:
            return f"it drops the published version {number}"
        changed = next((part for part in FINAL if _meant(part, old[part]) != _meant(part, new[part])), None)
        if changed is not None:
            return f"it changes {changed} of the published version {number}"
    last = max((cast(datetime, instant(old["published_at"])) for old in published.values()), default=None)
    for number, new in versions.items():
        since = instant(new["published_at"])
        if number not in published and since is not None and last is not None and since < last:
            return f"it adds version {number}, published before one that is there"
    return None


def _meant(part: str, value: Any) -> Any:
    return instant(value) if part == "published_at" else value


def write_documents(folder: Path, documents: Sequence[Document]) -> None:
    """One file each; they count once the manifest counts them."""
    folder = folder / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents:
        content = orjson.dumps({"sequence": document.sequence, "after_position": document.after_position, "put_at": document.put_at.isoformat(),
                                "replaced": document.replaced, "body": document.body})
        new = _path(folder, document.sequence).with_suffix(".new")
        write_durably(new, lambda file, content=content: file.write(content))  # type: ignore[misc]
        new.replace(_path(folder, document.sequence))
    settle(folder)


def read_documents(folder: Path, count: int) -> tuple[Document, ...]:
    """The first `count` documents, in order of receipt."""
    return tuple(_document(_path(folder / "documents", sequence)) for sequence in range(1, count + 1))


def _document(path: Path) -> Document:
    written = orjson.loads(path.read_bytes())
    return Document(**{**written, "put_at": datetime.fromisoformat(written["put_at"]).astimezone(UTC)})


def _path(folder: Path, sequence: int) -> Path:
    return folder / f"{sequence:012d}.json"
