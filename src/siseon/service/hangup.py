"""Work for a client that has gone is dropped: its queued items leave the queues, and the trace says so."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from siseon.contracts import Cancelled

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end, or until the client hangs up. The request's body must have been read.

    Raises:
        Cancelled: the client has gone; nobody will read the answer.
    """
    task = asyncio.create_task(work)
    watcher = asyncio.create_task(hung_up(request))
    try:
        await asyncio.wait((task, watcher), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Cancelled("the client hung up before it was answered")
        return task.result()
    finally:
        watcher.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))


async def hung_up(request: Request) -> None:
    """Wait until the client has."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
