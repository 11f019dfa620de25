"""A route for programs: who sends a request with a token, and the answers to those who may not."""
from abc import ABC, abstractmethod

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from core.access import tokens
from core.access.tokens import Token
from core.api.given import Given


class Unanswered(Exception):
    """The request ends with this answer."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        headers = {"www-authenticate": "Bearer"} if status == 401 else {}
        self.response = JSONResponse({"error": error}, status, headers)


class WithToken(ABC):
    """Such a route as an ASGI application."""

    def __init__(self, given: Given) -> None:
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self.answer(Request(scope, receive))
        except Unanswered as ended:
            response = ended.response
        await response(scope, receive, send)

    @abstractmethod
    async def answer(self, request: Request) -> Response:
        """Raises Unanswered."""


async def token_of(request: Request, given: Given) -> Token:
    """Raises Unanswered (401) where there is no valid token."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    token = await run_in_threadpool(tokens.of_secret, given.store, secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if token is None:
        raise Unanswered(401, "Send a valid token: Authorization: Bearer TOKEN. `journeys token add` makes one.")
    return token
