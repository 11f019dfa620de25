"""/exports/…: a widget's rows as a file, made on disk and streamed, for whoever may export them."""
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import orjson
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from core.access import audit, sessions, signed
from core.access.accounts import Account
from core.access.users import User
from core.api import plain_page
from core.api.given import Given
from core.errors import JourneysError, Unavailable, WrongUsage
from core.metrics import Query, Result, answer
from core.metrics.needs import features
from core.reports import export, made
from core.reports.masking import masked

KINDS = {"widget.csv": "text/csv; charset=utf-8", "widget.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

MADE = "made/"
UNSIGNED = "This is no link of a widget that you may see: make it again in the widget's menu. To ask freely needs Explore."


class Refusal(JourneysError):
    """The answer is this sentence with this status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Downloads:
    """The route as an ASGI application."""

    def __init__(self, given: Given) -> None:
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await run_in_threadpool(self.answer, request.path_params["file"], request.query_params, request.cookies.get(sessions.COOKIE))
        except Refusal as refusal:
            response = plain_page.no_file(request, refusal.status, str(refusal))
        except Unavailable:
            raise
        except JourneysError as error:
            response = plain_page.no_file(request, 400, str(error))
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    def answer(self, file: str, asked: Mapping[str, str], session_id: str | None) -> Response:
        """The file `widget.csv` or `widget.xlsx` of `question` (a Query's document), `snapshot` (its id; else the newest) and `title`; or `made/TOKEN`.

        `signed` says which page asks it (core.access.signed); without it the question is one of Explore's.
        """
        user = sessions.user_of(self.given.store, session_id, now=self.given.now())
        if user is None:
            raise Refusal(401, "Sign in first.")
        if file not in KINDS and not file.startswith(MADE):
            raise Refusal(404, f"There is no export “{file}”. There are: {', '.join(KINDS)}.")
        account = self.given.account(user.account_id)
        need_terms(account)
        refusal = account.refusal("export", user.role)
        if refusal:
            raise Refusal(403, refusal)
        if file.startswith(MADE):
            return _made(user, file.removeprefix(MADE))
        question, title = _question(asked.get("question", "")), "".join(letter for letter in asked.get("title", "")[:200] if letter.isprintable())
        page = signed.feature_of(self.given.settings.secret_key, account.account_id, asked.get("signed", ""), question.document())
        if why := next((why for feature in (*features(question), page) if (why := account.refusal(feature, user.role))), None):
            raise Refusal(403, why if page != signed.ANYTHING else f"{UNSIGNED} {why}")
        self._record(user, question, title)
        result = masked(answer(self.given.snapshot(account.account_id, asked.get("snapshot") or None), question), account, user.role)
        return _written(result, file, title, account.account_id)

    def _record(self, user: User, question: Query, title: str) -> None:
        with self.given.store.write() as connection:
            audit.record(connection, audit.Entry(self.given.now(), user.account_id, user.name, "widget.exported", title or "widget", question.document()))


def need_terms(account: Account) -> None:
    """Raises Refusal where nobody of the account has accepted the terms."""
    if account.terms_accepted_at is None:
        raise Refusal(403, "Analytics is not enabled for this account yet: accept the terms on the page Enable.")


def _written(result: Result, file: str, title: str, account_id: str) -> Response:
    """The answer as that file; it goes when it is sent, or with those of an hour ago where the server ended before."""
    handle, name = tempfile.mkstemp(prefix=made.PREFIX, suffix=Path(file).suffix)
    os.close(handle)
    try:
        if file.endswith(".csv"):
            export.to_csv(result, Path(name))
        else:
            export.to_xlsx(result, Path(name), {"Title": title, "Account": account_id})
    except BaseException:  # whatever ends it: a half file is nobody's
        Path(name).unlink()
        raise
    return FileResponse(name, media_type=KINDS[file], filename=_file_name(title) + Path(file).suffix, background=BackgroundTask(os.unlink, name))


def _made(user: User, token: str) -> Response:
    """A file of rows that this user had made a moment ago."""
    found = made.find(token, user.account_id, user.user_id)
    if found is None:
        raise Refusal(404, "This file is no longer here: make it again.")
    return FileResponse(found.path, media_type=made.KINDS[found.kind], filename=f"{_file_name(found.name)}.{found.kind}")


def _question(text: str) -> Query:
    try:
        return Query.of(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise WrongUsage(f"The question is not a JSON document: {error}") from error


def _file_name(title: str) -> str:
    """The title with what a file's name can hold everywhere."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in title).strip("-")
    return "-".join(part for part in plain.split("-") if part)[:80] or "journeys"
