"""A service gives figures to the systems of a plant, or says at its start why it cannot."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from pymodbus.client import AsyncModbusTcpClient

from jobs.servers import free_port
from service.streams.conftest import until_state
from siseon.contracts import DependencyMissing, InputError, StoreError
from siseon.service.app import create_app
from siseon.service.crew import Alone
from streams.outputs.mosquitto import listening, mosquitto

URL = "mqtt://127.0.0.1:1"


async def test_a_stream_that_is_added_is_known_to_broker_and_masters_until_it_is_removed(
    host, start, film: Path, tmp_path: Path
):
    port = free_port()
    with mosquitto(tmp_path / "broker") as broker, listening(broker) as live:
        service = await start(
            host(
                streams_folder=film.parent,
                mqtt_url=broker.url,
                modbus_port=port,
                cache_dir=tmp_path / "cache",
            )
        )
        body = {
            "name": "gate",
            "source": str(film),
            "application": "inspection",
            "options": {"fps": 1, "modbus": {"reading": 100}},
        }
        assert (await service.post("/v1/streams", json=body)).status_code == 201
        await until_state(service, "gate", "live")
        available = "siseon/streams/gate/availability"
        await asyncio.to_thread(live.until, lambda: b"online" in live.payloads(available), "online")
        plc = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=5)
        assert await plc.connect()
        async with asyncio.timeout(30):
            while (answer := await plc.read_input_registers(100, count=6)).isError():
                await asyncio.sleep(0.1)
        assert answer.registers[2:] == [4, 65535, 2, 0]
        figures = (await service.get("/metrics")).text
        assert "siseon_mqtt_connected 1.0" in figures
        assert "siseon_modbus_connections 1.0" in figures
        assert (await service.delete("/v1/streams/gate")).status_code == 204
        await asyncio.to_thread(live.until, lambda: live.payloads(available)[-1] == b"", "removed")
        async with asyncio.timeout(30):
            while not (await plc.read_input_registers(100, count=6)).isError():
                await asyncio.sleep(0.1)
        plc.close()


def test_a_port_or_a_file_that_cannot_be_had_ends_the_start_with_its_name(host, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        crowded = host(modbus_port=taken.getsockname()[1])
        with pytest.raises(InputError, match="SISEON_MODBUS_PORT"):
            create_app(crowded)
    (tmp_path / "mqtt.db").mkdir()
    with pytest.raises(StoreError, match=r"mqtt\.db"):
        create_app(host(mqtt_url=URL, cache_dir=tmp_path))


def test_settings_that_cannot_be_used_are_named_before_anything_begins(host, monkeypatch):
    with pytest.raises(InputError, match="SISEON_MQTT_URL"):
        create_app(host(mqtt_url="http://broker"))
    crew = Alone()
    monkeypatch.setattr(crew, "size", 4)
    with pytest.raises(InputError, match="SISEON_MQTT_URL is set, and streams are not run by 4"):
        create_app(host(mqtt_url=URL), crew)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "paho" else object())
    with pytest.raises(DependencyMissing, match="paho-mqtt"):
        create_app(host(mqtt_url=URL))
