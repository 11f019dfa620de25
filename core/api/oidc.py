"""Single sign-on by OpenID Connect: to the provider and back, and the user with the address that it vouches for is signed in."""
import logging
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access import emails, sessions
from core.api import plain_page
from core.api.given import Given
from core.api.sign_in import SignInRoute, next_address

log = logging.getLogger("journeys.oidc")
NEEDED = ("server_metadata_url", "client_id", "client_secret")
LASTS_S = 600  # from leaving for the provider to coming back
NEXT = "next"


class Provider:
    """The provider of the settings, met when first asked for. Authlib checks state, nonce, signature, issuer, audience and times."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self._client: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:
            from authlib.integrations.starlette_client import OAuth  # half a second that a server without a provider need not wait

            said = dict(self.given.settings.oidc)
            how = {"scope": said.get("scope", "openid email profile"), "code_challenge_method": "S256"}
            self._client = OAuth().register("provider", **{name: said[name] for name in NEEDED}, client_kwargs=how)
        return self._client

    @property
    def claim(self) -> str:
        """Of the id token: what holds the mail address (JOURNEYS_OIDC_CLAIM)."""
        return str(dict(self.given.settings.oidc).get("claim", "email"))


class Away(SignInRoute):
    """/auth/oidc?next=…: to the provider."""

    def __init__(self, given: Given, provider: Provider) -> None:
        super().__init__(given)
        self.provider = provider

    async def answer(self, request: Request) -> Response:
        if not self.given.settings.has_provider:
            return RedirectResponse(next_address(request), 303)
        from httpx import HTTPError

        request.session[NEXT] = next_address(request)
        base = self.given.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
        try:
            response: Response = await self.provider.client.authorize_redirect(request, f"{base}/auth/oidc/back")
        except HTTPError as away:
            log.warning("the provider of single sign-on does not answer: %s", type(away).__name__)
            return _not_in("The provider of single sign-on does not answer. Try again later.", next_address(request))
        return response


class Back(Away):
    """/auth/oidc/back: what the provider says becomes a session, or a page that says why not."""

    async def answer(self, request: Request) -> Response:
        from authlib.integrations.base_client.errors import OAuthError
        from httpx import HTTPError
        from joserfc.errors import JoseError

        if not self.given.settings.has_provider:
            return RedirectResponse("/", 303)
        address = request.session.pop(NEXT, "/")
        try:
            told = (await self.provider.client.authorize_access_token(request)).get("userinfo") or {}
        except (OAuthError, JoseError, HTTPError) as refused:
            log.warning("single sign-on was refused: %s", type(refused).__name__)
            return _not_in("The provider did not sign you in, or it took too long. Try again.", address)
        known = told.get(self.provider.claim)
        if not known or str(told.get("email_verified", True)).lower() == "false":  # some providers write it as text
            return _not_in("The provider names no mail address that it has verified. Ask your operator.", address)
        session_id = await run_in_threadpool(self._enter, str(known))
        if session_id is None:
            return _not_in("No user, or more than one, has the mail address that the provider names. Ask your administrator to enter it.", address)
        response = RedirectResponse(address, 303)
        self.cookie(request, response, session_id)
        return response

    def _enter(self, address: str) -> str | None:
        found = emails.users_at(self.given.store, address)
        if len(found) != 1:
            return None
        now = self.given.now()
        return sessions.redeem(self.given.store, sessions.ticket(self.given.store, found[0], now=now), now=now)


class WithState:
    """A route with a signed cookie that lasts as long as the way to the provider and back."""

    def __init__(self, given: Given, route: ASGIApp) -> None:
        self.given, self.route = given, route
        self._app: ASGIApp | None = None  # made at the first request: the key may be a file that only then is needed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            settings = self.given.settings
            secure = urlsplit(settings.base_url or "").scheme == "https"
            self._app = SessionMiddleware(self.route, settings.secret_key, "journeys_oidc", LASTS_S, same_site="lax", https_only=secure)
        await self._app(scope, receive, send)


def _not_in(why: str, address: str) -> HTMLResponse:
    return plain_page.of(403, "You are not signed in", why, (address, "Sign in with your password"))
