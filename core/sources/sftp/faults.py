"""What may go wrong with a connection or one of its files; each text says what it is and what to do."""
from core.errors import JourneysError


class FileFault(JourneysError):
    """One file cannot be taken; the connection's others are."""


class Changed(FileFault):
    """The file was not the same from the first look at it to the last byte; the next poll looks again."""


class ConnectionFault(JourneysError):
    """The server or its folder cannot be used; `step` is the part of `journeys sftp test` that failed."""

    def __init__(self, step: str, text: str) -> None:
        super().__init__(text)
        self.step = step


def disk_full(*, by_hand: bool) -> FileFault:
    """There is no room for the file, its rows or what is noted of them."""
    again = "upload the file again then" if by_hand else "the file is taken at the next poll"
    return FileFault(f"the disk is full: free some space; {again}")


class UnknownHostKey(ConnectionFault):
    """Nobody has accepted this server's key yet, or it is another than the accepted one; `fingerprint` is the one on offer."""

    def __init__(self, text: str, fingerprint: str) -> None:
        super().__init__("host key", text)
        self.fingerprint = fingerprint
