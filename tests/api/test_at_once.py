"""Answers do not wait for what was sent before them to be confirmed."""
import asyncio
import socket
from asyncio import base_events

import pytest

from core.api import at_once


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(base_events, "_set_nodelay", base_events._set_nodelay)  # put back afterwards
    at_once.install()


def listening():
    """As Streamlit opens it: no protocol is named."""
    opened = socket.socket(family=socket.AF_INET)
    opened.bind(("127.0.0.1", 0))
    opened.setblocking(False)
    return opened


async def delays_of_a_connection():
    """Whether the server's side of a connection lets small pieces wait."""
    found = asyncio.get_running_loop().create_future()

    async def answer(_, writer):
        found.set_result(not writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(answer, sock=listening())
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        return await asyncio.wait_for(found, 10)


def test_a_connection_to_a_socket_that_names_no_protocol_sends_at_once(installed):
    assert asyncio.run(delays_of_a_connection()) is False


def test_without_it_such_a_connection_waits():
    assert asyncio.run(delays_of_a_connection()) is True  # once this fails, asyncio does it itself, and at_once.py can go
