"""Page runs take turns: many at once only keep one another from ending, as one interpreter runs one thread at a time."""
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from time import monotonic

AT_ONCE = 1  # two at once took a fifth more of the processor for each, handing the interpreter's lock to and fro
LASTS_S = 0.15  # longer than nearly every run: one that takes longer goes on, but holds up nobody any more


class Turns:
    """Who came first runs first, at most `at_once` together; a turn lasts `lasts_s` at most."""

    def __init__(self, at_once: int = AT_ONCE, lasts_s: float = LASTS_S) -> None:
        self._at_once, self._lasts_s = at_once, lasts_s
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._running: dict[Event, float] = {}  # → until when its turn lasts

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for its turn, which ends with the block."""
        mine = Event()
        with self._lock:
            self._waiting.append(mine)
            self._call()
        while not mine.wait(self._lasts_s):
            with self._lock:  # the turns of those who run may be over without their having ended
                self._call()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(mine, None)
                self._call()

    def _call(self) -> None:
        now = monotonic()
        for one in [one for one, until in self._running.items() if until <= now]:
            del self._running[one]
        while self._waiting and len(self._running) < self._at_once:
            following = self._waiting.popleft()
            self._running[following] = now + self._lasts_s
            following.set()


TURNS = Turns()  # of this server
