"""What Streamlit does anew in every run, done once or in one go: its theme, waking the event loop, where a fragment stands. (Internal names: here alone.)"""
import asyncio
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.cursor import Cursor, SparseList
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_theme_of = app_session._populate_theme_msg


class Letterbox:
    """Callbacks on their way to an event loop, in order: the loop is woken once for all that came before it looked.

    Each of a run's messages is a callback. Waking the loop for each lets the run's thread and the loop's wait for one another a hundred times a run.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_woken = False

    def put(self, callback: Callable[[], None]) -> None:
        """From any thread. Raises RuntimeError where the loop is closed."""
        self._waiting.append(callback)
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._is_woken = False  # first: whatever is put from here on wakes the loop again
        for _ in range(len(self._waiting)):
            try:
                self._waiting.popleft()()
            except Exception as error:  # noqa: BLE001  # as the loop itself takes it: it is said, and the next one is called
                self._loop.call_exception_handler({"message": "Exception in a callback of a page run", "exception": error})


_letterboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, Letterbox] = WeakKeyDictionary()
_themes: dict[str, CustomThemeConfig] = {}


def install() -> None:
    """In the server's process, before its first run."""
    app_session._populate_theme_msg = _populate_theme  # type: ignore[assignment]  # its argument has another name
    app_session.AppSession._call_soon_on_event_loop = _call_soon  # type: ignore[method-assign,assignment]
    Cursor.__deepcopy__ = _place  # type: ignore[attr-defined]
    DeltaGenerator.__deepcopy__ = _container  # type: ignore[method-assign,assignment]  # its argument has another name


def _populate_theme(message: CustomThemeConfig, section: str = "theme") -> None:
    """One section of the theme, which is a server's own and never changes: a tenth of a rerun went into reading it again."""
    if section not in _themes:
        made = CustomThemeConfig()
        _theme_of(made, section)
        _themes[section] = made
    message.MergeFrom(_themes[section])


def _place(cursor: Cursor, memo: dict[int, Any]) -> Cursor:
    """A copy of a place in the page: numbers and a path, which stay as they are; seldom something that shows for a moment."""
    made = object.__new__(type(cursor))
    vars(made).update(vars(cursor))
    made._transient_elements = deepcopy(cursor._transient_elements, memo) if cursor._transient_elements else SparseList()
    return made


def _container(container: DeltaGenerator, memo: dict[int, Any]) -> DeltaGenerator:
    """Each fragment keeps a copy of all containers around it: each is copied once, where Streamlit copies what is around each of them anew."""
    made = DeltaGenerator(container._root_container, deepcopy(container._cursor, memo), deepcopy(container._parent, memo), container._block_type)
    made._form_data, made._creating_fragment_id = deepcopy(container._form_data, memo), container._creating_fragment_id
    return made


def _call_soon(session: app_session.AppSession, callback: Callable[[], None]) -> None:
    """In place of one wake-up a message; a loop that is closed drops it, as Streamlit's own does."""
    loop = session._event_loop
    letterbox = _letterboxes.get(loop) or _letterboxes.setdefault(loop, Letterbox(loop))
    try:
        letterbox.put(callback)
    except RuntimeError:
        if not loop.is_closed():
            raise
