"""What a worker of jobs answers over HTTP: whether it is alive and ready, and its figures. Nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client.registry import Collector

from siseon import __version__
from siseon.hosting.host import Host
from siseon.hosting.metrics import Metrics
from siseon.service.crew import Alone
from siseon.service.gate import Gate
from siseon.service.health import health_routes
from siseon.service.listening import address_of, listen
from siseon.service.problems import install
from siseon.service.room import Room
from siseon.service.server import Server, unless

CONNECTIONS = 64


@asynccontextmanager
async def telling(host: Host, *beside: Collector) -> AsyncIterator[str]:
    """Answer at the host's address while somebody else starts, uses and stops the host. Yields the base URL.

    ``beside``: what is told beside the figures of the host.

    Raises:
        InputError: the address cannot be used, or would open the figures to a network without a token.
    """
    crew = Alone()
    metrics = Metrics(host)
    for collector in beside:
        metrics.show(collector)
    crew.own_figures = metrics.text
    app = FastAPI(title="siseon worker", version=__version__, docs_url=None, redoc_url=None)
    app.include_router(health_routes(host, crew))
    install(app)
    app.add_middleware(Gate, host=host, crew=crew)
    door = listen(host.settings)
    server = Server(app, Room(CONNECTIONS))
    server.ended = asyncio.create_task(server.serve(sockets=[]))
    try:
        await unless(server.up, server.ended)
        server.listen(door)
        yield address_of(door)
    finally:
        server.should_exit = True
        await server.ended
