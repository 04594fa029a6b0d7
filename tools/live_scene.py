"""Streams in a service for its pictures: dials that are read, one with alarms, one that is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from siseon.applications.gauges.generated import calibration_of, photo

PROGRAM = Path(__file__).with_name("dial_camera.py")
NAMES = {"boiler": 1, "feed-water": 2, "turbine-oil": 3, "yard": 5}
UNITS = {"boiler": "bar", "feed-water": "°C", "turbine-oil": "kPa"}
LIVE_S = 40.0
"""Seconds of values that the pictures show."""


@contextmanager
def dials() -> Iterator[str]:
    """Cameras before dials; their address, below which each has its number."""
    program = subprocess.Popen([sys.executable, str(PROGRAM)], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        yield program.stdout.readline().strip()
    finally:
        program.terminate()
        program.wait()


@contextmanager
def streams(address: str) -> Iterator[None]:
    """Kept in the service at ``address``, and read for a while."""
    with dials() as cameras, httpx.Client(base_url=address, timeout=60) as client:
        _keep(client, cameras)
        time.sleep(LIVE_S)
        client.post("/v1/streams/boiler/clips", json={"reason": "a look"}).raise_for_status()
        httpx.get(f"{cameras}/5/off").raise_for_status()
        time.sleep(4)
        yield


def _keep(client: httpx.Client, cameras: str) -> None:
    for name, dial in NAMES.items():
        order = {
            "name": name,
            "source": f"{cameras.replace('://', '://eve:secret@')}/{dial}",
            "application": "gauges",
            "options": {"fps": 2, "clips": {"before_s": 5, "after_s": 2}},
        }
        client.post("/v1/streams", json=order).raise_for_status()
        stated = calibration_of(photo(dial, "evaluation"))
        values = [mark.value for mark in stated.scale]
        document = stated.model_dump(mode="json", exclude_none=True) | {"unit": UNITS.get(name, "bar")}
        client.put(
            f"/v1/streams/{name}/calibration", params={"reference": "none"}, json=document
        ).raise_for_status()
        limit = min(values) + (max(values) - min(values)) * (0.3 if name == "boiler" else 0.95)
        rules = [
            {"tag": "reading", "kind": "high", "limit": round(limit, 1), "priority": "high"},
            {"tag": "reading", "kind": "stale", "after_s": 2, "priority": "medium"},
        ]
        client.patch(f"/v1/streams/{name}", json={"options": {"alarms": rules}}).raise_for_status()
