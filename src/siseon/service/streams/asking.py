"""What a request asks of the streams' database, within its time."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from siseon.hosting.deadline import Allowance
from siseon.service.tracing import allowed_seconds
from siseon.streams.center import Center

T = TypeVar("T")


async def within(request: Request, center: Center, work: Awaitable[T]) -> T:
    """The outcome of ``work``, if it comes in the time of the request.

    Raises:
        DeadlineExceeded: it takes longer; what it changes in the database is changed all the same.
        SiseonError: what ``work`` raises.
    """
    seconds = allowed_seconds(request.headers, center.host.settings.request_timeout_s)
    async with Allowance(seconds, request.state.trace.start).spent_on("streams"):
        return await work
