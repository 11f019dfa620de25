"""POST /api/query: a question, answered as the command line answers it."""
import io

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.access.features import Refused
from core.api.bearer import Unanswered, token_of
from core.api.bodies import read_body
from core.api.given import Given
from core.errors import JourneysError
from core.metrics import Query, answer

LARGEST = 1_000_000  # bytes of a question


class Questions:
    """The route as an ASGI application."""

    def __init__(self, given: Given) -> None:
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self.answer(Request(scope, receive))
        except Unanswered as ended:
            response = ended.response
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        token = await token_of(request, self.given)
        if not token.may_read:
            raise Unanswered(403, "This token may only send events: make one with `journeys token add --for read`.")
        body = io.BytesIO()
        await read_body(request, body, LARGEST)
        try:
            document = await run_in_threadpool(self._ask, token.account_id, body.getvalue())
        except orjson.JSONDecodeError as error:
            raise Unanswered(400, f"The question is not a JSON document: {error}") from error
        except Refused as refused:
            raise Unanswered(403, str(refused)) from refused
        except JourneysError as error:
            raise Unanswered(400, str(error)) from error
        return Response(document, media_type="application/json")

    def _ask(self, account_id: str, body: bytes) -> bytes:
        question = Query.of(orjson.loads(body))
        if question.formulas and (why := self.given.account(account_id).refusal("explore", "admin")):  # a token has no role: an administrator makes it
            raise Refused(why)
        return orjson.dumps(answer(self.given.snapshot(account_id), question).document())
