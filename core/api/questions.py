"""POST /api/query: a question, answered as the command line answers it."""
import io

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.access.features import Refused
from core.api.bearer import Unanswered, WithToken, token_of
from core.api.bodies import read_body
from core.errors import JourneysError, Unavailable
from core.metrics import Query, answer

LARGEST = 1_000_000  # bytes of a question


class Questions(WithToken):
    """Answers what a token may read."""

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
        except Unavailable:
            raise
        except JourneysError as error:
            raise Unanswered(400, str(error)) from error
        return Response(document, media_type="application/json")

    def _ask(self, account_id: str, body: bytes) -> bytes:
        question = Query.of(orjson.loads(body))
        if question.formulas and (why := self.given.account(account_id).refusal("explore", "admin")):  # a token has no role: an administrator makes it
            raise Refused(why)
        return orjson.dumps(answer(self.given.snapshot(account_id), question).document())
