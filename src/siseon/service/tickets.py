"""Tickets: a page in a browser can give no header to an ``<img>``, an ``EventSource`` or a WebSocket.

It asks for a ticket with its token, and puts that into the address: ``?ticket=...``. Addresses end up in histories and
in the logs of proxies, so a ticket opens nothing but what is looked at of streams, and for a minute; what was opened
stays open. A player asks again for each part of a video: the ticket of a job opens what is looked at of that one job,
and for an hour. Nothing is kept of a ticket: it is signed with the token, so it holds in all processes of a service.
"""

from __future__ import annotations

import hmac
import re
import time
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, SecretStr

from siseon.service.jobs.request import ARTIFACTS, JOBS
from siseon.service.problems import RESPONSES
from siseon.service.streams.paths import ALARMS, STREAMS

TICKETS = "/v1/tickets"
LASTS_S = 60
OF_JOB_S = 3600
MOST = 128
"""Characters of a ticket that are looked at."""
JOB_ID = "^[0-9a-z]{26}$"
_OF_JOB = re.compile(rf"(?:{JOBS}|{ARTIFACTS}/out)/([0-9a-z]{{26}})/")
"""What is looked at of it, and the pictures that it has made."""


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

    def issue(self, job: str | None = None) -> Ticket:
        """One that begins now, for streams, or for a job."""
        until = int(time.time()) + (LASTS_S if job is None else OF_JOB_S)
        signed = self._sign(until, job)
        return Ticket(ticket=f"{until}-{signed}", expires_at=datetime.fromtimestamp(until, UTC))

    def opens(self, ticket: str, method: str, path: str) -> bool:
        """Whether it lets a request through."""
        if method != "GET" or len(ticket) > MOST:
            return False
        of_job = _OF_JOB.match(path)
        if of_job is None and not path.startswith((f"{STREAMS}/", f"{ALARMS}/")):
            return False
        until, _, signed = ticket.partition("-")
        if not (until.isascii() and until.isdigit() and signed.isascii()):
            return False
        right = self._sign(int(until), None if of_job is None else of_job[1])
        return hmac.compare_digest(signed, right) and time.time() < int(until)

    def _sign(self, until: int, job: str | None) -> str:
        signed = f"{until}" if job is None else f"{until} {job}"
        return hmac.digest(self._key, signed.encode(), "sha256").hex()


def ticket_routes(tickets: Tickets) -> APIRouter:
    """The one there is."""
    router = APIRouter(tags=["streams"], responses=RESPONSES)

    @router.post(
        TICKETS,
        summary="A ticket for pages: ?ticket=... in place of the token, for what is looked at of streams or of a job",
        description="For GET and WebSockets below `/v1/streams/` and `/v1/alarms/`, for a minute; what was opened "
        "stays open. With `job` for GET below `/v1/jobs/{job}/` and `/v1/artifacts/out/{job}/`, for an hour: "
        "a player seeks.",
    )
    async def issue_ticket(job: Annotated[str | None, Query(pattern=JOB_ID)] = None) -> Ticket:
        return tickets.issue(job)

    return router
