"""Faults, and one thing that is none, that show when many clients are there at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from review.faulty.detectors import Detector
from review.faulty.service import Answer, Parts

WORK_S = 0.03
"""What a request computes in services whose fault needs some work."""


def blocking(detect: Detector) -> Parts:
    async def work(_: Request) -> None:
        time.sleep(WORK_S)  # noqa: ASYNC251 - the fault

    return Parts(detect, work=work)


def one_at_a_time(detect: Detector) -> Parts:
    turn = asyncio.Lock()

    async def gate(rest: Callable[[], Awaitable[None]]) -> None:
        async with turn:
            await rest()

    return Parts(detect, gate=gate)


def works_for_nobody(detect: Detector) -> Parts:
    turn = asyncio.Lock()

    async def work(_: Request) -> None:
        async with turn:
            await asyncio.sleep(WORK_S)

    return Parts(detect, work=work)


def drops_the_work(detect: Detector) -> Parts:
    """Not a fault: the same service, which asks before it works whether its client is still there."""
    turn = asyncio.Lock()

    async def work(request: Request) -> None:
        async with turn:
            if not await request.is_disconnected():
                await asyncio.sleep(WORK_S)

    return Parts(detect, work=work)


def one_buffer(detect: Detector) -> Parts:
    """All requests write their picture into one place, and look at it a little later."""
    buffer: list[Callable[[], Answer]] = []

    async def together(compute: Callable[[], Answer], _: bytes) -> Answer:
        buffer[:] = [compute]
        await asyncio.sleep(0.001)
        return buffer[0]()

    return Parts(detect, together=together)


def refuses_beyond(clients: int, answer: Callable[[], Response]) -> Callable[[Detector], Parts]:
    """Gives that answer when more clients than that are there at once."""

    def made(detect: Detector) -> Parts:
        running = 0

        async def gate(rest: Callable[[], Awaitable[None]]) -> Response | None:
            nonlocal running
            if running >= clients:
                return answer()
            running += 1
            try:
                await asyncio.sleep(0.005)
                await rest()
                return None
            finally:
                running -= 1

        return Parts(detect, gate=gate)

    return made


def overloaded() -> Response:
    """A right refusal that does not say when to come back."""
    return JSONResponse({"code": "overloaded", "detail": "4 requests run", "retryable": True}, 503)


def inferring_probe(detect: Detector) -> Parts:
    async def health(_: Request) -> None:
        await asyncio.sleep(0.2)

    return Parts(detect, health=health)
