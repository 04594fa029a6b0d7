"""Start and stop an ASGI application in this process, as a server does before and after its requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from siseon.contracts import FailureCode, InputError
from siseon.review.channel import Asgi, AsgiEvent, Scope

ENDING_S = 5.0
"""Seconds in which an application that could not start should have ended."""


@asynccontextmanager
async def running(app: Asgi) -> AsyncIterator[Asgi]:
    """The application between its start-up and its shut-down, with the state that it set.

    Raises:
        InputError: its start-up failed.
    """
    state: dict[str, Any] = {}
    to_app: asyncio.Queue[AsgiEvent] = asyncio.Queue()
    from_app: asyncio.Queue[AsgiEvent] = asyncio.Queue()
    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}

    async def living() -> None:  # what is called may be no application at all, and raise at once
        await app(scope, to_app.get, from_app.put)

    task = asyncio.create_task(living())
    supported = await _step("startup", task, to_app, from_app)

    async def with_state(
        scope: Scope,
        receive: Callable[[], Awaitable[AsgiEvent]],
        send: Callable[[AsgiEvent], Awaitable[None]],
    ) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    try:
        yield with_state
    finally:
        if supported:
            await _step("shutdown", task, to_app, from_app)
        await asyncio.wait([task])


async def _step(
    name: str,
    task: asyncio.Future[None],
    to_app: asyncio.Queue[AsgiEvent],
    from_app: asyncio.Queue[AsgiEvent],
) -> bool:
    """One step of the protocol; False when the application does not speak it, which the protocol allows."""
    await to_app.put({"type": f"lifespan.{name}"})
    reply = asyncio.create_task(from_app.get())
    either: list[asyncio.Future[Any]] = [reply, task]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not reply.done():
        reply.cancel()
        task.exception()
        return False
    event = reply.result()
    if event["type"] == f"lifespan.{name}.failed":
        await asyncio.wait([task], timeout=ENDING_S)
        if task.done():
            task.exception()  # told below; asyncio would report it a second time
        raise InputError(
            f"the application's {name} failed: {event.get('message', '')}".strip().splitlines()[-1],
            code=FailureCode.invalid_input,
        )
    return True
