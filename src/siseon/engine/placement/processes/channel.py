"""Messages over the socket pair between the parent and one worker: a header, a control part, bodies, descriptors.

Both ends know a token that each header begins with. What else comes out of the socket was not written by the other
end's ``Channel`` (a stage that writes to a wrong descriptor, say): the connection is given up before anything of it is
read as a pickle.
"""

from __future__ import annotations

import array
import os
import pickle
import select
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from siseon.engine.placement.processes.segment import Bytes

HEADER = struct.Struct("<16sQ")
"""The token, and the bytes of the control part."""
TOKEN_BYTES = 16
MOST_CONTROL_BYTES = 1 << 30
MOST_DESCRIPTORS = 64
MOST_PARTS = 512
"""Pieces that one system call sends or receives; Linux takes 1,024."""


class BrokenChannel(Exception):
    """The other end has gone, or what came from it is not a message."""


class NotInTime(Exception):
    """The other end did not read or write in time."""


@dataclass(slots=True)
class Message:
    """What one end tells the other."""

    kind: str
    facts: Any
    """Small, of plain types."""
    bodies: list[Bytes] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


Patience = Callable[[], float | None]
"""Seconds to wait for the next byte, asked for before each wait; None waits for ever.

Raises:
    NotInTime: no more.
"""


class Channel:
    """One end. Used by one thread at a time, and by the process that made it alone: a copy of that, made by a fork
    in user code, would answer a second time, and each later batch would get the answer of the one before."""

    def __init__(self, end: socket.socket, token: bytes) -> None:
        self._socket = end
        self._token = token
        self._process = os.getpid()

    def send(self, message: Message, patience: Patience) -> None:
        """Send one message; bodies are not joined before.

        Raises:
            BrokenChannel: the other end has gone.
            NotInTime: see ``patience``.
        """
        sizes = [len(body) for body in message.bodies]
        control = pickle.dumps((message.kind, message.facts, sizes), protocol=5)
        pieces: list[memoryview] = [memoryview(HEADER.pack(self._token, len(control)) + control)]
        pieces += [body.data for body in message.bodies if len(body)]
        ancillary = []
        if message.descriptors:
            rights = array.array("i", message.descriptors)
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        while pieces:
            sent = self._patiently(
                patience,
                lambda: self._socket.sendmsg(pieces[:MOST_PARTS], ancillary),  # noqa: B023
            )
            ancillary = []
            _drop(pieces, sent)

    def receive(self, patience: Patience) -> Message:
        """The next message.

        Raises:
            BrokenChannel: the other end has gone, or what came is not a message.
            NotInTime: see ``patience``.
        """
        header = bytearray(HEADER.size)
        descriptors = self._fill([memoryview(header)], patience)
        token, size = HEADER.unpack(header)
        if token != self._token or size > MOST_CONTROL_BYTES:
            raise BrokenChannel("what came is not a message")
        control = bytearray(size)
        self._fill([memoryview(control)], patience)
        kind, facts, sizes = pickle.loads(control)  # noqa: S301 - from our own other end, told by the token
        bodies = [np.empty(size, np.uint8) for size in sizes]
        self._fill([body.data for body in bodies if len(body)], patience)
        for body in bodies:
            body.setflags(write=False)
        return Message(kind, facts, bodies, descriptors)

    def comes_within(self, seconds: float) -> bool:
        """Whether so long brings something to receive, or the end of the other end."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _fill(self, pieces: list[memoryview], patience: Patience) -> list[int]:
        """Read until all pieces are full; the descriptors that came along."""
        descriptors = array.array("i")
        room = socket.CMSG_SPACE(MOST_DESCRIPTORS * descriptors.itemsize)
        flags = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
        while pieces:
            read, ancillary, _, _ = self._patiently(
                patience,
                lambda: self._socket.recvmsg_into(pieces[:MOST_PARTS], room, flags),
            )
            if not read:
                raise BrokenChannel("the other end has hung up")
            for level, kind, data in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
            _drop(pieces, read)
        return list(descriptors)

    def _patiently(self, patience: Patience, call: Callable[[], Any]) -> Any:
        if os.getpid() != self._process:
            raise BrokenChannel("this end is another process's")
        while True:
            self._socket.settimeout(patience())
            try:
                return call()
            except TimeoutError:
                continue
            except OSError as error:
                raise BrokenChannel(f"the other end has gone: {error}") from None


def _drop(pieces: list[memoryview], count: int) -> None:
    """Take what was sent or read off the front."""
    while count:
        first = pieces[0]
        if len(first) > count:
            pieces[0] = first[count:]
            return
        count -= len(first)
        del pieces[0]


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends that know only each other."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def for_ever() -> None:
    """Patience without an end."""
    return
