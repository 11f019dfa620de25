"""A file that hashes what goes through it on its way to another."""
import hashlib
import io
from typing import IO


class Summed(io.RawIOBase):
    """Writes go on to `out` (None: nowhere); `digest` is the SHA-256 of them all. Closing it closes nothing."""

    def __init__(self, out: IO[bytes] | None = None) -> None:
        self._out, self.digest = out, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # a buffer of any kind in the library's stubs; ours are bytes
        self.digest.update(data)
        return self._out.write(data) if self._out else len(data)
