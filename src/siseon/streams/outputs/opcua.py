"""An OPC UA server for programs of this machine: a node for each tag, with status and time of its figure, and alarms.

It listens at loopback only, where whoever is on this machine may read. asyncua (LGPL) keeps what a client announces
before it knows the client, without a bound, so nobody else may reach it; and it has a thread and a loop of its own, so
that it holds up nothing here.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.contracts import DependencyMissing, InputError, SiseonError, StageFailed
from siseon.streams.alarms.wire import AlarmEvent, AlarmTold, Deed
from siseon.streams.outputs.alarm_book import MOST, AlarmBook
from siseon.streams.outputs.conditions import Conditions
from siseon.streams.outputs.look import LOOK_S, Look
from siseon.streams.outputs.nodes import Tree
from siseon.streams.outputs.present import Present
from siseon.streams.sink import Outcome

if TYPE_CHECKING:
    from asyncua.server.server import Server

HOST = "127.0.0.1"
PATH = "/siseon"
NAMESPACE = "urn:siseon:streams"
CONNECTIONS = 16
MESSAGE_BYTES = 1 << 20
TURN_S = 0.25
"""Between two looks at what has changed, staleness included."""
ALARMS_S = 0.5
"""Between two looks at what happened to alarms."""
START_S = 60.0
"""For the standard nodes, which take a second of an idle core."""

log = logging.getLogger(__name__)


class OpcUaSink(Collector):
    """A sink; ``claim`` looks whether the port is free, ``async with`` serves there, ``run`` follows what is kept.

    Args:
        port: at loopback.
        look: the streams that are kept now.
        stale_s: seconds after which a figure is not the present any more.
        alarms: all that there are.
        acknowledging: whether clients may.

    Raises:
        InputError: on ``claim``: the port cannot be had.
    """

    def __init__(
        self, port: int, look: Look, stale_s: float, alarms: AlarmBook, *, acknowledging: bool
    ) -> None:
        self.port = port
        self._look = look
        self._looked_at = -float("inf")
        self._alarms = alarms
        self._acknowledging = acknowledging
        self._told: int | None = None
        """Id of the newest event that was handed over."""
        self._news: deque[list[AlarmTold] | AlarmEvent] = deque()
        self._stale_s = stale_s
        self._present = Present()
        self._kept: set[str] = set()
        self._home: asyncio.AbstractEventLoop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ending = asyncio.Event()
        self._server: Server | None = None

    def claim(self) -> None:
        """See that nobody has the port, before anything else begins."""
        try:
            with socket.create_server((HOST, self.port)) as door:
                self.port = door.getsockname()[1]
        except OSError as error:
            raise InputError(
                f"SISEON_OPCUA_PORT: cannot listen at {HOST}:{self.port}: {error.strerror or error}",
                hint="choose another port, or stop what listens there",
            ) from None

    async def __aenter__(self) -> Self:
        self.claim()
        started: Future[None] = Future()
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._work, args=(self._loop, started), name="opcua", daemon=True
        )
        self._thread.start()
        async with asyncio.timeout(START_S):
            await asyncio.wrap_future(started)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._thread is not None:
            self._call(self._ending.set)
            await asyncio.to_thread(self._thread.join, START_S)

    def take(self, outcome: Outcome) -> None:
        """Note the newest."""
        self._call(self._present.take, outcome)

    async def run(self) -> None:
        """Follow which streams there are and what happens to alarms, until cancelled."""
        while True:
            with suppress(SiseonError):  # the database is away: what was known stays
                await self._look_at_streams()
                await self._look_at_alarms()
            if self._thread is None or not self._thread.is_alive():
                raise StageFailed("the OPC UA server has ended", hint="the log has the reason")
            await asyncio.sleep(ALARMS_S)

    def collect(self) -> Iterator[Metric]:
        """Its figures for Prometheus."""
        bound = None if self._server is None else self._server.bserver
        yield GaugeMetricFamily(
            "siseon_opcua_connections", "Clients connected.", len(bound.clients) if bound else 0
        )

    async def _look_at_streams(self) -> None:
        if time.monotonic() >= self._looked_at + LOOK_S:
            self._call(self._follow, {one.name for one in await self._look()})
            self._looked_at = time.monotonic()

    async def _look_at_alarms(self) -> None:
        if self._told is None:
            last = await self._alarms.last()
            self._news.append(await self._alarms.stands())
            self._told = last  # what came between is told twice, and changes nothing then
        if len(self._news) < MOST:
            for event in await self._alarms.events(self._told):
                self._news.append(event)
                self._told = event.id

    async def _acknowledge(self, alarm: str, deed: Deed) -> None:
        """For the thread."""
        done = asyncio.run_coroutine_threadsafe(self._alarms.acknowledge(alarm, deed), self._home)
        await asyncio.wrap_future(done)

    def _call(self, work: Callable[..., object], *args: object) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop is closed: it has ended
            self._loop.call_soon_threadsafe(work, *args)

    def _follow(self, kept: set[str]) -> None:
        self._kept = kept
        self._present.only(kept)

    def _work(self, loop: asyncio.AbstractEventLoop, started: Future[None]) -> None:
        """The thread."""
        try:
            loop.run_until_complete(self._serve(started))
        except Exception as error:  # of a library: it ends this output alone, and whoever waits is told
            if not started.done():
                started.set_exception(error)
            else:
                log.error("OPC UA failed", exc_info=error)
        finally:
            loop.close()

    async def _serve(self, started: Future[None]) -> None:
        from asyncua import ua
        from asyncua.server.server import Server

        logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # else each client writes lines here
        server = Server()
        server.iserver.bind_condition_methods = (
            1  # of ConditionRefresh; the number is the severity of its events
        )
        await server.init()
        server.set_endpoint(f"opc.tcp://{HOST}:{self.port}{PATH}")
        server.set_server_name("siseon")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_identity_tokens([ua.AnonymousIdentityToken])
        server.iserver.allow_remote_admin = False
        server.iserver.max_connections = CONNECTIONS
        server.limits.max_message_size = MESSAGE_BYTES
        namespace = await server.register_namespace(NAMESPACE)
        tree = Tree(server, namespace, self._stale_s)
        conditions = Conditions(server, namespace, self._acknowledge if self._acknowledging else None)
        await conditions.open()
        await server.start()
        self._server = server
        started.set_result(None)
        log.info("OPC UA: opc.tcp://%s:%d%s, for whoever is on this machine", HOST, self.port, PATH)
        try:
            while not self._ending.is_set():
                await tree.show(self._kept, self._present)
                while self._news:
                    await conditions.take(self._news.popleft())
                with suppress(TimeoutError):
                    async with asyncio.timeout(TURN_S):
                        await self._ending.wait()
        finally:
            await server.stop()


def missing() -> DependencyMissing | None:
    """The failure of an OPC UA server, where the library is not installed."""
    if importlib.util.find_spec("asyncua") is not None:
        return None
    return DependencyMissing(
        "OPC UA needs asyncua, which is not installed", hint="pip install 'siseon[opcua]'"
    )
