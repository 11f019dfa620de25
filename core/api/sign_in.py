"""/auth/…: a ticket becomes a session cookie, a dead cookie is taken away, a session ends."""
import re
from abc import ABC, abstractmethod
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from core.access import sessions
from core.api import plain_page
from core.api.given import Given

OWN_ADDRESS = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")  # a path of ours, nothing a browser could take for another host


def next_address(request: Request) -> str:
    """Where to go afterwards: an address of ours, else the start."""
    wanted = request.query_params.get("next", "/")
    return wanted if OWN_ADDRESS.fullmatch(wanted) else "/"


class SignInRoute(ABC):
    """A route that ends with another address, a page, or a cookie; nothing of it is cached."""

    def __init__(self, given: Given) -> None:
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.answer(Request(scope, receive))
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    @abstractmethod
    async def answer(self, request: Request) -> Response: ...

    def cookie(self, request: Request, response: Response, session_id: str | None) -> None:
        """Set the session's cookie, or take it away."""
        secure = request.url.scheme == "https" or urlsplit(self.given.settings.base_url or "").scheme == "https"
        if session_id is None:
            response.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax", secure=secure)
        else:
            response.set_cookie(sessions.COOKIE, session_id, max_age=int(sessions.SESSION_LASTS.total_seconds()),
                                path="/", httponly=True, samesite="lax", secure=secure)


class Enter(SignInRoute):
    """/auth/enter?ticket=…&next=…: one winner a ticket. A program that only looks at a link, as mail filters do, uses nothing up."""

    async def answer(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response()
        session_id = await run_in_threadpool(self._redeem, request.query_params.get("ticket", ""))
        if session_id is None:
            return _used_up(next_address(request))
        response = RedirectResponse(next_address(request), 303)
        self.cookie(request, response, session_id)
        return response

    def _redeem(self, ticket: str) -> str | None:
        return sessions.redeem(self.given.store, ticket, now=self.given.now())


class Again(SignInRoute):
    """/auth/again?next=…: take the cookie away if its session is over, and back to the page."""

    async def answer(self, request: Request) -> Response:
        response = RedirectResponse(next_address(request), 303)
        session_id = request.cookies.get(sessions.COOKIE)
        is_over = await run_in_threadpool(self._is_over, session_id)
        if session_id and is_over:
            self.cookie(request, response, None)
        return response

    def _is_over(self, session_id: str | None) -> bool:
        return sessions.user_of(self.given.store, session_id, now=self.given.now()) is None


class Leave(SignInRoute):
    """/auth/leave: sign out, in all tabs."""

    async def answer(self, request: Request) -> Response:
        session_id = request.cookies.get(sessions.COOKIE)
        if session_id:
            await run_in_threadpool(self._end, session_id)
        response = RedirectResponse("/", 303)
        self.cookie(request, response, None)
        return response

    def _end(self, session_id: str) -> None:
        sessions.end(self.given.store, session_id, now=self.given.now())


def _used_up(address: str) -> Response:
    why = "A link is good once and for an hour. Ask for a new one (<code>journeys link NAME</code>)."
    return plain_page.of(403, "This sign-in link opens nothing any more", why, (address, "Sign in with your password"))
