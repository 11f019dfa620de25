"""What stands around every request: security headers, and the session that is asked of the store again and again."""
import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.sessions import COOKIE
from core.access.users import User
from core.api import plain_page
from core.errors import unknown

FOR_SIGNED_IN = ("/media/", "/_stcore/upload_file", "/_stcore/metrics")  # the last tells how many sessions are open


def content_policy(index: str) -> str:
    """The content security policy; the inline scripts of the index page are allowed by their hashes."""
    scripts = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return (f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            "connect-src 'self'; worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")


class SecurityHeaders:
    """Sets its headers on every answer, in place of those that are there."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = {b"content-security-policy": policy.encode(), b"x-content-type-options": b"nosniff",
                        b"x-frame-options": b"DENY", b"referrer-policy": b"same-origin"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [(name, value) for name, value in message.get("headers", []) if name.lower() not in self.headers]
                message = {**message, "headers": [*others, *self.headers.items()]}
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class LiveSession:
    """Asks the store before each message of a signed-in page, and before files that Streamlit would give to anyone.

    Fragments, callbacks and deferred downloads run before or without the shell; once the session is over a message is stripped of what
    would start them, so that the shell alone runs and sends the reader to the sign-in. `back_message` is Streamlit's BackMsg class.
    """

    def __init__(self, app: ASGIApp, user_of: Callable[[str | None], User | None], back_message: Any) -> None:
        self.app = app
        self.user_of = user_of
        self.back_message = back_message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            session_id = _session_id(scope)
            user = await run_sync(self.user_of, session_id)
            await self.app(scope, self._checked(receive, session_id, user) if user else receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(FOR_SIGNED_IN) and await run_sync(self.user_of, _session_id(scope)) is None:
            await PlainTextResponse("Sign in first.", 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _checked(self, receive: Receive, session_id: str | None, user: User) -> Receive:
        where = self.back_message()  # the newest rerun that the page asked for: it says which page this socket shows

        async def checked() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive" or not message.get("bytes"):
                return message
            asked = self.back_message.FromString(message["bytes"])
            if asked.HasField("rerun_script"):
                where.CopyFrom(asked)
            now = await run_sync(self.user_of, session_id)
            if now is not None and now.user_id == user.user_id:
                return message
            if not where.HasField("rerun_script"):
                where.rerun_script.SetInParent()
            for field in ("widget_states", "fragment_id"):
                where.rerun_script.ClearField(field)
            return {**message, "bytes": where.SerializeToString()}

        return checked


class KnownPages:
    """Answers a signed-in reader who opens an address that is no page, in place of Streamlit, which would lay a notice over the first page.

    `pages`: the addresses of pages, one segment each; others with one of `reserved` as their first segment, or a dot, are not looked at.
    """

    def __init__(self, app: ASGIApp, user_of: Callable[[str | None], User | None], pages: Sequence[str], reserved: Sequence[str]) -> None:
        self.app = app
        self.user_of = user_of
        self.pages = pages
        self.others = frozenset((*pages, *reserved, ""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_nothing(scope) and await run_sync(self.user_of, _session_id(scope)) is not None:
            name = scope["path"].strip("/")
            await plain_page.of(404, "Page not found", escape(unknown("page", name, self.pages)), ("/", "Open the first page"))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_nothing(self, scope: Scope) -> bool:
        """Whether a browser opens an address (as its scripts and pictures do not) at which there is no page."""
        if scope["type"] != "http" or scope["method"] != "GET" or not any(b"text/html" in value for name, value in scope["headers"] if name == b"accept"):
            return False
        first, _, rest = scope["path"].strip("/").partition("/")
        return "." not in scope["path"] and (first not in self.others or bool(rest and first in self.pages))


def _session_id(scope: Scope) -> str | None:
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            found: str | None = cookie_parser(value.decode("latin-1")).get(COOKIE)
            if found:
                return found
    return None
