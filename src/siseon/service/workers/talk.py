"""What parent and worker say to each other: one JSON object a line over a socket pair, either side at any time."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

from siseon.service.workers.notes import note

LIMIT = 16 << 20
"""Bytes of one line: the figures of a worker are the longest. A longer one is not said, and the log tells it."""

Word = dict[str, Any]


class Talk:
    """One side of the conversation."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def over(cls, connected: socket.socket) -> Talk:
        """Talk over a connected socket."""
        return cls(*await asyncio.open_connection(sock=connected, limit=LIMIT))

    def say(self, what: str, **more: object) -> None:
        """Send a word; to a side that has gone it is lost, and so is one that the other side could not hear."""
        line = json.dumps({"say": what, **more}).encode() + b"\n"
        if len(line) > LIMIT:
            note("error", "a word is too long to be said", word=what, bytes=len(line))
        elif not self._writer.is_closing():
            self._writer.write(line)

    async def words(self) -> AsyncIterator[Word]:
        """What the other side says, until it is gone."""
        while True:
            try:
                line = await self._reader.readline()
            except (ConnectionError, ValueError):  # a line without an end: the other side is out of its mind
                return
            if not line.endswith(b"\n"):
                return
            yield json.loads(line)

    async def flush(self) -> None:
        """Wait until what was said has left."""
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    def close(self) -> None:
        """End the conversation."""
        self._writer.close()
