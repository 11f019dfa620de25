"""A page without the app around it: why somebody is not in, or that there is nothing at an address."""
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

HEADS = {401: "You are not signed in", 403: "This file is not open to you", 404: "This file is not here"}


def no_file(request: Request, status: int, why: str) -> Response:
    """Why there is no file: a page for whoever opens a link in a browser, plain text for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(why, status)
    way = ("/", "Sign in, then open the link again" if status == 401 else "Open Journey Analytics")
    return of(status, HEADS.get(status, "This file cannot be made"), escape(why), way)


def of(status: int, head: str, why: str, way: tuple[str, str]) -> HTMLResponse:
    """`head` is text, `why` HTML; `way` is (address, words) of the link below."""
    return HTMLResponse(status_code=status, content=f"""<!doctype html><html lang=en><meta charset=utf-8>
<meta name=viewport content="width=device-width"><title>Journey Analytics</title><style>
@font-face{{font-family:Plex;font-weight:100 700;src:url(/app/static/fonts/ibm-plex-sans-latin-standard-normal.woff2)}}
:root{{color-scheme:light dark}} body{{font:15px/1.5 Plex,system-ui,sans-serif;margin:0;background:light-dark(#FFF,#0F1719);color:light-dark(#14262B,#E3EBEB)}}
header{{display:flex;align-items:center;gap:.7rem;padding:1rem 2rem;background:#0D2B31;color:#F1F6F6;font-weight:600}}
main{{max-width:34rem;margin:16vh auto;padding:0 1.5rem}} h1{{font-size:1.5rem;line-height:1.25}} a{{color:light-dark(#0B5F6B,#5FBAC5)}}
</style><header><img src="/app/static/mark.svg" width=26 height=26 alt="">Journey Analytics</header>
<main><h1>{escape(head)}</h1><p>{why} <a href="{escape(way[0])}">{escape(way[1])}</a>.</p></main>""")
