from __future__ import annotations

import asyncio
import math
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from pymodbus.client import AsyncModbusTcpClient

from siseon.contracts import InputError
from siseon.streams.life import State
from siseon.streams.outputs import modbus
from siseon.streams.outputs.look import Look
from siseon.streams.outputs.modbus import ModbusSink
from streams.outputs.outcomes import failed, in_state, looking, measured, read

KEPT = looking("plain", gate={"reading": 100, "reading_2": 106}, door={"reading": 10})


@asynccontextmanager
async def running(stale_s: float = 60.0, look: Look = KEPT) -> AsyncIterator[ModbusSink]:
    async with ModbusSink("127.0.0.1", 0, "big", look, stale_s) as sink:
        task = asyncio.create_task(sink.run())
        await asyncio.sleep(0)
        try:
            yield sink
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def client(sink: ModbusSink) -> AsyncIterator[AsyncModbusTcpClient]:
    """Of another make."""
    made = AsyncModbusTcpClient("127.0.0.1", port=sink.port, timeout=5, retries=0)
    assert await made.connect()
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def raw(sink: ModbusSink) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def figure(answer: Any) -> float:
    return AsyncModbusTcpClient.convert_from_registers(
        answer.registers[:2], AsyncModbusTcpClient.DATATYPE.FLOAT32
    )


def request(transaction: int, address: int, count: int, function: int = 4) -> bytes:
    return struct.pack(">HHHBBHH", transaction, 0, 6, 1, function, address, count)


async def test_a_client_of_another_make_reads_figures_where_their_stream_says():
    async with running() as sink, client(sink) as plc:
        sink.take(in_state("gate"))
        sink.take(measured("gate", read(3.5), read(None, "reading_2")))
        sink.take(measured("gate", read(4.25), read(None, "reading_2")))
        both = await plc.read_input_registers(100, count=12)
        assert figure(both) == 4.25
        assert both.registers[2:6] == [0, 0, 2, 2]
        assert both.registers[8] == 2
        holding = await plc.read_holding_registers(106, count=2)
        assert math.isnan(figure(holding))
        never = await plc.read_input_registers(10, count=6)
        assert never.registers[2:] == [4, 65535, 0, 0]


async def test_a_figure_that_is_not_followed_by_another_becomes_stale_while_frames_fail():
    async with running(stale_s=0.05) as sink, client(sink) as plc:
        sink.take(measured("gate", read(3.5)))
        async with asyncio.timeout(60):
            while (answer := await plc.read_input_registers(100, count=3)).registers[2] == 0:
                sink.take(failed("gate"))
        assert answer.registers[2] == 3
        assert math.isnan(figure(answer))


@pytest.mark.parametrize(
    ("address", "count"), [(0, 1), (99, 2), (112, 1), (100, 13), (15, 2), (65535, 2)], ids=str
)
async def test_registers_that_nobody_has_are_refused_and_not_zero(address, count):
    async with running() as sink, client(sink) as plc:
        answer = await plc.read_input_registers(address, count=count)
        assert answer.isError()
        assert answer.exception_code == 2


async def test_nothing_can_be_written_and_nothing_else_is_known():
    async with running() as sink, client(sink) as plc, raw(sink) as (reader, writer):
        sink.take(measured("gate", read(3.5)))
        written = await plc.write_registers(100, [1, 2])
        assert written.exception_code == 1
        for function in set(range(1, 128)) - {3, 4}:
            writer.write(request(function, 100, 1, function=function))
            async with asyncio.timeout(60):
                answer = await reader.readexactly(9)
            assert answer[-2:] == bytes((function | 0x80, 1))
        assert figure(await plc.read_input_registers(100, count=2)) == 3.5


async def test_each_of_many_requests_at_once_is_answered_in_order():
    async with running() as sink, raw(sink) as (reader, writer):
        sink.take(measured("gate", read(3.5)))
        writer.write(b"".join(request(number, 100, 2) for number in range(500)))
        async with asyncio.timeout(60):
            for number in range(500):
                answer = await reader.readexactly(13)
                assert struct.unpack(">H", answer[:2]) == (number,)
                assert struct.unpack(">f", answer[9:]) == (3.5,)


async def test_junk_closes_its_own_connection_alone():
    chance = random.Random(7)
    async with running() as sink, client(sink) as plc:
        sink.take(measured("gate", read(3.5)))
        wrong = [
            b"GET / HTTP/1.1\r\n\r\n",
            struct.pack(">HHHB", 1, 0, 0, 1),
            struct.pack(">HHHB", 1, 0, 65535, 1),
            struct.pack(">HHHBB", 1, 0, 2, 1, 0),
            struct.pack(">HHHBBH", 1, 0, 4, 1, 4, 0),
            request(1, 100, 0),
            request(1, 100, 126),
            request(1, 100, 2, function=0x84),
            *(chance.randbytes(chance.randrange(1, 300)) for _ in range(100)),
        ]
        for junk in wrong:
            async with raw(sink) as (reader, writer), asyncio.timeout(60):
                writer.write(junk)
                writer.write_eof()
                with suppress(ConnectionError):
                    answer = await reader.read(1000)
                    assert not answer or answer[7] & 0x80
        assert figure(await plc.read_input_registers(100, count=2)) == 3.5


async def test_of_too_many_connections_the_one_that_is_silent_for_the_longest_gives_way():
    async with running() as sink, client(sink) as plc, AsyncExitStack() as silent:
        sink.take(measured("gate", read(3.5)))
        for _ in range(10):
            assert figure(await plc.read_input_registers(100, count=2)) == 3.5
            for _ in range(20):
                await silent.enter_async_context(raw(sink))
        connections = next(iter(sink.collect())).samples[0].value
        assert connections <= modbus.CONNECTIONS


async def test_a_client_that_reads_no_answers_is_let_go(monkeypatch):
    monkeypatch.setattr(modbus, "SLOW_S", 0.2)
    async with running() as sink:
        sink.take(measured("gate", read(3.5)))
        with socket.create_connection(("127.0.0.1", sink.port)) as greedy:
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            greedy.setblocking(False)
            asking = asyncio.create_task(_ask_on(greedy))
            async with asyncio.timeout(60):
                with pytest.raises(ConnectionError):
                    await asking


async def _ask_on(greedy: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(greedy, request(1, 100, 12) * 100)


async def test_a_connection_that_asks_nothing_ends(monkeypatch):
    monkeypatch.setattr(modbus, "IDLE_S", 0.05)
    async with running() as sink, raw(sink) as (reader, _), asyncio.timeout(60):
        with suppress(ConnectionError):
            assert await reader.read() == b""


async def test_a_port_that_is_taken_is_named():
    async with running() as sink:
        with pytest.raises(InputError, match="SISEON_MODBUS_PORT"):
            async with ModbusSink("127.0.0.1", sink.port, "big", KEPT, 1.0):
                pass


async def test_a_stream_that_is_not_kept_any_more_has_no_registers(monkeypatch):
    monkeypatch.setattr(modbus, "LOOK_S", 0.01)
    async with running() as sink, client(sink) as plc:
        sink.take(in_state("gate", State.live))
        sink.take(measured("gate", read(3.5)))
        assert not (await plc.read_input_registers(100, count=6)).isError()
        monkeypatch.setattr(sink, "_look", looking(door={"reading": 10}))
        async with asyncio.timeout(60):
            while not (await plc.read_input_registers(100, count=6)).isError():
                await asyncio.sleep(0.01)
        assert not (await plc.read_input_registers(10, count=6)).isError()
