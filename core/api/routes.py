"""The routes beside the pages."""
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.api import downloads, events, oidc, questions, report_downloads, sign_in
from core.api.given import Given


def routes(given: Given) -> list[BaseRoute]:
    """All routes of a server; whatever they need comes with `given`."""
    provider = oidc.Provider(given)
    return [
        Route("/healthz", healthz),
        Route("/api/events", events.Events(given), methods=["POST"]),
        Route("/api/query", questions.Questions(given), methods=["POST"]),
        Route("/auth/enter", sign_in.Enter(given)),
        Route("/auth/again", sign_in.Again(given)),
        Route("/auth/leave", sign_in.Leave(given)),
        Route("/auth/oidc", oidc.WithState(given, oidc.Away(given, provider)), methods=["GET"]),
        Route("/auth/oidc/back", oidc.WithState(given, oidc.Back(given, provider)), methods=["GET"]),
        Route("/exports/report/{report_id:int}", report_downloads.ReportDownloads(given)),
        Route("/exports/{file:path}", downloads.Downloads(given)),
    ]


async def healthz(request: Request) -> Response:
    """The server answers; it says nothing else to nobody in particular."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})
