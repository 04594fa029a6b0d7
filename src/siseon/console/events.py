"""What browsers send over the WebSocket, held to the form of our own pages: anything else is dropped.

NiceGUI takes an event as it comes. One of another form would end as an error with its traceback in the log, thousands a
second if somebody likes; here they are counted, and told in one line now and then. So are messages for the log, which a
page may send by itself: of these a few a minute get through.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

OURS = "disconnect"
"""Not a browser's word but Socket.IO's own, which tries two ways to call a handler: a ``TypeError`` is its to catch."""
TOLD_EVERY_S = 60.0
LOGGED = 10
"""Messages of pages that are logged in that time."""
MOST_LOGGED = 500
"""Characters of one."""
WRONG_FORM = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What code that expects another form trips over."""

Handler = Callable[..., Any]

log = logging.getLogger("siseon.console")


class Guard:
    """Stands before the handlers of events, and before the connection that they come by."""

    def __init__(self, pages: ASGIApp, handlers: dict[str, Handler]) -> None:
        """``handlers`` of Socket.IO, by event: each is replaced by one that is guarded."""
        self._pages = pages
        self._dropped = 0
        self._told_at = -TOLD_EVERY_S
        self._logged: deque[float] = deque(maxlen=LOGGED)
        for event, handler in handlers.items():
            if event != OURS:
                handlers[event] = self._guarded(event, self._seldom(handler) if event == "log" else handler)
        # What is not even Socket.IO is dropped below us already, each with a traceback.
        logging.getLogger("engineio.server").setLevel(logging.CRITICAL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        try:
            await self._pages(scope, receive, send)
        except ValueError as error:
            if scope["type"] != "websocket":
                raise
            self._drop("packet", error)  # no packet at all: the connection ends

    def _guarded(self, event: str, handler: Handler) -> Handler:
        async def answer(*told: Any) -> Any:
            try:
                given = handler(*told)
                return await given if inspect.isawaitable(given) else given
            except WRONG_FORM as error:  # of the form: what pages do with an event, NiceGUI catches
                self._drop(event, error)
                return False  # a connection that begins so is refused

        return answer

    def _seldom(self, handler: Handler) -> Handler:
        def log_it(session: str, told: Any) -> None:
            now = time.monotonic()
            if len(self._logged) == LOGGED and now - self._logged[0] < TOLD_EVERY_S:
                raise ValueError("too many")
            self._logged.append(now)
            handler(session, {**told, "message": str(told["message"])[:MOST_LOGGED]})

        return log_it

    def _drop(self, event: str, error: Exception) -> None:
        self._dropped += 1
        now = time.monotonic()
        if now - self._told_at >= TOLD_EVERY_S:
            log.warning(
                "%d events were dropped that no page of ours sends, the last one, %s, for %s",
                self._dropped,
                event,
                type(error).__name__,
            )
            self._told_at, self._dropped = now, 0
