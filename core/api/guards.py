"""What stands around every request: security headers, and the session that is asked of the store again and again."""
import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.sessions import COOKIE
from core.access.users import User

FOR_SIGNED_IN = ("/media/", "/_stcore/upload_file")


def content_policy(index: Path) -> str:
    """The content security policy; the one inline script of Streamlit's index page is allowed by its hash."""
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
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


def _session_id(scope: Scope) -> str | None:
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            found: str | None = cookie_parser(value.decode("latin-1")).get(COOKIE)
            if found:
                return found
    return None
