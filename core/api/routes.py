"""The routes beside the pages."""
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.api import downloads, events, oidc, questions, report_downloads, sign_in
from core.api.given import Given
from core.errors import unknown

API = ("/api/events", "/api/query")


def routes(given: Given) -> list[BaseRoute]:
    """All routes of a server; whatever they need comes with `given`."""
    provider = oidc.Provider(given)
    return [
        Route("/healthz", healthz),
        Route("/api/events", events.Events(given), methods=["POST"]),
        Route("/api/query", questions.Questions(given), methods=["POST"]),
        Route("/api/{rest:path}", nothing_there, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        Route("/auth/enter", sign_in.Enter(given), methods=["GET"]),
        Route("/auth/again", sign_in.Again(given), methods=["GET"]),
        Route("/auth/leave", sign_in.Leave(given), methods=["GET"]),
        Route("/auth/oidc", oidc.WithState(given, oidc.Away(given, provider)), methods=["GET"]),
        Route("/auth/oidc/back", oidc.WithState(given, oidc.Back(given, provider)), methods=["GET"]),
        Route("/exports/report/{report_id}", report_downloads.ReportDownloads(given), methods=["GET"]),
        Route("/exports/{file:path}", downloads.Downloads(given), methods=["GET"]),
    ]


async def healthz(request: Request) -> Response:
    """The server answers; it says nothing else to nobody in particular."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


async def nothing_there(request: Request) -> Response:
    """A program that missed the address or the method is told so; the pages' own answer would be a page with status 200."""
    path = request.url.path
    if path in API:
        return JSONResponse({"error": f"{path} takes only POST."}, 405, {"allow": "POST"})
    return JSONResponse({"error": unknown("address", path, API)}, 404)
