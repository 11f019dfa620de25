"""Which machines may be connected to: public addresses, and those that the operator listed."""
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any

from core.sources.sftp.faults import ConnectionFault

RESOLVE_S = 10.0
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def addresses(host: str, port: int, allowed: Sequence[str]) -> list[tuple[Any, ...]]:
    """(family, socket address) of every address of the host, checked: connect to these and to nothing else.

    Raises ConnectionFault where the name is not found, or one of its addresses is neither public nor listed.
    """
    found = _resolve(host, port)
    if _named(host, allowed):
        return found
    for _, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not _public(address) and not _listed(address, allowed):
            raise ConnectionFault("resolve", f"{host} is {address}, which is no public address: name another host, "
                                             "or have the operator list it in JOURNEYS_SFTP_ALLOWED_HOSTS")
    return found


def check(host: str, port: int, allowed: Sequence[str]) -> None:
    """As `addresses`, for a connection that is being added; a name that the operator listed need not resolve yet."""
    if not _named(host, allowed):
        addresses(host, port, allowed)


def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    # the system's resolver takes no timeout: it is left behind where it does not answer
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(RESOLVE_S)
    if not answer:
        raise ConnectionFault("resolve", f"the name {host} was not resolved within {RESOLVE_S:g} s: check the DNS of this machine")
    if isinstance(answer[0], Exception):
        raise ConnectionFault("resolve", f"host name not found: {host} is not known; check how it is written, or the DNS of this machine")
    return list(dict.fromkeys((family, place) for family, _, _, _, place in answer[0]))


def _named(host: str, allowed: Sequence[str]) -> bool:
    return host.rstrip(".").lower() in {entry.rstrip(".").lower() for entry in allowed if _network(entry) is None}


def _listed(address: Address, allowed: Sequence[str]) -> bool:
    networks = [network for entry in allowed if (network := _network(entry)) is not None]
    return any(one in network for network in networks for one in (address, _inner(address)) if one.version == network.version)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address
    return address


def _public(address: Address) -> bool:
    inner = _inner(address)
    return inner.is_global and not inner.is_multicast and not inner.is_reserved and not inner.is_unspecified
