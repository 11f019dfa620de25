"""Single sign-on by OpenID Connect: to the provider and back, and the user with the address that it vouches for is signed in."""
import logging
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.access import emails, sessions
from core.access.users import User
from core.api import plain_page
from core.api.given import Given
from core.api.sign_in import SignInRoute, next_address

log = logging.getLogger("journeys.oidc")
NEEDED = ("server_metadata_url", "client_id", "client_secret")
LASTS_S = 600  # from leaving for the provider to coming back
CHOICE_LASTS = timedelta(minutes=5)  # of several users with one address
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

    def address_in(self, told: Mapping[str, Any]) -> str | None:
        """The mail address that the provider vouches for; None: none. Of another claim than `email` the operator knows what it is worth."""
        verified = str(told.get("email_verified", self.claim != "email")).lower()  # some providers write it as text
        return str(told[self.claim]) if told.get(self.claim) and verified == "true" else None


class Away(SignInRoute):
    """/auth/oidc?next=…: to the provider."""

    def __init__(self, given: Given, provider: Provider) -> None:
        super().__init__(given)
        self.provider = provider

    async def answer(self, request: Request) -> Response:
        if not self.given.settings.has_provider:
            return RedirectResponse(next_address(request), 303)
        from httpx import HTTPError, InvalidURL

        request.session[NEXT] = next_address(request)
        base = self.given.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
        try:
            response: Response = await self.provider.client.authorize_redirect(request, f"{base}/auth/oidc/back")
        except (HTTPError, InvalidURL, ValueError, KeyError, RuntimeError) as away:  # the last three: it answers something else
            log.warning("the provider of single sign-on does not answer as it should: %s: %s", type(away).__name__, away)
            return _not_in("The provider of single sign-on does not answer as it should. Try again later, or ask your operator.", next_address(request))
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
        except (OAuthError, JoseError, HTTPError, ValueError, KeyError, RuntimeError) as refused:
            log.warning("single sign-on was refused: %s: %s", type(refused).__name__, refused)
            return _not_in("The provider did not sign you in, or it took too long. Try again.", address)
        known = self.provider.address_in(told)
        if known is None:
            return _not_in("The provider names no mail address that it has verified. Ask your operator.", address)
        found = await run_in_threadpool(emails.users_at, self.given.store, known)
        if not found:
            return _not_in("No user has the mail address that the provider names. Ask your administrator to enter it.", address)
        if len(found) > 1:
            return _which(await run_in_threadpool(self._tickets, found), address)
        response = RedirectResponse(address, 303)
        self.cookie(request, response, await run_in_threadpool(self._enter, found[0]))
        return response

    def _enter(self, user: User) -> str | None:
        now = self.given.now()
        return sessions.redeem(self.given.store, sessions.ticket(self.given.store, user, now=now), now=now)

    def _tickets(self, found: list[User]) -> list[tuple[User, str]]:
        return [(user, sessions.ticket(self.given.store, user, now=self.given.now(), lasts=CHOICE_LASTS)) for user in found]


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


def _which(tickets: list[tuple[User, str]], address: str) -> HTMLResponse:
    """A person may have a user in each of several accounts, with one mail address: the provider says who it is, the person as whom."""
    ways = "".join(f'<li><a href="/auth/enter?ticket={ticket}&amp;next={quote(address, safe="")}">{escape(user.name)}</a>, {escape(user.role_label)} '
                   f"of the account {escape(user.account_id)}</li>" for user, ticket in tickets)
    return plain_page.of(200, "Sign in as whom?", f"Several users have your mail address.<ul>{ways}</ul>", (address, "Sign in with a password"))


def _not_in(why: str, address: str) -> HTMLResponse:
    return plain_page.of(403, "You are not signed in", why, (address, "Sign in with your password"))
