"""A TCP proxy that lets a connection through until it freezes, cuts or drips it; or never says a word itself."""
import contextlib
import socket
import threading
import time
from types import TracebackType


class Proxy:
    """Stands before a port. `mode` may be changed at any time: `pass`, `freeze` (nothing more goes through), `cut` (both ends are closed),
    `drip` (a byte every tenth of a second), `mute` (takes connections, forwards nothing), `say` (answers `words` and closes).

    `after` bytes from the server, an open connection takes on `then`.
    """

    def __init__(self, port: int, mode: str = "pass", *, after: int | None = None, then: str = "freeze", words: bytes = b"") -> None:
        self.target, self.mode, self.after, self.then, self.words = port, mode, after, then, words
        self.passed = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.close()

    def let_go(self) -> None:
        """Close every connection that is open, as a server does that is started again."""
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._open.append(near)
                if self.mode == "say":
                    near.sendall(self.words)
                    near.close()
                elif self.mode != "mute":
                    far = socket.create_connection(("127.0.0.1", self.target))
                    self._open.append(far)
                    threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
                    threading.Thread(target=self._pump, args=(far, near, True), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, from_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16_384):
                if from_server:
                    self.passed += len(data)
                    if self.after is not None and self.passed > self.after:
                        self.mode = self.then
                while self.mode == "freeze":
                    time.sleep(0.05)  # frozen for as long as the test wants
                if self.mode == "cut":
                    break
                if self.mode == "drip" and from_server:
                    for at in range(len(data)):
                        target.sendall(data[at : at + 1])
                        time.sleep(0.1)
                else:
                    target.sendall(data)
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
