"""Tickets: a page in a browser can give no header to an ``<img>``, an ``EventSource`` or a WebSocket.

It asks for a ticket with its token, and puts that into the address: ``?ticket=...``. Addresses end up in histories and
in the logs of proxies, so a ticket opens nothing but what is looked at of streams, and for a minute; what was opened
stays open. Nothing is kept of a ticket: it is signed with the token, so it holds in all processes of a service.
"""

from __future__ import annotations

import hmac
import time
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, SecretStr

from siseon.service.streams.paths import ALARMS, STREAMS

TICKETS = "/v1/tickets"
LASTS_S = 60
MOST = 128
"""Characters of a ticket that are looked at."""


class Ticket(BaseModel):
    """What goes behind ``?ticket=``."""

    model_config = ConfigDict(frozen=True)

    ticket: str
    expires_at: datetime


class Tickets:
    """Of one service."""

    def __init__(self, token: SecretStr | None) -> None:
        """``token``: of the service; without one it asks for no ticket either."""
        secret = "" if token is None else token.get_secret_value()
        self._key = hmac.digest(secret.encode(), b"siseon tickets", "sha256")

    def issue(self) -> Ticket:
        """One that begins now."""
        until = int(time.time()) + LASTS_S
        return Ticket(ticket=f"{until}-{self._sign(until)}", expires_at=datetime.fromtimestamp(until, UTC))

    def opens(self, ticket: str, method: str, path: str) -> bool:
        """Whether it lets a request through."""
        if method != "GET" or not path.startswith((f"{STREAMS}/", f"{ALARMS}/")) or len(ticket) > MOST:
            return False
        until, _, signed = ticket.partition("-")
        if not (until.isascii() and until.isdigit() and signed.isascii()):
            return False
        return hmac.compare_digest(signed, self._sign(int(until))) and time.time() < int(until)

    def _sign(self, until: int) -> str:
        return hmac.digest(self._key, str(until).encode(), "sha256").hex()


def ticket_routes(tickets: Tickets) -> APIRouter:
    """The one there is."""
    router = APIRouter(tags=["streams"])

    @router.post(
        TICKETS,
        summary="A ticket for pages: ?ticket=... in place of the token, for what is looked at of streams",
        description="For GET and WebSockets below `/v1/streams/` and `/v1/alarms/`, for a minute; what was opened "
        "stays open.",
    )
    async def issue_ticket() -> Ticket:
        return tickets.issue()

    return router
