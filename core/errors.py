"""The one family of errors that a user may see; anything else is a bug."""
import errno
from collections.abc import Iterable
from difflib import get_close_matches

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of an OSError: there is no room


class JourneysError(Exception):
    """Anything that may be shown to a user: what is wrong, and what would put it right. Exit code 1."""

    exit_code = 1


class WrongUsage(JourneysError):
    """The request itself cannot be answered as it was put. Exit code 2."""

    exit_code = 2


class Unavailable(JourneysError):
    """Something that is needed cannot be reached or written now. The request is good: the same again later may be answered. Exit code 1."""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """“There is no measure “x”. Did you mean “y”?”, or the names there are where none is close."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean “{close[0]}”?" if close else f" There {'is' if len(known) == 1 else 'are'}: {', '.join(known)}." if known else ""
    return f"There is no {kind} “{name}”.{hint}"
