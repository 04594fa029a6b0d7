"""Figures for an MQTT broker: kept while it is away, found by Home Assistant.

A sink notes what comes; all else is the forwarder's, in a thread of its own, since the library waits for sockets by
itself and the outbox for a disk.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Self

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.contracts import SiseonError, StoreError
from siseon.streams.life import State
from siseon.streams.outputs import topics as documents
from siseon.streams.outputs.broker import Broker
from siseon.streams.outputs.changes import Changes
from siseon.streams.outputs.forwarder import END_S, Figures, Forwarder
from siseon.streams.outputs.inbox import Inbox
from siseon.streams.outputs.look import LOOK_S, Look
from siseon.streams.outputs.outbox import Entry, Outbox
from siseon.streams.outputs.session import ANSWER_S
from siseon.streams.outputs.topics import Topics
from siseon.streams.sink import Outcome
from siseon.streams.wire import ResultTold, StateTold

EVERY = 1 / 3
"""Of the time after which a figure is stale: a value that does not change is told again so often."""


class MqttSink(Collector):
    """A sink; ``claim`` opens its outbox, ``async with`` closes it, ``run`` connects.

    Args:
        broker: where it goes.
        root: of all topics.
        discovery: prefix of Home Assistant's, empty for none.
        outbox: where figures wait.
        look: the streams that are kept now.
        stale_s: seconds after which a figure is not the present any more.

    Raises:
        StoreError: on ``claim``: the outbox cannot be used, or another process has it.
    """

    def __init__(
        self,
        broker: Broker,
        root: str,
        discovery: str,
        outbox: Outbox,
        look: Look,
        stale_s: float,
    ) -> None:
        self._broker, self._root, self._discovery = broker, root, discovery
        self._outbox = outbox
        self._look = look
        self._stale_s = stale_s
        self._changes = Changes(stale_s * EVERY)
        self._stack = ExitStack()
        self._forwarder: Forwarder | None = None

    def claim(self) -> None:
        """Have the outbox, before anything else begins."""
        if self._forwarder is not None:
            return
        self._stack.enter_context(self._outbox)
        self._inbox = Inbox()
        self._stack.callback(self._inbox.close)
        topics = Topics(self._root, self._outbox.service, self._discovery)
        self._forwarder = Forwarder(self._broker, topics, self._inbox, self._outbox, self._stale_s)

    async def __aenter__(self) -> Self:
        self.claim()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stack.close()
        self._forwarder = None

    def take(self, outcome: Outcome) -> None:
        """Note states, and figures that changed or were told long ago."""
        told = outcome.told
        if isinstance(told, StateTold):
            self._inbox.put_state(told)
            if told.state is State.stopped:
                self._changes.forget(outcome.stream)
        if isinstance(told, ResultTold):
            now, at = time.monotonic(), told.frame.at
            for one in outcome.measured:
                if self._changes.passes(outcome.stream, one, now):
                    document = documents.figure(one, at)
                    self._inbox.put(Entry(outcome.stream, one.tag, at.timestamp(), document), one.unit)

    async def run(self) -> None:
        """Pass figures on until cancelled, then for at most some seconds what is left; the rest is kept."""
        forwarder = self._forwarder
        if forwarder is None:
            raise StoreError("the outbox is not open", hint="use it inside `async with`")
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()

        def work() -> None:
            failure = None
            try:
                forwarder.run()
            except BaseException as error:  # noqa: BLE001 - of a mistake of ours: it ends the task that waits for this
                failure = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, over, failure)

        # A daemon: a resolver that does not answer must not hold up the end of the process.
        threading.Thread(target=work, name="mqtt", daemon=True).start()
        try:
            while not over.done():
                with suppress(SiseonError):  # nobody knows now which there are
                    self._inbox.put_kept({one.name for one in await self._look()})
                await asyncio.wait((over,), timeout=LOOK_S)
            await over
        except asyncio.CancelledError:
            self._inbox.end()
            await asyncio.wait((over,), timeout=2 * END_S + 2 * ANSWER_S)
            raise

    def collect(self) -> Iterator[Metric]:
        """Its figures for Prometheus."""
        now = Figures() if self._forwarder is None else self._forwarder.figures
        inbox = 0 if self._forwarder is None else self._inbox.dropped
        yield GaugeMetricFamily("siseon_mqtt_connected", "Whether the broker answers.", int(now.connected))
        yield GaugeMetricFamily("siseon_mqtt_waiting_figures", "Kept for the broker.", now.waiting)
        yield CounterMetricFamily("siseon_mqtt_losses", "Connections that ended or failed.", now.losses)
        passed = CounterMetricFamily("siseon_mqtt_figures", "By what came of them.", labels=["outcome"])
        for outcome, count in (
            ("present", now.present),
            ("late", now.late),
            ("dropped", now.dropped + inbox),
        ):
            passed.add_metric([outcome], count)
        yield passed


def _settle(over: asyncio.Future[None], failure: BaseException | None) -> None:
    if failure is not None and not over.done():
        over.set_exception(failure)
    elif not over.done():
        over.set_result(None)
