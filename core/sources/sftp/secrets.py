"""Passwords and private keys at rest: sealed with the installation's secret key, opened for a sign-in alone."""
import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import JourneysError


class Unreadable(JourneysError):
    """The secret was sealed with another key."""


def seal(secret: str, secret_key: str) -> str:
    """The secret as it may lie in the store."""
    return _box(secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str, secret_key: str) -> str:
    """Raises Unreadable."""
    try:
        return _box(secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("the stored secret cannot be read with this JOURNEYS_SECRET_KEY: set the key it was kept with, "
                         "or give the connection its password or key again") from error


def _box(secret_key: str) -> Fernet:
    # a key of this room's own: what leaks here opens nothing that others seal with the same secret
    derived = HKDF(SHA256(), length=32, salt=None, info=b"journeys sftp secret").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
