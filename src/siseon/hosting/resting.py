"""Memory that is kept for what may come goes back to the system every minute: what idle networks were computed in, and
what the allocator has free.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event

from siseon.models import ModelManager
from siseon.models.resident import give_back

EVERY_S = 60.0
"""A network that was not run for so long is idle."""


@asynccontextmanager
async def given_back(models: ModelManager, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Inside, it goes back every ``every_s`` seconds."""
    over = Event()
    task = asyncio.create_task(_give_back_for_ever(models, every_s, over))
    try:
        yield
    finally:
        over.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _give_back_for_ever(models: ModelManager, every_s: float, over: Event) -> None:
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(_give_back, models, over)


def _give_back(models: ModelManager, over: Event) -> None:
    for model in models.all():
        if over.is_set():  # the process waits for this thread
            return
        model.rest()
    give_back()
