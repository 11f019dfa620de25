"""Read catalog files: one JSON document a journey."""
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import orjson

from core.contract.documents import BadDocument, read_document
from core.eventlog import Document, EventLog
from core.sources.reading.opening import Unreadable, opened_text

LARGEST = 64 * 1024 * 1024  # bytes of one document


def put_files(log: EventLog, files: Sequence[Path], *, replace: bool, now: datetime) -> tuple[Document, ...]:
    """Log the documents of these files, all or none; gives those that were logged. Raises Unreadable, BadDocument: both name the file."""
    return log.put_documents([document_in(path) for path in files], replace=replace, now=now)


def document_in(path: Path) -> dict[str, object]:
    """The file's document, read and checked."""
    with opened_text(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable(f"{path} is over {LARGEST // 2**20} MiB: that is no catalog document.")
    try:
        return read_document(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"{path} is not one JSON document: {error}") from error
    except BadDocument as error:
        raise BadDocument(f"{path}: {error}") from error
