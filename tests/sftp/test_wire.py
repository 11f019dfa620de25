"""SFTP as other servers speak it: shorter pieces, fewer attributes, and what is no SFTP at all."""
import io
import struct

import pytest

from core.sources.sftp import wire
from core.sources.sftp.wire import Ended, Garbled, Refused, Stat, Wire


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, kind) + body


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class Server:
    """A channel with a server behind it that has one file, gives at most `most` bytes a read, and one name a listing."""

    def __init__(self, content: bytes = b"", most: int = 1 << 20, attributes: bytes = b"\0\0\0\0", greeting: bytes = packet(2, b"\0\0\0\3")) -> None:
        self.content, self.most, self.attributes, self.out = content, most, attributes, greeting
        self.names = [b"a.csv", b"b\xff.csv"]

    def recv(self, size: int) -> bytes:
        data, self.out = self.out[: min(size, 7)], self.out[min(size, 7):]
        return data

    def sendall(self, data: bytes) -> None:
        kind, number, rest = data[4], data[5:9], data[9:]
        if kind == 5:
            at, length = struct.unpack(">QI", rest[-12:])
            piece = self.content[at : at + min(length, self.most)]
            self.out += packet(103, number + text(piece)) if piece else packet(101, number + b"\0\0\0\1" + text(b"") + text(b""))
        elif kind == 12:
            name = self.names.pop(0) if self.names else None
            entry = None if name is None else b"\0\0\0\1" + text(name) + text(b"-rw") + self.attributes
            self.out += packet(104, number + entry) if entry else packet(101, number + b"\0\0\0\1" + text(b"") + text(b""))
        elif kind in (7, 8):
            self.out += packet(105, number + self.attributes)
        elif kind in (3, 11):
            self.out += packet(102, number + text(b"handle"))
        elif kind != 1:
            self.out += packet(101, number + b"\0\0\0\0" + text(b"") + text(b""))


@pytest.mark.parametrize("most", [1 << 20, 100_000, 32_768, 999])
def test_a_file_is_read_whole_whatever_pieces_the_server_gives(most: int) -> None:
    content = bytes(range(256)) * 3000
    out, came = io.BytesIO(), list[int]()
    Wire(Server(content, most)).read(b"handle", len(content), out, came.append)
    assert out.getvalue() == content
    assert came[-1] == len(content)


def test_a_file_that_ends_early_or_goes_on_is_noticed() -> None:
    talk = Wire(Server(b"x" * 10))
    with pytest.raises(Ended):
        talk.read(b"handle", 11, io.BytesIO(), lambda _: None)
    assert Wire(Server(b"x" * 10)).at_end(b"handle", 10)
    assert not Wire(Server(b"x" * 10)).at_end(b"handle", 9)


@pytest.mark.parametrize(("attributes", "stat"), [
    (struct.pack(">IQIIIII", 15, 5, 0, 0, 0o100644, 1, 2), Stat(5, 0o100644, 2)),
    (struct.pack(">I", 0), Stat(None, None, None)),
    (struct.pack(">IQ", 1, 5), Stat(5, None, None)),
    (struct.pack(">III", 4, 0o100644, 0)[:8], Stat(None, 0o100644, None)),
    (struct.pack(">IIII", 0x80000008, 1, 2, 1) + text(b"acl@x") + text(b"y"), Stat(None, None, 2)),
])
def test_attributes_are_read_in_every_selection(attributes: bytes, stat: Stat) -> None:
    assert Wire(Server(attributes=attributes)).lstat(b"a.csv") == stat
    assert list(Wire(Server(attributes=attributes)).names(b".")) == [(b"a.csv", stat), (b"b\xff.csv", stat)]


@pytest.mark.parametrize("greeting", [b"Welcome to this shell, friend\n", packet(101, b"\0\0\0\0"), b"\0\0\0\0\0\0"])
def test_what_is_no_sftp_is_garbled(greeting: bytes) -> None:
    with pytest.raises(Garbled):
        Wire(Server(greeting=greeting))


def test_a_status_is_a_refusal_with_what_the_server_said() -> None:
    class Refusing(Server):
        def sendall(self, data: bytes) -> None:
            if data[4] != 1:
                self.out += packet(101, data[5:9] + struct.pack(">I", wire.NO_PERMISSION) + text(b"No way") + text(b""))

    with pytest.raises(Refused, match="No way") as refused:
        Wire(Refusing()).open(b"a.csv")
    assert refused.value.code == wire.NO_PERMISSION
