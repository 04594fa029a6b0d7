"""What a page has been told and not read yet: bounded, since a browser may go on living without reading.

Engine.IO keeps all of it, for as long as the connection stands; and who sends events without reading what they bring
makes more of it. A page that is too far behind is cut off: it loads itself again.
"""

from __future__ import annotations

import asyncio

from engineio import AsyncServer

MOST_UNREAD = 200
"""Packets: of a page that is told something every two seconds, minutes."""


class Unread(asyncio.Queue[object]):
    """The packets of one connection; in place of too many there is one that ends it."""

    def _put(self, packet: object) -> None:
        there = self.qsize()
        if there < MOST_UNREAD:
            super()._put(packet)
            return
        for _ in range(there):
            self._get()
            self.task_done()
        super()._put(None)


def bound_unread(server: AsyncServer) -> None:
    """Of all connections that are made from now on."""
    server.create_queue = Unread
