"""Topics and documents of MQTT: what is published where, and how Home Assistant finds it.

Names of streams and tags have no character that means something in a topic, and all else goes into JSON. So nothing
that is seen in a picture chooses a topic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import orjson

from siseon import __version__
from siseon.contracts import Measurement
from siseon.streams.life import State
from siseon.streams.wire import StateTold

ONLINE, OFFLINE = b"online", b"offline"
GONE = b""
"""Retained, it removes what was retained."""
UNIT_LENGTH = 32
"""Characters of a unit that are passed on: it may have been read in a picture."""
_KINDS = {
    "temperature": {"°C", "°F", "K"},
    "pressure": {"Pa", "hPa", "kPa", "bar", "mbar", "psi", "mmHg", "inHg"},
    "voltage": {"V", "mV"},
    "current": {"A", "mA"},
    "power": {"W", "kW"},
    "frequency": {"Hz", "kHz", "MHz", "GHz"},
}
"""Home Assistant's classes of sensors, with units that each of its versions since 2023 takes for them."""
_SPELT = {"C": "°C", "℃": "°C", "F": "°F", "℉": "°F"}


@dataclass(frozen=True, slots=True)
class Topics:
    """The names of all topics of one service."""

    root: str
    """``SISEON_MQTT_TOPIC``."""
    service: str
    """Tells services with the same root apart."""
    discovery: str
    """Home Assistant's prefix; empty: it is told nothing."""

    @property
    def alive(self) -> str:
        """Whether the service is there: its last will says when not."""
        return f"{self.root}/services/{self.service}"

    def availability(self, stream: str) -> str:
        """Whether the stream gives figures; retained."""
        return f"{self.root}/streams/{stream}/availability"

    def state(self, stream: str) -> str:
        """Its state, with the cause; retained."""
        return f"{self.root}/streams/{stream}/state"

    def present(self, stream: str, tag: str) -> str:
        """Figures as they come."""
        return f"{self.root}/streams/{stream}/tags/{tag}"

    def late(self, stream: str, tag: str) -> str:
        """Figures that were stale when they could be sent: apart, so that nobody takes them for the present."""
        return f"{self.root}/streams/{stream}/late/{tag}"

    def config(self, stream: str, tag: str) -> str:
        """What Home Assistant is told of it; retained."""
        return f"{self.discovery}/sensor/{self.root.replace('/', '_')}_{stream}/{tag}/config"

    def retained(self, stream: str, tag: str) -> tuple[str, ...]:
        """What stays at the broker of a tag, or for an empty ``tag`` of the stream itself."""
        if not tag:
            return self.availability(stream), self.state(stream)
        return (self.config(stream, tag),) if self.discovery else ()


def figure(measurement: Measurement, at: datetime) -> bytes:
    """A measurement; ``at``: when its frame came."""
    return orjson.dumps(
        {
            "value": measurement.value,
            "unit": shown_unit(measurement.unit),
            "quality": measurement.quality,
            "reason": measurement.reason,
            "at": at.isoformat(),
        }
    )


def availability(told: StateTold) -> bytes:
    """A stream without a frame for two seconds is still there: how old a figure is, its time says."""
    return ONLINE if told.state in (State.live, State.stale) else OFFLINE


def state(told: StateTold) -> bytes:
    """A state as it is told elsewhere, without the stream's name."""
    return orjson.dumps(told.model_dump(mode="json", exclude={"kind", "stream"}))


def discovered(topics: Topics, stream: str, tag: str, unit: str | None, stale_s: float) -> bytes:
    """The sensor that Home Assistant makes of a tag: unavailable without the service, the stream or a fresh figure,
    unknown where the figure is bad. Fields: https://www.home-assistant.io/integrations/sensor.mqtt/"""
    shown = shown_unit(unit)
    spelt = None if shown is None else _SPELT.get(shown, shown)
    kind = next((kind for kind, units in _KINDS.items() if spelt in units), None)
    place = topics.present(stream, tag)
    return orjson.dumps(
        {
            "name": tag,
            "unique_id": f"{topics.root}/{stream}/{tag}",
            "state_topic": place,
            "value_template": "{{ value_json.value }}",
            "json_attributes_topic": place,
            "state_class": "measurement",
            **({} if spelt is None else {"unit_of_measurement": spelt}),
            **({} if kind is None else {"device_class": kind}),
            "expire_after": math.ceil(stale_s),
            "availability": [{"topic": topics.alive}, {"topic": topics.availability(stream)}],
            "availability_mode": "all",
            "device": {
                "identifiers": [f"{topics.root}/{stream}"],
                "name": stream,
                "manufacturer": "siseon",
                "model": "stream",
                "sw_version": __version__,
            },
            "origin": {"name": "siseon", "sw_version": __version__},
        }
    )


def shown_unit(unit: str | None) -> str | None:
    """The unit, in bounds."""
    return None if unit is None else unit[:UNIT_LENGTH]
