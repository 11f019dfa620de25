"""What a poll does on a server: look into the folder, and read a file that must stay the same from the first look to the last byte."""
import errno
import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import paramiko

from core.sources.sftp.dialling import ANSWER_S, Server, Step, dialled, ending_after
from core.sources.sftp.faults import Changed, ConnectionFault, FileFault
from core.sources.sftp.names import shown
from core.sources.sftp.wire import NO_PERMISSION, NO_SUCH_FILE, Ended, Garbled, Refused, Stat, Wire

LISTING_S = 120.0
TRANSFER_S = 600.0
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LOST = (paramiko.SSHException, EOFError, OSError, Garbled)


class Broken(FileFault):
    """The connection did not outlive this file: others need a new one."""


class Client:
    """One signed-in conversation about one folder."""

    def __init__(self, server: Server, folder: str, transport: paramiko.Transport, wire: Wire) -> None:
        self.server, self._folder, self._transport, self._wire = server, folder.encode(), transport, wire

    def look(self) -> Iterator[tuple[bytes, Stat]]:
        """Every name in the folder. Raises ConnectionFault."""
        with ending_after(LISTING_S, self._transport) as over:
            try:
                yield from self._wire.names(self._folder)
            except Refused as refused:
                raise self._no_folder(refused) from refused
            except TimeoutError as error:
                raise ConnectionFault("folder", f"timeout: {self.server.place} did not answer for {ANSWER_S:g} s while the folder was listed; "
                                                "have the server looked at") from error
            except LOST as error:
                late = f"the listing took longer than {LISTING_S:g} s" if over.is_set() else "the server or the network ended it"
                raise ConnectionFault("folder", f"connection lost while listing {self._shown}: {late}; it is tried again at the next poll") from error

    @property
    def _shown(self) -> str:
        return shown(self._folder)

    def _no_folder(self, refused: Refused) -> ConnectionFault:
        if refused.code == NO_SUCH_FILE:
            return ConnectionFault("folder", f"folder missing: there is no {self._shown} at {self.server.place}; check the connection's "
                                             "folder: without a slash in front it begins where the user is after the sign-in")
        if refused.code == NO_PERMISSION:
            return ConnectionFault("folder", f"no permission: {self.server.username} may not list {self._shown}; have the right to read given")
        return ConnectionFault("folder", f"{self._shown} cannot be listed: {refused or 'it may be a file'}; check the connection's folder")

    def read(self, name: bytes, seen: Stat, out: IO[bytes], most: int | None = None) -> None:
        """The file's bytes into `out`, all of them or (`most`) the first.

        `seen` is what the last look said. Raises FileFault (Changed, Broken) where it is no longer the same, cannot be read or does not come.
        """
        path = posixpath.join(self._folder, name)
        with ending_after(TRANSFER_S, self._transport) as over, _one_file(over.is_set):
            before = self._wire.lstat(path)
            _same(seen, before)
            handle = self._wire.open(path)
            size = before.size or 0
            self._wire.read(handle, size if most is None else min(size, most), out, lambda _: None)
            if most is None:
                if not self._wire.at_end(handle, size):
                    raise Changed(f"grew while it was read (it had {size:,} bytes): taken at a poll at which it no longer grows")
                _same(before, self._wire.fstat(handle))
                _same(before, self._wire.lstat(path), "replaced")
            self._wire.close(handle)


def _same(before: Stat, after: Stat, how: str = "rewritten") -> None:
    if not after.regular:
        raise Changed("is no longer a regular file: links, folders and pipes are not read; put the file itself there")
    if before.size is not None and after.size is not None and before.size != after.size:
        verb = "grew" if after.size > before.size else "shrank"
        raise Changed(f"{verb} while it was read (from {before.size:,} to {after.size:,} bytes): taken at a poll at which it no longer changes")
    if before.mtime != after.mtime:
        raise Changed(f"was {how} while it was read: taken at a poll at which it no longer changes")


@contextmanager
def _one_file(late: Callable[[], bool]) -> Iterator[None]:
    """What goes wrong between opening and closing a file, in words."""
    try:
        yield
    except Ended as error:
        raise Changed("shrank while it was read: taken at a poll at which it no longer changes") from error
    except Refused as refused:
        if refused.code == NO_SUCH_FILE:
            raise Changed("was removed while it was fetched: put it there again if it is wanted") from refused
        if refused.code == NO_PERMISSION:
            raise FileFault("no permission to read it: give the user of the connection the right to read the file") from refused
        raise FileFault(f"the server does not give it: {refused}; have the server's log looked at") from refused
    except TimeoutError as error:
        raise Broken(f"stalled: no byte came for {ANSWER_S:g} s; it is fetched again at the next poll") from error
    except LOST as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        if late():
            raise Broken(f"did not arrive within {TRANSFER_S:g} s: send a smaller file, or have the line looked at") from error
        raise Broken("the connection was lost while it was read; it is fetched again at the next poll") from error


@contextmanager
def client(server: Server, folder: str, step: Step = lambda _: None) -> Iterator[Client]:
    """Signed in, for the folder. Raises ConnectionFault."""
    with dialled(server, step) as (transport, wire):
        yield Client(server, folder, transport, wire)
