"""What no route answers for: the store is away, the disk is full, whoever asked has hung up. Why is said in the log, and nothing of the machine to them."""
import logging

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api import plain_page
from core.errors import FULL, Unavailable

log = logging.getLogger("journeys.server")
NOT_NOW = "This cannot be answered now. Try again in a minute; the operator finds why in the server's log."
AGAIN_AFTER_S = 30
TRY_AGAIN_LATER = 1013  # of a websocket that is closed


class Trouble:
    """Stands around all that needs the store or the disk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except ClientDisconnect:
            return  # nobody waits for an answer
        except (Unavailable, OSError) as error:
            if has_begun or (isinstance(error, OSError) and error.errno not in FULL):
                raise
            log.warning("%s: %s", scope.get("path", scope["type"]), error)
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            elif scope["type"] == "http":
                await _answer(scope["path"])(scope, receive, send)
            else:
                raise


def _answer(path: str) -> Response:
    response: Response = JSONResponse({"error": NOT_NOW}, 503) if path.startswith("/api/") else plain_page.of(503, "Not now", NOT_NOW, (path, "Try again"))
    response.headers["retry-after"] = str(AGAIN_AFTER_S)
    response.headers["cache-control"] = "no-store"
    return response
