"""A real MQTT broker of a test's own, on loopback, ended by process id; and one who listens to it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from jobs.servers import _missing, _wait_for, free_port

START_S = 30.0


@dataclass
class Mosquitto:
    """A broker that can be killed and started again; what is retained it keeps on its disk."""

    folder: Path
    port: int
    lines: tuple[str, ...] = ("allow_anonymous true",)
    """Of its configuration, beside port and folder."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if program is None:
            _missing("mosquitto")
        config = self.folder / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", "max_queued_messages 0", *self.lines)
        config.write_text("\n".join((*lines, "user root", "")))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([str(program), "-c", str(config)], stdout=log, stderr=log)
        _wait_for(self._answers, "mosquitto", self.process)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_S)
            self.process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@contextmanager
def mosquitto(folder: Path, *lines: str) -> Iterator[Mosquitto]:
    folder.mkdir(exist_ok=True)
    server = Mosquitto(folder, free_port(), lines or ("allow_anonymous true",))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Listener:
    """Hears all that is published, in order."""

    heard: list[MQTTMessage] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def until(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        with self.changed:
            assert self.changed.wait_for(ready, seconds), (
                f"{what}; heard {[m.topic for m in self.heard][-20:]}"
            )

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in list(self.heard) if message.topic == topic]

    def documents(self, topic: str) -> list[dict[str, object]]:
        return [orjson.loads(payload) for payload in self.payloads(topic)]

    def retained(self) -> dict[str, bytes]:
        return {message.topic: message.payload for message in list(self.heard) if message.retain}


@contextmanager
def listening(server: Mosquitto) -> Iterator[Listener]:
    """Connected, and subscribed to everything."""
    listener = Listener()
    subscribed = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)

    def on_message(_: object, __: object, message: MQTTMessage) -> None:
        with listener.changed:
            listener.heard.append(message)
            listener.changed.notify_all()

    client.on_message = on_message
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    client.subscribe("#", qos=1)
    assert subscribed.wait(START_S)
    try:
        yield listener
    finally:
        client.disconnect()
        client.loop_stop()


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, what
        time.sleep(0.02)
