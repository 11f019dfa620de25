"""Keys of both sides: the private key that we sign in with, and the host keys that a connection has accepted."""
import base64
import hashlib
import io
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from core.errors import JourneysError

# key type → the signature algorithms that a server proves it with
ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


class BadKey(JourneysError):
    """The file does not hold a key that can be used."""


class HostKey(NamedTuple):
    """A server's public key. `blob` is base64, as in known_hosts."""

    kind: str
    blob: str

    @property
    def fingerprint(self) -> str:
        """As ssh-keygen prints it: SHA256:…"""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def private_key(text: str) -> str:
    """The private key in OpenSSH's form. Raises BadKey for one with a passphrase, of another kind, or no key at all."""
    if "PuTTY-User-Key-File" in text:
        raise BadKey("The key file is in PuTTY's form: export it from PuTTYgen as an OpenSSH key, without a passphrase.")
    data = text.strip().encode() + b"\n"
    load = serialization.load_ssh_private_key if b"OPENSSH PRIVATE KEY" in data else serialization.load_pem_private_key
    try:
        key = load(data, None)
    except TypeError as error:
        raise BadKey("The key has a passphrase, which nobody could type when files are fetched: give a key without one.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        encrypted = "ENCRYPTED" in text or "passphrase" in str(error).lower() or "password" in str(error).lower()
        said = ("The key has a passphrase, which nobody could type when files are fetched: give a key without one." if encrypted
                else "This is no private key: give the whole private file, from BEGIN to END, not the .pub beside it.")
        raise BadKey(said) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise BadKey("The key is of a kind that servers no longer take: make an Ed25519 one.")
    form = serialization.PrivateFormat.OpenSSH
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def signing_key(text: str) -> paramiko.PKey:
    """The key that `private_key` gave, for paramiko."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            found: paramiko.PKey = kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
        return found
    raise BadKey("The stored private key cannot be used: give the connection its key again.")


def host_keys(text: str) -> tuple[HostKey, ...]:
    """The keys in lines of ssh-keyscan, of known_hosts, or of a .pub file; host fields and comments do not count. Raises BadKey where there is none."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#") or words[0] in ("@revoked", "@cert-authority"):
            continue
        found += [HostKey(kind, blob) for kind, blob in pairwise(words) if kind in ALGORITHMS and _holds(blob, kind)][:1]
    if not found:
        raise BadKey("There is no host key that can be used: give the server's .pub file, or its lines in known_hosts "
                     f"({', '.join(ALGORITHMS)}).")
    return tuple(dict.fromkeys(found))


def offered(key: paramiko.PKey) -> HostKey:
    """The key that a server shows."""
    return HostKey(key.get_name(), key.get_base64())


def algorithms(pinned: Iterable[HostKey]) -> list[str]:
    """All host key algorithms, those of the pinned keys first: a server with several keys then shows the one that is known."""
    kinds = dict.fromkeys([*(key.kind for key in pinned if key.kind in ALGORITHMS), *ALGORITHMS])
    return [algorithm for kind in kinds for algorithm in ALGORITHMS[kind]]


def _holds(blob: str, kind: str) -> bool:
    """Does the base64 begin with its own type, as every public key does?"""
    try:
        raw = base64.b64decode(blob, validate=True)
    except ValueError:
        return False
    return raw[4 : 4 + int.from_bytes(raw[:4], "big")] == kind.encode()
