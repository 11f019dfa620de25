"""From a host name to a signed-in SFTP conversation, step by step: each step ends in time, and says what to do where it fails."""
import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import paramiko

from core.sources.sftp import hosts, keys
from core.sources.sftp.faults import ConnectionFault, UnknownHostKey
from core.sources.sftp.keys import HostKey
from core.sources.sftp.names import shown
from core.sources.sftp.wire import Garbled, Wire

CONNECT_S, GREET_S, SIGN_IN_S, OPEN_S, ANSWER_S = 10.0, 15.0, 20.0, 15.0, 25.0
LATER_S = 5.0  # paramiko's own limits come after ours, which know what they waited for
PACKET, WINDOW = 128 << 10, 8 << 20  # bytes
MOST_GREETING = 1 << 20  # bytes that a server may send before it has shown its key
FASTEST_CIPHER = "aes128-gcm@openssh.com"  # one pass for cipher and checksum: twice the speed of paramiko's first choice

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it logs tracebacks of what we say in one line


@dataclass(frozen=True, slots=True)
class Server:
    """Whom to talk to and as whom. `secret`: the password, or the private key's text."""

    host: str
    port: int
    username: str
    sign_in: str  # key or password
    secret: str = field(repr=False)
    host_keys: tuple[HostKey, ...]
    allowed_hosts: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


Step = Callable[[str], None]


def _silent(step: str) -> None:
    return None


@contextmanager
def dialled(server: Server, step: Step = _silent) -> Iterator[tuple[paramiko.Transport, Wire]]:
    """A conversation with the server, its host key checked before anything secret is sent. `step` is told the name of each step that begins.

    Raises ConnectionFault (UnknownHostKey).
    """
    with _greeted(server, step, keys.algorithms(server.host_keys)) as transport:
        step("host key")
        _check_host_key(server, keys.offered(transport.get_remote_server_key()))
        step("sign-in")
        _sign_in(server, transport)
        step("SFTP")
        yield transport, _conversation(server, transport)


def offered_keys(server: Server) -> Iterator[HostKey]:
    """The host keys that the server shows, one connection a kind of key; those accepted so far do not matter."""
    for kind, algorithms in keys.ALGORITHMS.items():
        try:
            with _greeted(server, _silent, list(algorithms)) as transport:
                yield keys.offered(transport.get_remote_server_key())
        except ConnectionFault as fault:
            if fault.step != "algorithms":
                raise
            if kind == tuple(keys.ALGORITHMS)[-1]:
                return


@contextmanager
def _greeted(server: Server, step: Step, algorithms: Sequence[str]) -> Iterator[paramiko.Transport]:
    step("resolve")
    places = hosts.addresses(server.host, server.port, server.allowed_hosts)
    step("connect")
    line = _Line(_connected(server, places))
    try:
        transport = paramiko.Transport(line, default_window_size=WINDOW, default_max_packet_size=PACKET)
        transport.daemon = True
        transport.banner_timeout = transport.handshake_timeout = GREET_S + LATER_S
        options = transport.get_security_options()
        options.key_types = [name for name in algorithms if name in options.key_types]
        options.ciphers = sorted(options.ciphers, key=lambda cipher: cipher != FASTEST_CIPHER)
        try:
            _shake_hands(server, transport, line)
            yield transport
        finally:
            transport.close()
    finally:
        line.close()


def _connected(server: Server, places: list[tuple[Any, ...]]) -> socket.socket:
    """A socket to the first of the checked addresses that answers; they share the time there is."""
    fault: OSError | None = None
    for family, place in places[:4]:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(CONNECT_S if len(places) == 1 else 5.0)
            sock.connect(place)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            fault = fault or error
        else:
            return sock
    if isinstance(fault, TimeoutError):
        raise ConnectionFault("connect", f"timeout: {server.place} did not answer; check host and port, and whether a firewall lets this machine in")
    if isinstance(fault, ConnectionRefusedError):
        raise ConnectionFault("connect", f"refused: nothing listens at {server.place}; check the port, and that the SFTP server runs")
    if fault is not None and fault.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        raise ConnectionFault("connect", f"unreachable: there is no way to {server.place}; check the network of this machine")
    raise ConnectionFault("connect", f"{server.place} cannot be connected to: {fault.strerror if fault else 'it has no address'}")


class _Line:
    """The socket as paramiko uses it, with the first bytes that came kept: they tell what answers where it is no SSH server."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.heard = b""
        self._count = 0
        self.limited = True  # until the server has shown its key

    def recv(self, size: int) -> bytes:
        came = self._sock.recv(size)
        if self.limited:
            self._count += len(came)
            self.heard = (self.heard + came)[:200] if len(self.heard) < 200 else self.heard
            if self._count > MOST_GREETING:
                raise EOFError("too much before the host key")
        return came

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


@contextmanager
def ending_after(seconds: float, transport: paramiko.Transport) -> Iterator[threading.Event]:
    """Closes the connection when the time is over, which ends whatever waits for it; the event tells that it did."""
    over = threading.Event()

    def end() -> None:
        over.set()
        transport.close()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def _shake_hands(server: Server, transport: paramiko.Transport, line: _Line) -> None:
    with ending_after(GREET_S, transport) as over:
        try:
            transport.start_client(timeout=GREET_S + LATER_S)
            transport.get_remote_server_key()
        except paramiko.ssh_exception.IncompatiblePeer as error:
            raise ConnectionFault("algorithms", f"no common algorithm with {server.place}: {error}; its SSH server is too old or too strict, "
                                                "have it updated") from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise _no_greeting(server, line.heard, over.is_set(), error) from error
    line.limited = False


def _no_greeting(server: Server, heard: bytes, late: bool, error: Exception) -> ConnectionFault:
    place = server.place
    if heard.startswith((b"Exceeded MaxStartups", b"Not allowed at this time")):
        return ConnectionFault("greeting", f"too many connections: {place} takes no more at the moment; poll less often, or have its limit raised")
    if heard and b"SSH-" not in heard:
        first = shown(heard.splitlines()[0][:60])
        return ConnectionFault("greeting", f"not an SSH server: {place} answers “{first}”; check the port (SFTP is mostly on 22)")
    if late and not heard:
        return ConnectionFault("greeting", f"no banner: {place} takes the connection and says nothing within {GREET_S:g} s; "
                                           "check that it is the SSH port, or have the server looked at")
    if late:
        return ConnectionFault("greeting", f"timeout: {place} did not finish the key exchange within {GREET_S:g} s; have the server looked at")
    if not heard:
        return ConnectionFault("greeting", f"{place} closed the connection before it said anything: too many connections at once, "
                                           "or this machine's address is not let in")
    return ConnectionFault("greeting", f"{place} ended the key exchange: {error or type(error).__name__}; have the server's log looked at")


def _check_host_key(server: Server, key: HostKey) -> None:
    if key in server.host_keys:
        return
    accept = "check this fingerprint with the server's owner, then accept it"
    if not server.host_keys:
        raise UnknownHostKey(f"host key unknown: {server.place} shows {key.fingerprint} ({key.kind}); {accept}", key.fingerprint)
    known = ", ".join(one.fingerprint for one in server.host_keys)
    raise UnknownHostKey(f"host key changed: {server.place} shows {key.fingerprint} ({key.kind}), accepted was {known}; somebody may be "
                         f"listening in, or the server is new: {accept}", key.fingerprint)


def _sign_in(server: Server, transport: paramiko.Transport) -> None:
    transport.auth_timeout = SIGN_IN_S + LATER_S
    own = "key" if server.sign_in == "key" else "password"
    with ending_after(SIGN_IN_S, transport) as over:
        try:
            more = (transport.auth_publickey(server.username, keys.signing_key(server.secret)) if own == "key"
                    else transport.auth_password(server.username, server.secret))
        except paramiko.BadAuthenticationType as error:
            raise ConnectionFault("sign-in", f"{server.place} does not let {server.username} sign in with a {own}, it wants: "
                                             f"{', '.join(error.allowed_types)}; edit the connection") from error
        except paramiko.AuthenticationException as error:
            if over.is_set():
                raise _late_sign_in(server) from error
            advice = "have its public half put into the server's authorized_keys" if own == "key" else "give the connection the password again"
            raise ConnectionFault("sign-in", f"wrong {own}: {server.place} refuses it for the user {server.username}; check the user, or {advice}") from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise (_late_sign_in(server) if over.is_set() else ConnectionFault(
                "sign-in", f"{server.place} ended the connection during the sign-in: {error}; have the server's log looked at")) from error
    if more:
        raise ConnectionFault("sign-in", f"{server.place} wants more than a {own}: {', '.join(more)}; have the user let in with the {own} alone")


def _late_sign_in(server: Server) -> ConnectionFault:
    return ConnectionFault("sign-in", f"timeout: {server.place} did not answer the sign-in within {SIGN_IN_S:g} s; have the server looked at")


def _conversation(server: Server, transport: paramiko.Transport) -> Wire:
    with ending_after(OPEN_S, transport) as over:
        try:
            channel = transport.open_session(window_size=WINDOW, max_packet_size=PACKET, timeout=OPEN_S + LATER_S)
            channel.settimeout(OPEN_S)
            channel.invoke_subsystem("sftp")
            wire = Wire(channel)
        except paramiko.ChannelException as error:
            raise ConnectionFault("SFTP", f"too many connections: {server.place} opens no session ({error}); close others, or have its limit raised") from error
        except (paramiko.SSHException, Garbled, EOFError, OSError) as error:
            if over.is_set() or isinstance(error, TimeoutError):
                text = f"timeout: {server.place} did not start SFTP within {OPEN_S:g} s; have the server looked at"
            else:
                text = f"no SFTP: {server.place} lets {server.username} in but offers no SFTP; have its SFTP subsystem switched on"
            raise ConnectionFault("SFTP", text) from error
    channel.settimeout(ANSWER_S)
    return wire
