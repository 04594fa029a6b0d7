"""One worker: the whole service, on connections that the parent hands over."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable

import uvloop

from siseon.contracts import SiseonError
from siseon.hosting import Host
from siseon.hosting.logs import configure
from siseon.service.app import create_app
from siseon.service.room import Room, default_limit
from siseon.service.server import Server, running, settle, unless
from siseon.service.workers.board import Board
from siseon.service.workers.colleagues import Colleagues
from siseon.service.workers.share import share
from siseon.service.workers.signals import on_signal
from siseon.service.workers.talk import Talk
from siseon.settings import Settings

AT_ONCE = 64
"""Connections taken before anything else gets its turn."""
TOGETHER = 16
"""Descriptors in one message, at most; the parent sends one in each."""


async def work(settings: Settings, us: Colleagues, talk: Talk, door: socket.socket) -> int:
    """Serve until the parent, SIGTERM or SIGHUP tells to end; the exit code."""
    loop = asyncio.get_running_loop()
    on_signal(us.leave, signal.SIGTERM, signal.SIGHUP)
    try:
        mine = share(settings, us.size)
        host = Host(mine)
        room = Room(mine.max_connections or default_limit(), us.closed)
        us.share(host)
        async with running(host, create_app(host, us), room) as (server, loading):
            loop.add_reader(door, receive_on(door, server, us))
            talk.say("up")
            if await unless(us.told, loading, server.ended):
                settle()
                talk.say("ready")
                await unless(us.told, server.ended)
            await asyncio.wait((loading,))
            await host.drain()
            talk.say("drained")
            await unless(us.ended, server.ended)
            loop.remove_reader(door)
    except SiseonError as error:
        talk.say("failed", **error.failure().model_dump(mode="json"))
        await talk.flush()
        return 1
    return 0


def receive_on(door: socket.socket, server: Server, us: Colleagues) -> Callable[[], None]:
    """What takes connections from ``door`` when there are some."""

    def receive() -> None:
        for _ in range(AT_ONCE):
            if server.room.is_settling:
                return
            try:
                said, descriptors, _flags, _from = socket.recv_fds(
                    door, 1, TOGETHER, socket.MSG_DONTWAIT | getattr(socket, "MSG_CMSG_CLOEXEC", 0)
                )
            except BlockingIOError:
                return
            if not said:  # the parent is gone
                asyncio.get_running_loop().remove_reader(door)
                return
            if not descriptors:  # this process may open no more
                us.closed()
            for descriptor in descriptors:
                server.take(socket.socket(fileno=descriptor))

    return receive


async def begin(index: int, workers: int, pipelines: int, descriptors: list[int]) -> int:
    """Join the others; the exit code."""
    talk_fd, door_fd, board_fd, settings_fd = descriptors
    talk = await Talk.over(socket.socket(fileno=talk_fd))
    door = socket.socket(fileno=door_fd)
    door.setblocking(False)
    with os.fdopen(os.dup(settings_fd), "rb") as file:
        settings: Settings = pickle.loads(os.pread(file.fileno(), os.fstat(settings_fd).st_size, 0))  # noqa: S301 - the parent's own
    us = Colleagues(index, Board(board_fd, workers, pipelines), talk)
    us.spawn(us.listen())
    us.spawn(us.beat())
    try:
        return await work(settings, us, talk, door)
    finally:
        await us.end()


def main() -> None:
    """Run a worker as its own process."""
    index, workers, pipelines, *descriptors = map(int, sys.argv[1:])
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    configure(worker=index)
    sys.exit(uvloop.run(begin(index, workers, pipelines, descriptors)))


if __name__ == "__main__":
    main()
