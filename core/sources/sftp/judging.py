"""The rows of a file, judged in chunks by as many processes as there are cores; memory is that of a few chunks."""
import multiprocessing
import os
import threading
from array import array
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from core.errors import JourneysError
from core.sources.sftp import contacts
from core.sources.sftp.decoding import Decoding
from core.sources.sftp.drafts import Draft, Drafting
from core.sources.sftp.entries import MALFORMED, REASONS, judge
from core.sources.sftp.framing import Row, cells, rows
from core.sources.sftp.header import Layout, blank

CHUNK_ROWS = 16_384
CHUNK_SIZE = 4 << 20  # characters
POOLED_FROM = 2 << 20  # bytes: starting processes takes longer than judging a smaller file
DIGEST = 16  # bytes; two different contacts share one with a chance of 2**-128
VALID = 0
CODES = {reason: place for place, reason in enumerate(REASONS, start=1)}
_pools = threading.Semaphore(1)  # one file at a time has the cores


class Chunk(NamedTuple):
    """Consecutive rows of a file."""

    number: int
    rows: list[Row]


class Verdicts(NamedTuple):
    """A chunk's verdicts, blank rows left out: what a million rows can be kept as."""

    number: int
    lines: "array[int]"
    codes: bytes  # a row's place in REASONS, from 1; 0: valid
    digests: bytes  # 16 bytes a valid row: its contacts


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges chunks of one file; plain data, so that it can go to another process."""

    layout: Layout
    country: str | None
    drafting: Drafting | None = None  # None: `check`, which enters nothing

    def __call__(self, chunk: Chunk) -> Verdicts:
        lines, codes, digests, drafts = array("q"), bytearray(), bytearray(), []
        for row in chunk.rows:
            found = None if row.broken else cells(row.text, self.layout.delimiter)
            if blank(found):
                continue
            code, normal = self.verdict(found)
            lines.append(row.line)
            codes.append(code)
            if code == VALID and found is not None:
                digests += blake2b("\0".join(text or "" for text in normal).encode(), digest_size=DIGEST).digest()
                if self.drafting is not None:
                    drafts.append(self._draft(row.line, found, normal))
        if self.drafting is not None:
            self.drafting.keep(chunk.number, drafts)
        return Verdicts(chunk.number, lines, bytes(codes), bytes(digests))

    def verdict(self, found: list[str] | None) -> tuple[int, tuple[str | None, ...]]:
        """(code, normal form of each contact) of a row's cells; None: they cannot be told apart."""
        width = len(self.layout.columns)
        if found is None or len(found) < width or any(cell.strip() for cell in found[width:]):
            return CODES[MALFORMED], ()
        judged = [(name, self.contact(name, found[at])) for name, at in self.layout.contacts]
        reason = judge((name, one.contact) for name, one in judged)
        return (VALID if reason is None else CODES[reason]), tuple(one.normal for _, one in judged)

    def contact(self, name: str, cell: str) -> contacts.Judged:
        """The verdict on one cell."""
        return contacts.phone(cell, self.country) if name == "phone" else contacts.email(cell)

    def _draft(self, line: int, found: list[str], normal: tuple[str | None, ...]) -> Draft:
        own = "" if self.layout.profile is None else found[self.layout.profile].strip()
        profile = own if own not in ("", "0") else next(text for text in normal if text is not None)
        return Draft(line, profile, {name: found[at] for name, at in self.layout.others if found[at]})


def judged(path: Path, decoding: Decoding, layout: Layout, judge: Judge) -> Iterator[Verdicts]:
    """The verdicts of all rows behind the header, in the order of the file."""
    with decoding.text(path) as text:
        chunks = _chunks(row for row in rows(text, layout.delimiter) if row.line > layout.line)
        workers = min(os.cpu_count() or 1, 4)
        if decoding.size < POOLED_FROM or workers < 2:
            yield from map(judge, chunks)
            return
        with _pools, closing(_pooled(chunks, judge, workers)) as results:
            yield from results


def _pooled(chunks: Iterator[Chunk], judge: Judge, workers: int) -> Generator[Verdicts, None, None]:
    # spawned, not forked: the web app and the worker have threads, and a fork copies their locks as they stand
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        waiting: deque[Future[Verdicts]] = deque(pool.submit(judge, chunk) for chunk in islice(chunks, workers + 2))
        try:
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(judge, chunk) for chunk in islice(chunks, 1))
        except BrokenProcessPool as error:
            raise JourneysError("A process that judged rows was ended from outside, mostly for want of memory: free some, and try again.") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A worker of a process that was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _chunks(source: Iterator[Row]) -> Iterator[Chunk]:
    held: list[Row] = []
    number = size = 0
    for row in source:
        held.append(row)
        size += len(row.text)
        if len(held) == CHUNK_ROWS or size >= CHUNK_SIZE:
            yield Chunk(number, held)
            held, size, number = [], 0, number + 1
    if held:
        yield Chunk(number, held)
