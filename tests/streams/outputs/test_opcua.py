from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from asyncua import Client, ua

from siseon.contracts import InputError
from siseon.jobs.database import Database
from siseon.streams.causes import Cause
from siseon.streams.life import State
from siseon.streams.outputs import opcua
from siseon.streams.outputs.present import Seen
from streams.outputs.opcua_server import running
from streams.outputs.opcua_server import sink as made
from streams.outputs.outcomes import in_state, looking, measured, read

CODES = ua.StatusCodes
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def until(client: Client, node: str, index: int, ready: Callable[[ua.DataValue], bool]) -> ua.DataValue:
    async with asyncio.timeout(30):
        while True:
            try:
                found = await client.get_node(ua.NodeId(node, index)).read_data_value(False)
            except ua.UaStatusCodeError:
                found = None
            if found is not None and ready(found):
                return found
            await asyncio.sleep(0.02)


def status(code: int) -> Callable[[ua.DataValue], bool]:
    return lambda found: found.StatusCode.value == code


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURN_S", "LOOK_S", "ALARMS_S"):
        monkeypatch.setattr(opcua, name, 0.02)


async def test_a_figure_has_status_time_and_unit_until_it_is_old_and_nobody_can_write(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    async with running(made(database, stale_s=600)) as (sink, client, index):
        at = datetime.now(UTC).replace(microsecond=0)
        sink.take(in_state("gate"))
        sink.take(measured("gate", read(3.5, unit="°C"), at=at))
        good = await until(client, "gate.reading", index, status(CODES.Good))
        assert (good.Value.Value, good.SourceTimestamp) == (3.5, at)
        unit = await until(client, "gate.reading.unit", index, lambda _: True)
        assert unit.Value.Value.DisplayName.Text == "°C"
        sink.take(measured("gate", read(4.0, quality="uncertain", reason="blur")))
        doubtful = await until(client, "gate.reading", index, status(CODES.UncertainSensorNotAccurate))
        assert doubtful.Value.Value == 4.0
        sink.take(measured("gate", read(None)))
        bad = await until(client, "gate.reading", index, status(CODES.Bad))
        assert bad.Value.Value is None
        await until(client, "gate.reading.reason", index, lambda found: found.Value.Value == "glare")
        sink.take(in_state("gate", State.lost, Cause.silent))
        await until(client, "gate/state", index, lambda found: found.Value.Value == "lost")

        node = client.get_node(ua.NodeId("gate.reading", index))
        attempts: list[Awaitable[object]] = [
            node.write_value(1.0),
            client.nodes.objects.add_object(index, "another"),
            client.delete_nodes([node]),
            client.nodes.server.call_method("0:RequestServerStateChange", 0, 0, 0, None, False),
        ]
        for attempt in attempts:
            with pytest.raises(ua.UaStatusCodeError):
                await attempt
        connected = next(iter(sink.collect())).samples[0].value
        assert connected == 1

        sink.take(measured("gate", read(3.5)))
        monkeypatch.setattr(Seen, "age_s", 601.0)
        old = await until(client, "gate.reading", index, status(CODES.BadNoCommunication))
        assert old.Value.Value is None
        monkeypatch.setattr(sink, "_look", looking())
        with pytest.raises(ua.UaStatusCodeError):
            await _read_on(client, ua.NodeId("gate", index))


async def _read_on(client: Client, node: ua.NodeId) -> None:
    async with asyncio.timeout(30):
        while True:
            await client.get_node(node).read_browse_name()


def test_a_port_that_is_taken_is_named(database: Database):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(InputError, match="SISEON_OPCUA_PORT"),
    ):
        made(database, port=taken.getsockname()[1]).claim()
