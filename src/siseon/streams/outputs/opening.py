"""Which outputs a service has, by its settings."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Self

from siseon.contracts import InputError
from siseon.settings import Settings
from siseon.streams.outputs.alarm_book import AlarmBook, Ask
from siseon.streams.outputs.broker import Broker
from siseon.streams.outputs.look import Look
from siseon.streams.outputs.modbus import ModbusSink
from siseon.streams.outputs.mqtt import MqttSink
from siseon.streams.outputs.opcua import OpcUaSink
from siseon.streams.outputs.opcua import missing as missing_opcua
from siseon.streams.outputs.outbox import Outbox
from siseon.streams.outputs.session import missing as missing_mqtt

OUTBOX = "mqtt.db"
"""Below ``cache_dir``."""

Output = MqttSink | ModbusSink | OpcUaSink


class Outputs:
    """``claim`` has their ports and files, or says why not; they work inside ``async with``.

    Args:
        settings: name them.
        look: the streams that are kept now.
        ask: does work on the database that they are kept in.

    Raises:
        InputError: a setting that cannot be used; on ``claim`` a port that cannot be had.
        DependencyMissing: an output needs a library that is not installed.
        StoreError: on ``claim``: a file that cannot be used.
    """

    def __init__(self, settings: Settings, look: Look, ask: Ask) -> None:
        made = (_mqtt(settings, look), _modbus(settings, look), _opcua(settings, look, ask))
        self.sinks: tuple[Output, ...] = tuple(sink for sink in made if sink is not None)
        self._stack = AsyncExitStack()

    def claim(self) -> None:
        """Have what only one process may have."""
        for sink in self.sinks:
            sink.claim()

    async def __aenter__(self) -> Self:
        async with self._stack:  # one that fails closes those before it
            for sink in self.sinks:
                await self._stack.enter_async_context(sink)
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


def check_none(settings: Settings, why: str) -> None:
    """Refuse settings of outputs where no stream runs.

    Raises:
        InputError: one is set.
    """
    for name, variable in VARIABLES.items():
        if getattr(settings, name) is not None:
            raise InputError(f"{variable} is set, and {why}", hint=f"unset {variable}, or mend that")


VARIABLES = {
    "mqtt_url": "SISEON_MQTT_URL",
    "modbus_port": "SISEON_MODBUS_PORT",
    "opcua_port": "SISEON_OPCUA_PORT",
}


def _mqtt(settings: Settings, look: Look) -> MqttSink | None:
    if settings.mqtt_url is None:
        return None
    broker = Broker.parse(
        settings.mqtt_url.get_secret_value(), settings.mqtt_ca, settings.mqtt_certificate, settings.mqtt_key
    )
    if (failure := missing_mqtt()) is not None:
        raise failure
    outbox = Outbox(settings.cache_dir / OUTBOX, settings.mqtt_keep)
    return MqttSink(
        broker, settings.mqtt_topic, settings.mqtt_discovery, outbox, look, settings.figures_stale_s
    )


def _modbus(settings: Settings, look: Look) -> ModbusSink | None:
    if settings.modbus_port is None:
        return None
    words = settings.modbus_words
    return ModbusSink(settings.modbus_host, settings.modbus_port, words, look, settings.figures_stale_s)


def _opcua(settings: Settings, look: Look, ask: Ask) -> OpcUaSink | None:
    if settings.opcua_port is None:
        if settings.opcua_acknowledge:
            raise InputError(
                "SISEON_OPCUA_ACKNOWLEDGE is set, and OPC UA is not served", hint="set SISEON_OPCUA_PORT too"
            )
        return None
    if (failure := missing_opcua()) is not None:
        raise failure
    return OpcUaSink(
        settings.opcua_port,
        look,
        settings.figures_stale_s,
        AlarmBook(ask),
        acknowledging=settings.opcua_acknowledge,
    )
