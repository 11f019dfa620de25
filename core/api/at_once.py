"""What is written to a browser leaves at once. (An internal name of asyncio: used here alone.)"""
import socket
from asyncio import base_events


def install() -> None:
    """In the server's process, before its first connection.

    asyncio switches Nagle's algorithm off only for sockets that name TCP as their protocol; the one that Streamlit listens on names none. So each answer's
    body waited until the browser had confirmed its head, 40 ms for each of a page's hundred files, and a run's messages for one another.
    """
    base_events._set_nodelay = _set_nodelay  # type: ignore[attr-defined]


def _set_nodelay(connection: socket.socket) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
