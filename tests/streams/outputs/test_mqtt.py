from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import trustme
from jsonschema import validate

from siseon.contracts import StoreError
from siseon.streams.causes import Cause
from siseon.streams.life import State
from siseon.streams.outputs import forwarder
from siseon.streams.outputs.broker import Broker
from siseon.streams.outputs.forwarder import Forwarder
from siseon.streams.outputs.mqtt import MqttSink
from siseon.streams.outputs.outbox import Outbox
from streams.outputs.mosquitto import Listener, Mosquitto, listening, mosquitto, wait_for
from streams.outputs.outcomes import in_state, looking, measured, read

STALE_S = 60.0
LONG_AGO = datetime.now(UTC) - timedelta(hours=1)
SENSOR = {
    "type": "object",
    "required": ["state_topic", "unique_id", "name", "device", "origin"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "unique_id": {"type": "string"},
        "state_topic": {"type": "string", "pattern": "^[^#+]+$"},
        "json_attributes_topic": {"type": "string", "pattern": "^[^#+]+$"},
        "value_template": {"const": "{{ value_json.value }}"},
        "state_class": {"enum": ["measurement", "measurement_angle", "total", "total_increasing"]},
        "unit_of_measurement": {"type": "string"},
        "device_class": {"enum": ["temperature", "pressure", "voltage", "current", "power", "frequency"]},
        "expire_after": {"type": "integer", "minimum": 1},
        "availability_mode": {"enum": ["all", "any", "latest"]},
        "availability": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["topic"],
                "additionalProperties": False,
                "properties": {
                    "topic": {"type": "string"},
                    "payload_available": {"type": "string"},
                    "payload_not_available": {"type": "string"},
                    "value_template": {"type": "string"},
                },
            },
        },
        "device": {
            "type": "object",
            "required": ["identifiers"],
            "additionalProperties": False,
            "properties": {
                "identifiers": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                **{key: {"type": "string"} for key in ("name", "manufacturer", "model", "sw_version")},
            },
        },
        "origin": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "sw_version": {"type": "string"}},
        },
    },
}
"""The fields of a discovered sensor that Home Assistant documents and that are used here, with their types."""


@asynccontextmanager
async def running(
    folder: Path,
    broker: Broker,
    *,
    root: str = "siseon",
    streams: Collection[str] = ("gate",),
    most: int = 20_000,
    stale_s: float = STALE_S,
) -> AsyncIterator[MqttSink]:
    """A sink at work, ended as a service ends it."""
    outbox = Outbox(folder / "mqtt.db", most)
    async with MqttSink(broker, root, "homeassistant", outbox, looking(*streams), stale_s) as sink:
        task = asyncio.create_task(sink.run())
        try:
            yield sink
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def figure(sink: MqttSink, name: str, **labels: str) -> float:
    samples = [sample for metric in sink.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name == name and one.labels == labels)


async def until(listener: Listener, ready: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(listener.until, ready, what)


async def eventually(ready: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(wait_for, ready, what)


def values(listener: Listener, topic: str) -> list[object]:
    return [document["value"] for document in listener.documents(topic)]


PRESENT, LATE = "siseon/streams/gate/tags/reading", "siseon/streams/gate/late/reading"
CONFIG = "homeassistant/sensor/siseon_gate/reading/config"


async def test_figures_states_and_sensors_are_told_and_what_is_a_state_stays_at_the_broker(
    broker: Mosquitto, tmp_path: Path
) -> None:
    with listening(broker) as live:
        async with running(tmp_path, Broker.parse(broker.url)) as sink:
            sink.take(in_state("gate"))
            at = datetime.now(UTC)
            sink.take(measured("gate", read(3.5, quality="uncertain", reason="blur"), at=at))
            sink.take(measured("gate", read(None)))
            await until(live, lambda: len(live.payloads(PRESENT)) == 2, "both figures")
            first, second = live.documents(PRESENT)
            assert first == {
                "value": 3.5,
                "unit": "bar",
                "quality": "uncertain",
                "reason": "blur",
                "at": at.isoformat(),
            }
            assert (second["value"], second["quality"], second["reason"]) == (None, "bad", "glare")
            with listening(broker) as later:
                await until(later, lambda: len(later.retained()) == 4, "what stays")
                stays = later.retained()
            (alive,) = [topic for topic in stays if topic.startswith("siseon/services/")]
            assert stays[alive] == stays["siseon/streams/gate/availability"] == b"online"
            assert orjson.loads(stays["siseon/streams/gate/state"])["state"] == "live"
            sensor = orjson.loads(stays[CONFIG])
            validate(sensor, SENSOR)
            assert sensor["unit_of_measurement"] == "bar"
            assert sensor["device_class"] == "pressure"
            assert sensor["state_topic"] == sensor["json_attributes_topic"] == PRESENT
            assert [each["topic"] for each in sensor["availability"]] == [
                alive,
                "siseon/streams/gate/availability",
            ]
            sink.take(in_state("gate", State.lost, Cause.silent))
            await until(live, lambda: len(live.payloads("siseon/streams/gate/state")) == 2, "lost")
            assert live.documents("siseon/streams/gate/state")[-1]["cause"] == "silent"
            assert live.payloads("siseon/streams/gate/availability") == [b"online", b"offline"]
        await until(live, lambda: live.payloads(alive)[-1] == b"offline", "goodbye")


async def test_what_waits_for_a_broker_comes_in_order_once_and_never_as_the_present(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with running(tmp_path, Broker.parse(broker.url)) as sink:
        sink.take(measured("gate", read(-1.0)))
        await eventually(lambda: figure(sink, "siseon_mqtt_figures_total", outcome="present") == 1, "sent")
        broker.stop()
        await eventually(lambda: not figure(sink, "siseon_mqtt_connected"), "noticed")
        for number in range(500):
            sink.take(measured("gate", read(float(number)), at=LONG_AGO))
        await eventually(lambda: figure(sink, "siseon_mqtt_waiting_figures") == 500, "kept")
        broker.start()
        with listening(broker) as live:
            await until(live, lambda: len(live.payloads(LATE)) >= 500, "what waited")
            sink.take(measured("gate", read(1000.0)))
            await until(live, lambda: values(live, PRESENT) == [1000.0], "the present")
            assert values(live, LATE) == [float(number) for number in range(500)]
        await eventually(lambda: not figure(sink, "siseon_mqtt_waiting_figures"), "confirmed")
        assert figure(sink, "siseon_mqtt_figures_total", outcome="late") == 500


PROGRAM = """
import asyncio, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from siseon.streams.outputs.broker import Broker
from streams.outputs.outcomes import in_state, looking, measured, read
from streams.outputs.test_mqtt import LONG_AGO, running

async def main():
    async with running(Path({folder!r}), Broker.parse({url!r})) as sink:
        for number in range({count}):
            sink.take(measured("gate", read(float(number)), at=LONG_AGO))
        sink.take(in_state("gate"))
        while sink._forwarder.figures.waiting != {waiting}:
            await asyncio.sleep(0.01)
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def killed_when_ready(
    folder: Path, url: str, count: int, *, waiting: int, ready: Callable[[], None] = lambda: None
) -> None:
    """A process with a sink that took so many figures, killed when so many of them wait."""
    code = PROGRAM.format(paths=sys.path, folder=str(folder), url=url, count=count, waiting=waiting)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        ready()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


async def test_a_killed_service_is_offline_at_once_and_one_that_starts_again_has_its_name(
    broker: Mosquitto, tmp_path: Path
) -> None:
    def alive(live: Listener) -> list[tuple[str, bytes]]:
        return [(m.topic, m.payload) for m in list(live.heard) if m.topic.startswith("siseon/services/")]

    with listening(broker) as live:

        def both() -> None:
            live.until(lambda: len(alive(live)) == 1, "online")
            live.until(lambda: live.payloads("siseon/streams/gate/availability") == [b"online"], "the stream")

        await asyncio.to_thread(killed_when_ready, tmp_path, broker.url, 1, waiting=0, ready=both)
        await until(live, lambda: len(alive(live)) == 2, "the last will")
        async with running(tmp_path, Broker.parse(broker.url)):
            await until(live, lambda: len(alive(live)) == 3, "online again")
    (topic, *others), words = map(list, zip(*alive(live), strict=True))
    assert {*others} == {topic}
    assert words[:3] == [b"online", b"offline", b"online"]


async def test_a_service_that_is_killed_while_the_broker_is_away_has_lost_nothing(
    broker: Mosquitto, tmp_path: Path
) -> None:
    broker.stop()
    await asyncio.to_thread(killed_when_ready, tmp_path, broker.url, 300, waiting=300)
    broker.start()
    with listening(broker) as live:
        async with running(tmp_path, Broker.parse(broker.url)):
            await until(live, lambda: len(live.payloads(LATE)) >= 300, "what waited")
    assert values(live, LATE) == [float(number) for number in range(300)]


async def test_more_than_may_wait_drops_the_oldest_and_counts_them(broker: Mosquitto, tmp_path: Path) -> None:
    broker.stop()
    async with running(tmp_path, Broker.parse(broker.url), most=100) as sink:
        for number in range(150):
            sink.take(measured("gate", read(float(number)), at=LONG_AGO))
        await eventually(
            lambda: figure(sink, "siseon_mqtt_figures_total", outcome="dropped") == 50, "dropped"
        )
        broker.start()
        with listening(broker) as live:
            await until(live, lambda: len(live.payloads(LATE)) >= 100, "the newest")
    assert values(live, LATE) == [float(number) for number in range(50, 150)]


async def test_a_value_that_does_not_change_is_told_now_and_then(broker: Mosquitto, tmp_path: Path) -> None:
    with listening(broker) as live:
        async with running(tmp_path, Broker.parse(broker.url)) as sink:
            for value in (1.0, 1.0, 1.0, 2.0, 2.0):
                sink.take(measured("gate", read(value)))
            await until(live, lambda: 2.0 in values(live, PRESENT), "the change")
        assert values(live, PRESENT) == [1.0, 2.0]
        async with running(tmp_path, Broker.parse(broker.url), stale_s=0.001) as sink:
            for _ in range(3):
                sink.take(measured("gate", read(3.0), at=datetime.now(UTC) + timedelta(hours=1)))
                await asyncio.sleep(0.001)
            await until(live, lambda: values(live, PRESENT).count(3.0) == 3, "each, when it is due again")


async def test_a_figure_that_is_old_when_it_is_sent_is_not_the_present(
    broker: Mosquitto, tmp_path: Path
) -> None:
    with listening(broker) as live:
        async with running(tmp_path, Broker.parse(broker.url)) as sink:
            sink.take(measured("gate", read(1.0), at=LONG_AGO))
            await until(live, lambda: values(live, LATE) == [1.0], "late")
    assert not live.payloads(PRESENT)


async def test_what_is_still_fresh_after_a_short_loss_is_the_present(
    broker: Mosquitto, tmp_path: Path
) -> None:
    broker.stop()
    async with running(tmp_path, Broker.parse(broker.url)) as sink:
        sink.take(measured("gate", read(1.0), at=LONG_AGO))
        sink.take(measured("gate", read(2.0)))
        sink.take(measured("gate", read(3.0)))
        await eventually(lambda: figure(sink, "siseon_mqtt_waiting_figures") == 3, "kept")
        broker.start()
        with listening(broker) as live:
            await until(live, lambda: len(values(live, PRESENT) + values(live, LATE)) == 3, "all")
    assert (values(live, PRESENT), values(live, LATE)) == ([2.0, 3.0], [1.0])


async def test_a_unit_that_changes_is_told_before_the_figure_that_has_it(
    broker: Mosquitto, tmp_path: Path
) -> None:
    with listening(broker) as live:
        async with running(tmp_path, Broker.parse(broker.url)) as sink:
            for number, unit in enumerate(("bar", "°C", None, "{{ x }}/#\0" + "y" * 100)):
                sink.take(measured("gate", read(float(number), unit=unit)))
                await until(live, lambda number=number: float(number) in values(live, PRESENT), "it")
    order = [message.topic for message in live.heard if message.topic in (CONFIG, PRESENT)]
    assert order == [CONFIG, PRESENT] * 4
    sensors = [orjson.loads(payload) for payload in live.payloads(CONFIG)]
    for sensor in sensors:
        validate(sensor, SENSOR)
    kinds = [(sensor.get("device_class"), sensor.get("unit_of_measurement")) for sensor in sensors]
    assert kinds == [
        ("pressure", "bar"),
        ("temperature", "°C"),
        (None, None),
        (None, ("{{ x }}/#\0" + "y" * 100)[:32]),
    ]


async def test_a_stream_that_is_removed_leaves_nothing_even_when_nobody_saw_it_go(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siseon.streams.outputs.mqtt.LOOK_S", 0.05)
    async with running(tmp_path, Broker.parse(broker.url), root="old/root") as sink:
        sink.take(in_state("gate"))
        sink.take(measured("gate", read(1.0)))
        await eventually(lambda: figure(sink, "siseon_mqtt_figures_total", outcome="present") == 1, "sent")
    async with running(tmp_path, Broker.parse(broker.url)) as sink:
        sink.take(in_state("gate"))
        sink.take(measured("gate", read(1.0)))
        await eventually(lambda: figure(sink, "siseon_mqtt_figures_total", outcome="present") == 1, "sent")
    with listening(broker) as live:
        await until(live, lambda: CONFIG in live.retained(), "the sensor")
        async with running(tmp_path, Broker.parse(broker.url), streams=()):
            gone = (CONFIG, "siseon/streams/gate/state", "siseon/streams/gate/availability")
            await until(live, lambda: all(b"" in live.payloads(topic) for topic in gone), "its end")
    with listening(broker) as later:
        await until(later, lambda: "siseon/streams/gate/x" not in later.retained(), "what stays")
        assert not [topic for topic in later.retained() if "gate" in topic]


async def test_a_refused_password_is_told_once_and_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    passwords = tmp_path / "passwords"
    made = ["mosquitto_passwd", "-b", "-c", passwords, "plant", "right one"]
    await asyncio.to_thread(subprocess.run, made, check=True)
    lines = ("allow_anonymous false", f"password_file {passwords}")
    with caplog.at_level(logging.INFO), mosquitto(tmp_path / "broker", *lines) as server:
        wrong = Broker.parse(server.url.replace("//", "//plant:wrong%20one@"))
        async with running(tmp_path, wrong) as sink:
            await eventually(lambda: figure(sink, "siseon_mqtt_losses_total") >= 1, "refused")
        right = Broker.parse(server.url.replace("//", "//plant:right%20one@"))
        async with running(tmp_path, right) as sink:
            await eventually(lambda: figure(sink, "siseon_mqtt_connected") == 1, "taken")
    assert "user or password were refused" in caplog.text
    assert "***@127.0.0.1" in caplog.text
    assert "one" not in "".join(f"{broker!r}{broker}" for broker in (wrong, right))
    assert "right" not in caplog.text
    assert "wrong" not in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
# paho leaves a socket whose handshake failed to the garbage collector, which says so.
async def test_a_broker_is_verified(tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    for name, made in (("ours", authority), ("theirs", other)):
        made.cert_pem.write_to_path(tmp_path / name)
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "certificate")
    lines = ("allow_anonymous true", f"certfile {tmp_path}/certificate", f"keyfile {tmp_path}/key")
    with mosquitto(tmp_path / "broker", *lines) as server:
        url = server.url.replace("mqtt:", "mqtts:")
        async with running(tmp_path, Broker.parse(url, tmp_path / "theirs")) as sink:
            await eventually(lambda: figure(sink, "siseon_mqtt_losses_total") >= 1, "refused by us")
            assert not figure(sink, "siseon_mqtt_connected")
        async with running(tmp_path, Broker.parse(url, tmp_path / "ours")) as sink:
            sink.take(measured("gate", read(1.0)))
            await eventually(
                lambda: figure(sink, "siseon_mqtt_figures_total", outcome="present") == 1, "sent"
            )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
async def test_a_broker_that_asks_for_certificates_knows_us_by_ours_and_turns_away_others(
    tmp_path: Path,
) -> None:
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca")
    for name, made in (
        ("server", authority.issue_cert("127.0.0.1")),
        ("ours", authority.issue_cert("plant", common_name="plant")),
        ("theirs", other.issue_cert("plant", common_name="plant")),
    ):
        made.private_key_pem.write_to_path(tmp_path / f"{name}.key")
        made.cert_chain_pems[0].write_to_path(tmp_path / name)
    lines = (
        f"cafile {tmp_path}/ca",
        f"certfile {tmp_path}/server",
        f"keyfile {tmp_path}/server.key",
        "require_certificate true",
        "use_identity_as_username true",
    )
    with mosquitto(tmp_path / "broker", *lines) as server:
        url = server.url.replace("mqtt:", "mqtts:")
        for refused in (
            Broker.parse(url, tmp_path / "ca"),
            Broker.parse(url, tmp_path / "ca", tmp_path / "theirs", tmp_path / "theirs.key"),
        ):
            async with running(tmp_path, refused) as sink:
                await eventually(lambda sink=sink: figure(sink, "siseon_mqtt_losses_total") >= 1, "refused")
                assert not figure(sink, "siseon_mqtt_connected")
        broker = Broker.parse(url, tmp_path / "ca", tmp_path / "ours", tmp_path / "ours.key")
        async with running(tmp_path, broker) as sink:
            sink.take(measured("gate", read(1.0)))
            await eventually(
                lambda: figure(sink, "siseon_mqtt_figures_total", outcome="present") == 1, "sent"
            )


async def test_a_broker_that_ends_each_connection_at_a_message_is_told_and_tried_ever_more_seldom(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    rest = Forwarder._rest
    monkeypatch.setattr(forwarder, "FIRST_S", 0.01)
    monkeypatch.setattr(forwarder, "STEADY_S", 600)  # each is ended at once, however slow the machine is
    monkeypatch.setattr(Forwarder, "_rest", lambda self, pause: (rests.append(pause), rest(self, pause)))
    limits = "allow_anonymous true", "max_packet_size 200"  # less than a sensor has
    with mosquitto(tmp_path / "broker", *limits) as broker:
        async with running(tmp_path, Broker.parse(broker.url)) as sink:
            for number in range(3):
                sink.take(measured("gate", read(float(number))))
            await eventually(lambda: len(rests) >= 4, "tries")
            assert rests[:4] == [0.01, 0.02, 0.04, 0.08]
            told = [record.message for record in caplog.records if record.levelno == logging.WARNING]
            assert [forwarder.ENDED_AT_ONCE in message for message in told] == [True]
            broker.stop()
            assert figure(sink, "siseon_mqtt_waiting_figures") == 3
            broker.lines = limits[:1]
            broker.start()
            await eventually(lambda: not figure(sink, "siseon_mqtt_waiting_figures"), "nothing was lost")
            assert figure(sink, "siseon_mqtt_figures_total", outcome="present") == 3


async def test_a_server_that_accepts_and_never_answers_holds_up_neither_figures_nor_the_end(
    mute: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siseon.streams.outputs.session.ANSWER_S", 0.2)
    async with running(tmp_path, Broker.parse(f"mqtt://127.0.0.1:{mute}")) as sink:
        sink.take(measured("gate", read(1.0)))
        await eventually(lambda: figure(sink, "siseon_mqtt_losses_total") >= 2, "given up")
        await eventually(lambda: figure(sink, "siseon_mqtt_waiting_figures") == 1, "kept")


async def test_two_services_with_one_outbox_are_told_so(tmp_path: Path) -> None:
    async with running(tmp_path, Broker.parse("mqtt://127.0.0.1:1")):
        with pytest.raises(StoreError, match="is in use"):
            async with running(tmp_path, Broker.parse("mqtt://127.0.0.1:1")):
                pass


async def test_a_damaged_outbox_is_named(tmp_path: Path) -> None:
    (tmp_path / "mqtt.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="cannot be used"):
        async with running(tmp_path, Broker.parse("mqtt://127.0.0.1:1")):
            pass


@pytest.mark.skipif("SISEON_CHAOS" not in os.environ, reason="half a minute: SISEON_CHAOS=1")
async def test_a_broker_that_is_killed_again_and_again_gets_ten_thousand_figures(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with running(tmp_path, Broker.parse(broker.url)) as sink:
        heard: set[Any] = set()
        for kills in range(10):
            broker.stop()
            for number in range(1000):
                sink.take(measured("gate", read(float(1000 * kills + number))))
            broker.start()
            with listening(broker) as live:
                await asyncio.sleep(0.3)
                heard |= {*values(live, LATE), *values(live, PRESENT)}
        with listening(broker) as live:
            await eventually(lambda: not figure(sink, "siseon_mqtt_waiting_figures"), "all")
        heard |= {*values(live, LATE), *values(live, PRESENT)}
        late = figure(sink, "siseon_mqtt_figures_total", outcome="late")
        present = figure(sink, "siseon_mqtt_figures_total", outcome="present")
        print(f"{late:.0f} late, {present:.0f} present, {len(heard)} heard")
        assert late + present >= 10_000
