"""Many pictures in one request: each has its own outcome, a few are at work at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from siseon.contracts import Result, SiseonError
from siseon.engine import Trace


@dataclass(slots=True)
class Item:
    """One picture of a batch."""

    index: int
    name: str
    run: Callable[[Item], Awaitable[Result[Any]]]
    trace: Trace = field(default_factory=Trace)

    async def line(self) -> bytes:
        """Its outcome as one JSON object."""
        head = {"index": self.index, "name": self.name, "trace_id": self.trace.trace_id}
        try:
            result = (await self.run(self)).to_json()
        except SiseonError as error:
            return orjson.dumps({**head, "failure": error.failure().model_dump(mode="json")})
        return orjson.dumps({**head, "result": orjson.Fragment(result)})


async def ndjson(items: Sequence[Item], in_flight: int) -> AsyncIterator[bytes]:
    """Lines in the order in which they are done; when the reader stops, so does the work."""
    async for line in _lines(items, in_flight):
        yield line + b"\n"


async def in_order(items: Sequence[Item], in_flight: int) -> bytes:
    """All lines as one JSON array, in input order."""
    lines = [line async for line in _lines(items, in_flight)]
    lines.sort(key=lambda line: int(orjson.loads(line)["index"]))
    return b"[" + b",".join(lines) + b"]"


async def _lines(items: Sequence[Item], in_flight: int) -> AsyncIterator[bytes]:
    waiting = list(reversed(items))
    running: set[asyncio.Task[bytes]] = set()
    try:
        while waiting or running:
            while waiting and len(running) < in_flight:
                running.add(asyncio.create_task(waiting.pop().line()))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
