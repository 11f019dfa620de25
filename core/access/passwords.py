"""Passwords, hashed as streamlit-authenticator checks them: bcrypt, of the text without space around it."""
from functools import cache
from secrets import token_bytes

import bcrypt

from core.errors import WrongUsage

LONGEST = 72  # bytes; bcrypt takes no more, and says so only by raising


def hashed(password: str) -> str:
    """The bcrypt hash. Raises WrongUsage where the password cannot be one; the text never repeats it."""
    plain = password.strip()
    if not plain:
        raise WrongUsage("An empty password opens nothing: give at least one character.")
    if "\x00" in plain or len(plain.encode()) > LONGEST:
        raise WrongUsage(f"The password is longer than {LONGEST} bytes or holds a NUL: choose another.")
    return bcrypt.hashpw(plain.encode(), bcrypt.gensalt()).decode()


@cache
def nobodys() -> str:
    """A hash that no password is known for: checked where a user is not there, so that time does not tell who is."""
    return bcrypt.hashpw(token_bytes(32).hex().encode(), bcrypt.gensalt()).decode()
