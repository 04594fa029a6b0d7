"""Connections that no worker takes at the moment wait; none is lost."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from siseon.service.workers.board import GIVEN, Board, bytes_of, nameless
from siseon.service.workers.giving import Giver
from siseon.service.workers.slot import Slot


@pytest.fixture
def worker():
    """A place whose worker reads its door when the test does: the place, and the worker's end."""
    slot = Slot(0)
    slot.door, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    slot.door.setblocking(False)
    slot.state = "ready"
    yield slot, end
    slot.door.close()
    end.close()


async def test_a_connection_waits_while_no_worker_takes_it(worker, capsys):
    slot, end = worker
    with suppress(BlockingIOError):
        while slot.door.send(b"c"):
            pass
    board = Board(nameless(bytes_of(1, 1)), 1, 1)
    listener = socket.create_server(("127.0.0.1", 0))
    giver = Giver(listener, board, [slot])
    giver.look()
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    async with asyncio.timeout(30):
        while not giver._resting:
            await asyncio.sleep(0)
        end.setblocking(False)
        descriptors = []
        while not descriptors:
            await asyncio.sleep(0.001)
            try:
                _, descriptors, _, _ = socket.recv_fds(end, 1, 1)
            except BlockingIOError:
                continue
        with socket.socket(fileno=descriptors[0]) as given:
            given.send(b"here")
            assert await reader.readexactly(4) == b"here"
        assert board.get(0, GIVEN) == 1
        assert await reader.read() == b""  # the parent keeps no copy of it
    assert capsys.readouterr().err.count("connections wait") == 1
    writer.close()
    giver.close()
