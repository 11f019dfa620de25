"""File names on somebody's server: which match, which cannot be taken, and how each is shown."""
import unicodedata
from fnmatch import fnmatchcase

from core.errors import WrongUsage


def checked_pattern(pattern: str) -> str:
    """The pattern, if it can match a file. Raises WrongUsage."""
    if not pattern or "/" in pattern or "\\" in pattern or any(unicodedata.category(letter) == "Cc" for letter in pattern):
        raise WrongUsage(f"“{pattern}” cannot be a pattern of file names: write one such as *.csv; the folder has a field of its own, subfolders are not read.")
    return pattern


def matches(name: bytes, pattern: str) -> bool:
    """Shell-style on the whole name, case counts; a name that begins with a dot only where the pattern does."""
    if name in (b".", b".."):
        return False
    text = name.decode("utf-8", "surrogateescape")
    return fnmatchcase(text, pattern) and (not text.startswith(".") or pattern.startswith("."))


def hostile(name: bytes) -> str | None:
    """Why a file of this name is not taken, or None."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return "the file's name is not UTF-8: rename it"
    if "/" in text or "\\" in text:
        return "the file's name has a slash or backslash: rename it"
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        return "the file's name has a control character: rename it"
    return None


def shown(name: bytes) -> str:
    """The name as it is shown and kept: control characters, backslashes and bytes that are not UTF-8 escaped."""
    text = name.decode("utf-8", "backslashreplace") if b"\\" not in name else name.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    return "".join(letter if unicodedata.category(letter) != "Cc" else letter.encode("unicode_escape").decode() for letter in text)
