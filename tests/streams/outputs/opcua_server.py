"""An OPC UA server of figures and alarms, and a client of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asyncua import Client

from siseon.jobs.database import Database
from siseon.streams.outputs import opcua
from siseon.streams.outputs.alarm_book import AlarmBook
from siseon.streams.outputs.opcua import OpcUaSink
from streams.outputs.outcomes import looking


def sink(
    database: Database, stale_s: float = 10.0, port: int = 0, *, acknowledging: bool = False
) -> OpcUaSink:
    async def ask(work: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(work, database, *args, **kwargs)

    return OpcUaSink(port, looking("gate"), stale_s, AlarmBook(ask), acknowledging=acknowledging)


@asynccontextmanager
async def running(made: OpcUaSink) -> AsyncIterator[tuple[OpcUaSink, Client, int]]:
    """It, a client, and the index of the namespace."""
    async with made:
        task = asyncio.create_task(made.run())
        try:
            async with Client(f"opc.tcp://127.0.0.1:{made.port}/siseon") as client:
                yield made, client, await client.get_namespace_index(opcua.NAMESPACE)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
