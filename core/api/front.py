"""What a browser loads before it can show a page: Streamlit's index and scripts, packed and held in memory, with those named first that are needed next."""
import gzip
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Receive, Scope, Send

# what the first page draws beside what index.html names itself; Streamlit's lazy chunks by their stems, charts last: the numbers do not wait for them
FIRST = ("Html", "Button", "ButtonGroup", "MenuButton", "BidiComponent")
THEN = ("ArrowVegaLiteChart",)
ALSO = {"dashboards": ("Selectbox", "DateInput"), **dict.fromkeys(("campaign-performance", "journey-map", "ivr-insights"), ("Selectbox",))}
FONT, ICONS = "app/static/fonts/ibm-plex-sans-latin-standard-normal.woff2", "MaterialSymbols-Rounded"
TYPES = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8", ".woff2": b"font/woff2"}
PACKED = (".js", ".css")
FOREVER = b"public, immutable, max-age=31536000"  # their names hold a hash of what is in them
IMPORTS = re.compile(r'(?:from|import)"\./([\w.~-]+\.js)"')
OWN_FONT = re.compile(r'<link\s+rel="preload"[^>]*?as="font"[^>]*>')


@cache
def index_of(static: Path, also: tuple[str, ...] = ()) -> str:
    """Streamlit's index.html with our font in place of the one that we do not show, and the scripts of a first page named at once.

    A browser would learn of them one after the other, when it meets the first element of each kind. The backend's address spares the question
    whether the page's own path is one; its storage, whose first use takes tens of milliseconds, is opened while the scripts are still on their way.
    `static` is the folder of Streamlit's frontend, `also` are stems that a page needs beside what all need.
    """
    index = (static / "index.html").read_text(encoding="utf-8")
    known = set(re.findall(r"\./static/js/([\w.~-]+\.js)", index))
    early = _with_imports(static / "static" / "js", (*FIRST, *also), known)
    late = _with_imports(static / "static" / "js", THEN, known | set(early))
    icons = [path.name for path in (static / "static" / "media").glob(f"{ICONS}.*.woff2")]
    lines = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in early]
    lines += [f'<link rel="preload" href="./static/media/{name}" as="font" type="font/woff2" crossorigin fetchpriority="low">' for name in icons]
    lines += [f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{name}">' for name in late]
    font = f'<link rel="preload" href="./{FONT}" as="font" type="font/woff2" crossorigin />'
    base = "<script>window.__streamlit = { BACKEND_BASE_URL: location.origin + '/' }</script>"
    lines.append("<script>try { localStorage.length } catch {}</script>")
    return OWN_FONT.sub(font, index, count=1).replace("</head>", "\n".join([*lines, "</head>"]), 1).replace("<script", f"{base}\n    <script", 1)


def _with_imports(folder: Path, stems: Iterable[str], known: set[str]) -> list[str]:
    """The files of these stems with all that they import, but for what is known."""
    found: dict[str, None] = {}
    waiting = [path.name for stem in stems for path in sorted(folder.glob(f"{stem}.*.js"))]
    while waiting:
        name = waiting.pop(0)
        if name not in known and name not in found:
            found[name] = None
            waiting += IMPORTS.findall((folder / name).read_text(encoding="utf-8"))
    return list(found)


class FirstFiles:
    """Answers for the index at the address of each page, and for the scripts, styles and fonts that never change.

    Streamlit looks for each of a hundred files on disk anew, in a thread, and sends it as it is: at the first page of a browser that was half a
    second of the server, and three times the bytes.
    """

    def __init__(self, app: ASGIApp, static: Path, pages: Sequence[str]) -> None:
        self.app = app
        indexes = {f"/{page}": index_of(static, ALSO.get(page, ())).encode() for page in ("", *pages)}
        self._pages = {path: (index, gzip.compress(index)) for path, index in indexes.items()}
        self._files = {f"/static/{path.relative_to(static / 'static').as_posix()}": path
                       for path in (static / "static").rglob("*") if path.suffix in TYPES and path.is_file()}
        self._held: dict[str, bytes] = {}  # as it is sent; at most what the frontend is in size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else None
        packs = path is not None and any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        file = self._files.get(path) if path else None
        if path in self._pages:
            await _answer(send, self._pages[path][packs], b"text/html; charset=utf-8", b"no-cache", is_packed=packs)
        elif path and file and (packs or file.suffix not in PACKED):
            if path not in self._held:
                self._held[path] = await run_sync(_read, file)
            await _answer(send, self._held[path], TYPES[file.suffix], FOREVER, is_packed=file.suffix in PACKED)
        else:
            await self.app(scope, receive, send)


def _read(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6) if file.suffix in PACKED else file.read_bytes()


async def _answer(send: Send, body: bytes, kind: bytes, lasts: bytes, *, is_packed: bool) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", lasts), (b"vary", b"accept-encoding")]
    headers += [(b"content-encoding", b"gzip")] if is_packed else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
