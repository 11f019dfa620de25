"""POST /api/events: a batch of event records, in the log before it is answered."""
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.access.tokens import Token
from core.api.bearer import Unanswered, WithToken, token_of
from core.api.bodies import read_body
from core.errors import JourneysError
from core.sources.ingest import ingest
from core.sources.reading import Unreadable

LARGEST = 10_000_000  # bytes of a body


class Events(WithToken):
    """Takes what a token may ingest."""

    async def answer(self, request: Request) -> Response:
        token = await token_of(request, self.given)
        if not token.may_ingest:
            raise Unanswered(403, "This token may only read: make one with `journeys token add --for ingest`.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        with tempfile.TemporaryDirectory(prefix="journeys-batch-") as folder:
            batch = Path(folder) / "batch.ndjson"
            with batch.open("wb") as out:
                await read_body(request, out, LARGEST)
            return await run_in_threadpool(self._take, batch, token, kind)

    def _take(self, batch: Path, token: Token, kind: str) -> Response:
        if kind == "application/json":
            _unfold(batch)
        if _is_blank(batch):
            raise Unanswered(422, "No record could be accepted: the body holds none.")
        try:
            summary = ingest(self.given.log(token.account_id), [batch], account_id=token.account_id, source=None, time_zone=None, mapping=None,
                             now=self.given.now()).document()
        except Unreadable as error:
            raise Unanswered(422, f"No record could be accepted: {str(error).replace(str(batch), 'the body')}") from error
        except JourneysError as error:  # the disk is full, another batch holds the log for too long: nothing was taken, send it again
            raise Unanswered(503, str(error)) from error
        return JSONResponse(summary, 202 if summary["accepted"] or summary["repeated"] or summary["skipped"] else 422)


def _is_blank(batch: Path) -> bool:
    with batch.open("rb") as lines:
        return all(not line.strip() for line in lines)


def _unfold(batch: Path) -> None:
    """Rewrite a JSON array as one line a record, each record's text as it was sent: its numbers may be ids. Raises Unanswered (422)."""
    try:
        text = batch.read_text(encoding="utf-8-sig")
        lines = list(_records(text))
    except (ValueError, RecursionError) as error:
        raise Unanswered(422, f"The body is not a JSON array of records: {error}") from error
    with batch.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(line + "\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())


def _records(text: str) -> Iterator[str]:
    start = _after_space(text, 0)
    if text[start:start + 1] != "[":
        if text[start:start + 1] == "{":  # one record alone is a batch of one
            yield _one_line(text)
            return
        raise ValueError("it begins with neither [ nor {.")
    decode, place = json.JSONDecoder(parse_int=str).raw_decode, _after_space(text, start + 1)  # a number of thousands of digits is one record's fault
    if text[place:place + 1] == "]":
        place -= 1
    else:
        while True:
            _: Any
            _, end = decode(text, place)
            yield _one_line(text[place:end])
            place = _after_space(text, end)
            if text[place:place + 1] != ",":
                break
            place = _after_space(text, place + 1)
        place -= 1
    if text[place + 1:place + 2] != "]" or text[place + 2:].strip():
        raise ValueError("it does not end with the ] of its array.")


def _one_line(record: str) -> str:
    # a line break can only stand between the parts of a record: inside a string JSON has it escaped
    return record.replace("\r", " ").replace("\n", " ")


def _after_space(text: str, place: int) -> int:
    while text[place:place + 1] in (" ", "\t", "\r", "\n") and place < len(text):
        place += 1
    return place
