"""Answers that last until somebody has had enough: the client, or the service, which is to end."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

LOOK_S = 0.5
"""Between two looks at whether the service is to end."""


async def while_wanted(
    goes_on: Callable[[], bool], work: Coroutine[Any, Any, None], *ends: Awaitable[None]
) -> None:
    """Do ``work`` to its end, or until one of ``ends`` is over or ``goes_on`` says no: a client that takes nothing of
    what is sent holds up none of them. Raises what ``work`` raises."""
    working = asyncio.create_task(work)
    tasks = [working, *map(asyncio.ensure_future, ends)]
    try:
        while goes_on() and not (await asyncio.wait(tasks, timeout=LOOK_S, return_when=FIRST_COMPLETED))[0]:
            pass
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if not working.cancelled():
        working.result()
