"""A WebSocket (RFC 6455): uvicorn's protocol over the library websockets, bounded as other connections are.

Apart from ``connection.py``, since the library is optional: this module is imported when a connection becomes one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState


class Socket(WebSocketsSansIOProtocol):
    """One of them. A client that reads nothing for ``stall_s`` seconds is cut off."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        stall_s: float,
        left: Callable[[], None],
    ) -> None:
        """``left`` is called when the connection has ended."""
        super().__init__(config, server_state, app_state)
        self._stall_s = stall_s
        self._left = left
        self._stall_timer: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        self.writable.clear()
        self._stall_timer = self.loop.call_later(self._stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read something."""
        self._patient()
        self.writable.set()

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn does; it takes an answer that refuses for a handshake that is missing, and logs an error."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended: who waits to send finds out."""
        self._patient()
        super().connection_lost(exc)
        self.writable.set()
        self._left()

    def _patient(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
