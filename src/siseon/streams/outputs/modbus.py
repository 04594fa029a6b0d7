"""A Modbus TCP server whose input registers hold the newest figures; nothing can be written.

It answers two functions (3 and 4, the same registers) as the Modbus Application Protocol V1.1b3 says, and is our own:
the server of pymodbus, which the tests use as a client, answers one of several requests in one segment, takes any
number of connections, and has functions that change it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from siseon.contracts import InputError, SiseonError
from siseon.streams.outputs.look import LOOK_S, Look
from siseon.streams.outputs.present import Present
from siseon.streams.outputs.registers import BLOCK, Block, Words, blocks, registers
from siseon.streams.sink import Outcome

CONNECTIONS = 64
"""Beyond them the one that has been silent for the longest gives way, as the Modbus guide for TCP/IP recommends."""
IDLE_S = 300.0
"""A connection without a request is closed."""
SLOW_S = 10.0
"""For the rest of a request, and for a client to take its answer."""
HEADER = struct.Struct(">HHHB")
"""Transaction, protocol (0), length of unit and what follows, unit."""
SHORTEST, LONGEST = 2, 254
READ_HOLDING, READ_INPUT = 3, 4
BUFFER = 16 << 10
"""Bytes of answers that wait for a client."""
MOST_REGISTERS = 125
"""In one answer."""
WRONG_FUNCTION, WRONG_ADDRESS, WRONG_VALUE = 1, 2, 3

log = logging.getLogger(__name__)


class ModbusSink(Collector):
    """A sink; ``claim`` has its port, ``async with`` answers there, ``run`` follows what is kept.

    Args:
        host: address to listen at.
        port: 0 takes a free one.
        words: order of the two registers of a value.
        look: the streams that are kept now.
        stale_s: seconds after which a figure is not the present any more.

    Raises:
        InputError: on ``claim``: the port cannot be had.
    """

    def __init__(self, host: str, port: int, words: Words, look: Look, stale_s: float) -> None:
        self.port = port
        self._host = host
        self._words: Words = words
        self._look = look
        self._stale_s = stale_s
        self._present = Present()
        self._blocks: list[Block] = []
        self._at: dict[int, Block] = {}
        self._door: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.WriteTransport, None] = {}
        """Connections, the one that has been silent for the longest first."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered = 0
        self._refused = 0
        self._closed = 0

    def claim(self) -> None:
        """Have the port, before anything else begins."""
        if self._door is not None:
            return
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            self._door = socket.create_server((self._host, self.port), family=family)
        except OSError as error:
            raise InputError(
                f"SISEON_MODBUS_PORT: cannot listen at {self._host}:{self.port}: {error.strerror or error}",
                hint="choose another port, or stop what listens there; below 1024 takes a permission",
            ) from None
        self.port = self._door.getsockname()[1]

    async def __aenter__(self) -> Self:
        self.claim()
        self._server = await asyncio.start_server(self._serve, sock=self._door, limit=1024)
        log.info("Modbus TCP: %s:%d, input registers for whoever reaches it", self._host, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door = None
        if self._server is not None:
            self._server.close()
        for transport in self._open:
            transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def take(self, outcome: Outcome) -> None:
        """Note the newest."""
        self._present.take(outcome)

    async def run(self) -> None:
        """Follow which registers there are, until cancelled."""
        while True:
            with suppress(SiseonError):  # the database is away: what was known stays
                kept = await self._look()
                self._blocks = blocks((one.name, one.options.modbus) for one in kept)
                self._at = {one.address + n: one for one in self._blocks for n in range(BLOCK)}
                self._present.only({one.name for one in kept})
            await asyncio.sleep(LOOK_S)

    def collect(self) -> Iterator[Metric]:
        """Its figures for Prometheus."""
        yield GaugeMetricFamily("siseon_modbus_connections", "Clients connected.", len(self._open))
        yield GaugeMetricFamily("siseon_modbus_blocks", "Tags that have registers.", len(self._blocks))
        requests = CounterMetricFamily("siseon_modbus_requests", "By what came of them.", labels=["outcome"])
        for outcome, count in (
            ("ok", self._answered),
            ("refused", self._refused),
            ("closed", self._closed),
        ):
            requests.add_metric([outcome], count)
        yield requests

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes, is silent for too long, or sends what is not Modbus."""
        transport = writer.transport
        self._enter(transport)
        try:
            while (request := await self._request(reader)) is not None and transport in self._open:
                del self._open[transport]
                self._open[transport] = None  # the last one now
                writer.write(self._answer(*request))
                async with asyncio.timeout(SLOW_S):
                    await writer.drain()
                await asyncio.sleep(0)  # what is read already would let nobody else have a turn
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self._open.pop(transport, None)
            transport.abort()

    def _enter(self, transport: asyncio.WriteTransport) -> None:
        """Count it in, with room for a few answers only; another one may have to go."""
        transport.set_write_buffer_limits(BUFFER)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        if len(self._open) >= CONNECTIONS:
            self._closed += 1
            silent = next(iter(self._open))
            del self._open[silent]
            silent.abort()
        self._open[transport] = None
        if (task := asyncio.current_task()) is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _request(self, reader: asyncio.StreamReader) -> tuple[int, int, bytes] | None:
        """Transaction, unit, and function with its data; None for what is not Modbus.

        Raises:
            TimeoutError, IncompleteReadError, OSError: there is none.
        """
        async with asyncio.timeout(IDLE_S):
            header = await reader.readexactly(HEADER.size)
        transaction, protocol, length, unit = HEADER.unpack(header)
        if protocol or not SHORTEST <= length <= LONGEST:
            self._closed += 1
            return None
        async with asyncio.timeout(SLOW_S):
            return transaction, unit, await reader.readexactly(length - 1)

    def _answer(self, transaction: int, unit: int, body: bytes) -> bytes:
        function = body[0]
        answer = self._read(body)
        if isinstance(answer, int):
            self._refused += 1
            data = bytes((function | 0x80, answer))
        else:
            self._answered += 1
            data = struct.pack(f">BB{len(answer)}H", function, 2 * len(answer), *answer)
        return HEADER.pack(transaction, 0, len(data) + 1, unit) + data

    def _read(self, body: bytes) -> list[int] | int:
        """The registers that are asked for, or the code of an exception."""
        if body[0] not in (READ_HOLDING, READ_INPUT):
            return WRONG_FUNCTION
        if len(body) != 5:
            return WRONG_VALUE
        first, count = struct.unpack(">HH", body[1:])
        if not 1 <= count <= MOST_REGISTERS:
            return WRONG_VALUE
        found: list[int] = []
        while len(found) < count:
            address = first + len(found)
            block = self._at.get(address)
            if block is None:
                return WRONG_ADDRESS
            found += self._block(block)[address - block.address :]
        return found[:count]

    def _block(self, block: Block) -> list[int]:
        seen = self._present.seen(block.stream, block.tag)
        return registers(seen, self._present.state(block.stream), self._stale_s, self._words)
