"""Read a request's body up to a limit, packed with gzip or not; what is unpacked counts."""
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from starlette.requests import Request

from core.api.bearer import Unanswered

PIECE = 1 << 20  # bytes unpacked at a time: a few kilobytes may stand for gigabytes


async def read_body(request: Request, into: BinaryIO, most: int) -> int:
    """Write the body into the file and return its bytes. Raises Unanswered: 413 as soon as it is over the limit, 415 and 422 for how it is packed."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise _over(most)
    unpacking = _unpacking(request.headers.get("content-encoding", "").strip().lower())
    size = received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > most + PIECE:  # what unpacks to nothing could go on for ever
            raise _over(most)
        for piece in unpacking.pieces(chunk):
            size += len(piece)
            if size > most:
                raise _over(most)
            into.write(piece)
    unpacking.end()
    return size


def _over(most: int) -> Unanswered:
    return Unanswered(413, f"The body is over {most // 1_000_000} MB: send it in parts.")


def _unpacking(coding: str) -> "_Plain":
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Gzip()
    raise Unanswered(415, f"A body is packed with gzip or not at all, not with “{coding}”.")


class _Plain:
    """Bytes as they come."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def end(self) -> None:
        """Raises Unanswered where something is missing."""


class _Gzip(_Plain):
    """The members of a gzip stream, one after the other."""

    def __init__(self) -> None:
        self.member = zlib.decompressobj(wbits=31)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self.member.eof:
                self.member = zlib.decompressobj(wbits=31)
            try:
                yield self.member.decompress(chunk, PIECE)
            except zlib.error as error:
                raise Unanswered(422, "The body is not gzip, though its Content-Encoding says so, or it is damaged: send it again.") from error
            chunk = self.member.unconsumed_tail or self.member.unused_data

    def end(self) -> None:
        if not self.member.eof:
            raise Unanswered(422, "The gzip data of the body end too early: send it again.")
