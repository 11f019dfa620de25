"""/exports/report/…: a report's file, for whoever may have it: session, account and role are asked again for each download."""
from mimetypes import guess_type

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from core.access import sessions
from core.access.features import Refused
from core.api import plain_page
from core.api.downloads import Refusal, need_terms
from core.api.given import Given
from core.errors import JourneysError, Unavailable
from core.reports import requests
from core.reports.requests import UnknownReport

LONGEST = 20  # of a number; Python reads very long ones slowly, then not at all


class ReportDownloads:
    """The route as an ASGI application."""

    def __init__(self, given: Given) -> None:
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await run_in_threadpool(self.answer, _number(request.path_params["report_id"]), request.cookies.get(sessions.COOKIE))
        except Refusal as refusal:
            response = plain_page.no_file(request, refusal.status, str(refusal))
        except UnknownReport as unknown:
            response = plain_page.no_file(request, 404, str(unknown))
        except Refused as refused:
            response = plain_page.no_file(request, 403, str(refused))
        except Unavailable:
            raise
        except JourneysError as error:
            response = plain_page.no_file(request, 400, str(error))
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    def answer(self, report_id: int, session_id: str | None) -> Response:
        """The file. Raises Refusal without a session, UnknownReport, Refused, WrongUsage where there is no file."""
        now = self.given.now()
        user = sessions.user_of(self.given.store, session_id, now=now)
        if user is None:
            raise Refusal(401, "Sign in first.")
        account = self.given.account(user.account_id)
        need_terms(account)
        report, file = requests.downloaded(self.given.store, account, self.given.folder(account.account_id), user, report_id, now=now)
        name = requests.file_name(report)
        return FileResponse(file, media_type=guess_type(name)[0] or "application/octet-stream", filename=name)


def _number(text: str) -> int:
    """Raises Refusal for what is no number of a report."""
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST):
        raise Refusal(404, f"There is no report “{text[:LONGEST]}”.")
    return int(text)
