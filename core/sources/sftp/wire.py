"""SFTP version 3 over an open channel (draft-ietf-secsh-filexfer-02): names are bytes, reads are sent ahead.

paramiko's own client decodes names and fails a whole listing for one that is not UTF-8; and it reads in 32 KiB pieces.
"""
import stat
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, Protocol

LONGEST_PACKET = 4 << 20  # bytes; what claims to be longer is no SFTP
READ = 128 << 10  # bytes that are asked for at once
READS_AHEAD = 32
LISTS_AHEAD = 8

_INIT, _VERSION, _OPEN, _CLOSE, _READ, _LSTAT, _FSTAT, _OPENDIR, _READDIR = 1, 2, 3, 4, 5, 7, 8, 11, 12
_STATUS, _HANDLE, _DATA, _NAME, _ATTRS = 101, 102, 103, 104, 105
OK, END, NO_SUCH_FILE, NO_PERMISSION = 0, 1, 2, 3


class Refused(Exception):
    """The server's answer to a request is a status that is neither done nor end; `code` as in the draft's section 7."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code


class Garbled(Exception):
    """What came is no SFTP."""


class Ended(Exception):
    """The file ended before the byte that was asked for."""


class Stat(NamedTuple):
    """What the server says of a file; None: it does not say. `mtime` in seconds since 1970."""

    size: int | None
    mode: int | None
    mtime: int | None

    @property
    def regular(self) -> bool:
        """Whether it is a file, and no link, folder or pipe."""
        return self.mode is not None and stat.S_ISREG(self.mode)


class Channel(Protocol):
    """What is needed of paramiko's channel."""

    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...


class Wire:
    """One conversation. Timeouts and a lost connection come out as the channel's own exceptions; EOFError: it was closed."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._buffer = bytearray()
        self._number = 0
        self._send(_INIT, struct.pack(">I", 3))
        kind, _ = self._packet()
        if kind != _VERSION:
            raise Garbled("no version came")

    def lstat(self, path: bytes) -> Stat:
        """Of the name itself: a link is not followed."""
        return self._attributes(self._asked(_LSTAT, _text(path), _ATTRS))

    def fstat(self, handle: bytes) -> Stat:
        """Of the file that is open."""
        return self._attributes(self._asked(_FSTAT, _text(handle), _ATTRS))

    def open(self, path: bytes) -> bytes:
        """A handle to read with."""
        return _read_text(self._asked(_OPEN, _text(path) + struct.pack(">II", 1, 0), _HANDLE), 0)[0]

    def close(self, handle: bytes) -> None:
        """Give a handle back."""
        self._asked(_CLOSE, _text(handle), _STATUS)

    def names(self, folder: bytes) -> Iterator[tuple[bytes, Stat]]:
        """Every name in the folder with its attributes, in the server's order."""
        handle = _read_text(self._asked(_OPENDIR, _text(folder), _HANDLE), 0)[0]
        waiting = deque(self._ask(_READDIR, _text(handle)) for _ in range(LISTS_AHEAD))
        while waiting:
            kind, body = self._answer(waiting.popleft())
            if kind == _NAME:
                yield from _names(body)
                waiting.append(self._ask(_READDIR, _text(handle)))
            elif kind != _STATUS or (code := struct.unpack_from(">I", body)[0]) not in (OK, END):
                raise Refused(code, _said(body)) if kind == _STATUS else Garbled("no names came")
            elif code == END:
                for number in waiting:
                    self._answer(number)
                waiting.clear()
        self.close(handle)

    def read(self, handle: bytes, size: int, out: IO[bytes], arrived: Callable[[int], None]) -> None:
        """The first `size` bytes into `out`; `arrived` is told how many came so far. Raises Ended where the file is shorter."""
        done, piece = 0, READ
        while done < size:
            asked, waiting = done, deque[tuple[int, int]]()
            while done < size:
                while asked < size and len(waiting) < READS_AHEAD:
                    length = min(piece, size - asked)
                    waiting.append((self._ask(_READ, _text(handle) + struct.pack(">QI", asked, length)), length))
                    asked += length
                number, length = waiting.popleft()
                data = self._data(number)
                out.write(data)
                done += len(data)
                arrived(done)
                if len(data) < length:  # the server gives less at a time: what was sent ahead begins at the wrong bytes
                    piece = len(data)
                    for number, _ in waiting:
                        self._answer(number)
                    break

    def at_end(self, handle: bytes, size: int) -> bool:
        """Whether no byte follows the first `size`."""
        try:
            self._data(self._ask(_READ, _text(handle) + struct.pack(">QI", size, 1)))
        except Ended:
            return True
        return False

    def _data(self, number: int) -> bytes:
        kind, body = self._answer(number)
        if kind == _DATA:
            data = body[4:]
            if not data:
                raise Garbled("an empty piece came")
            return data
        if kind == _STATUS and (code := struct.unpack_from(">I", body)[0]) != END:
            raise Refused(code, _said(body))
        if kind != _STATUS:
            raise Garbled("no data came")
        raise Ended

    def _attributes(self, body: bytes) -> Stat:
        return _stat(body, 0)[0]

    def _asked(self, kind: int, body: bytes, wanted: int) -> bytes:
        came, answer = self._answer(self._ask(kind, body))
        if came == wanted and (wanted != _STATUS or answer[:4] == b"\0\0\0\0"):
            return answer
        if came == _STATUS:
            raise Refused(struct.unpack_from(">I", answer)[0], _said(answer))
        raise Garbled(f"answer {came} came for request {kind}")

    def _ask(self, kind: int, body: bytes) -> int:
        self._number = (self._number + 1) & 0xFFFFFFFF
        self._send(kind, struct.pack(">I", self._number) + body)
        return self._number

    def _answer(self, number: int) -> tuple[int, bytes]:
        """Requests of one handle are answered in order by every server known; one that does not is not understood."""
        kind, body = self._packet()
        if len(body) < 8 or struct.unpack_from(">I", body)[0] != number:
            raise Garbled("an answer to something else came")
        return kind, body[4:]

    def _send(self, kind: int, body: bytes) -> None:
        self._channel.sendall(struct.pack(">IB", len(body) + 1, kind) + body)

    def _packet(self) -> tuple[int, bytes]:
        self._fill(5)
        length = int.from_bytes(self._buffer[:4], "big")
        if not 1 <= length <= LONGEST_PACKET:
            raise Garbled(f"it begins with {bytes(self._buffer[:40])!r}")
        self._fill(4 + length)
        kind, body = self._buffer[4], bytes(memoryview(self._buffer)[5 : 4 + length])
        del self._buffer[: 4 + length]
        return kind, body

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            came = self._channel.recv(1 << 20)
            if not came:
                raise EOFError
            self._buffer += came


def _text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _read_text(body: bytes, at: int) -> tuple[bytes, int]:
    end = at + 4 + int.from_bytes(body[at : at + 4], "big")
    if end > len(body):
        raise Garbled("a text is longer than its packet")
    return body[at + 4 : end], end


def _said(body: bytes) -> str:
    return _read_text(body, 4)[0].decode("utf-8", "replace") if len(body) >= 8 else ""


def _names(body: bytes) -> Iterator[tuple[bytes, Stat]]:
    at = 4
    try:
        for _ in range(int.from_bytes(body[:4], "big")):
            name, at = _read_text(body, at)
            _, at = _read_text(body, at)  # as `ls -l` has it, for people
            found, at = _stat(body, at)
            yield name, found
    except struct.error as error:
        raise Garbled("a list of names is cut") from error


def _stat(body: bytes, at: int) -> tuple[Stat, int]:
    try:
        return _fields(body, at)
    except struct.error as error:
        raise Garbled("attributes are cut") from error


def _fields(body: bytes, at: int) -> tuple[Stat, int]:
    (flags,) = struct.unpack_from(">I", body, at)
    if flags == 0b1111:  # what OpenSSH sends: a folder of 100,000 files takes this way 100,000 times
        size, _, _, mode, _, mtime = struct.unpack_from(">QIIIII", body, at + 4)
        return Stat(size, mode, mtime), at + 32
    at += 4
    size = mode = mtime = None
    if flags & 1:
        (size,) = struct.unpack_from(">Q", body, at)
        at += 8
    at += 8 if flags & 2 else 0
    if flags & 4:
        (mode,) = struct.unpack_from(">I", body, at)
        at += 4
    if flags & 8:
        _, mtime = struct.unpack_from(">II", body, at)
        at += 8
    if flags & 0x80000000:
        (count,) = struct.unpack_from(">I", body, at)
        at += 4
        for _ in range(2 * count):
            _, at = _read_text(body, at)
    return Stat(size, mode, mtime), at
