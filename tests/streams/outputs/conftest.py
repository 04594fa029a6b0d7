from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from streams.outputs.mosquitto import Mosquitto, mosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(
        tmp_path / "broker",
        "allow_anonymous true",
        "persistence true",
        f"persistence_location {tmp_path}/broker/",
    ) as server:
        yield server


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that accepts connections and never says anything."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        yield listener.getsockname()[1]
