"""Work for a client that has gone is dropped: its queued items leave the queues, and the trace says so."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

from fastapi import Request

from siseon.contracts import Cancelled

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end, or until the client hangs up. The request's body must have been read.

    Raises:
        Cancelled: the client has gone; nobody will read the answer.
    """
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    gone = False

    async def watch() -> None:
        nonlocal gone
        await hung_up(request)
        gone = True
        task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        result = await work
    except asyncio.CancelledError:
        if not gone or task.uncancel():  # somebody else has cancelled too
            raise
        raise _gone() from None
    finally:
        watcher.cancel()
    if gone:  # what was cancelled has answered all the same
        task.uncancel()
        raise _gone()
    return result


def _gone() -> Cancelled:
    return Cancelled("the client hung up before it was answered")


async def hung_up(request: Request) -> None:
    """Wait until the client has."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
