"""A dial that is filmed, real RTSP cameras that show the film, and a service that reads them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import httpx
import numpy as np
import psutil

sys.path.append(str(Path(__file__).parents[2] / "tests"))
sys.path.append(str(Path(__file__).parents[1]))

from machine import machine
from spread import spread

from jobs.servers import free_port
from siseon.applications.gauges import Calibration
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from streams.rtsp import Rtsp, check_server, clip_mount

__all__ = ["Film", "Service", "cameras", "film", "machine", "service", "spread"]

WIDTH, HEIGHT, FPS = 1280, 720, 5
INDEX = 4
FRAMES = 50
READY_S = 60.0


@dataclass(frozen=True)
class Film:
    """What the cameras show: a needle that goes up and down."""

    path: Path
    calibration: Calibration
    first: np.ndarray
    """(H, W, 3) in RGB: the picture that was calibrated."""


def film(folder: Path) -> Film:
    """Ten seconds of one generated dial, at 5 frames a second."""
    photos = [photo(INDEX, "evaluation", value=value) for value in _values()]
    pictures = [_on_wall(each) for each in photos]
    path = folder / "dial.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"qscale": "2"}
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    calibration = calibration_of(photos[0]).model_copy(update={"width": WIDTH, "height": HEIGHT})
    return Film(path, calibration, pictures[0])


@contextmanager
def cameras(shown: Film, folder: Path, count: int) -> Iterator[list[str]]:
    """The addresses of so many cameras, all of one server."""
    check_server()
    mount = clip_mount(shown.path, folder, size=f"{WIDTH}x{HEIGHT}", frames=FRAMES) | {"fps": str(FPS)}
    server = Rtsp({f"/{number}": mount for number in range(count)})
    server.start()
    try:
        yield [server.url(f"/{number}") for number in range(count)]
    finally:
        server.kill()


@dataclass(frozen=True)
class Service:
    """``siseon serve`` in a process of its own."""

    url: str
    process: psutil.Process

    def cpu_s(self) -> float:
        """Seconds of one core that it has used."""
        times = self.process.cpu_times()
        return times.user + times.system

    def add(self, addresses: Sequence[str], shown: Film) -> None:
        """Have it read these cameras, and wait until it does."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            for number, address in enumerate(addresses):
                body = {"name": f"camera-{number}", "source": address, "application": "gauges"}
                client.post("/v1/streams", json=body).raise_for_status()
            for number in range(len(addresses)):
                name = f"/v1/streams/camera-{number}"
                _until(lambda name=name: client.get(name).json()["state"]["state"] == "live")
                document = shown.calibration.model_dump(mode="json", exclude_none=True)
                client.put(f"{name}/calibration", json=document).raise_for_status()
            # These are over ten seconds: whatever was begun without a calibration has ended by then.
            for number in range(len(addresses)):
                name = f"/v1/streams/camera-{number}"
                _until(lambda name=name: client.get(name).json()["figures"]["results_per_s"] >= 0.9 * FPS)

    def remove(self) -> None:
        """Have it read none."""
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as client:
            for stream in client.get("/v1/streams").json():
                client.delete(f"/v1/streams/{stream['name']}").raise_for_status()


@contextmanager
def service(folder: Path) -> Iterator[Service]:
    """One that serves ``gauges``."""
    port = free_port()
    environment = {
        **os.environ,
        "SISEON_CACHE_DIR": str(folder / "cache"),
        "SISEON_STREAMS_ALLOW": "127.0.0.0/8",
    }
    command = [sys.executable, "-m", "siseon", "serve", "gauges", "--port", str(port), "--no-console"]
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _until(lambda: _is_ready(url))
        yield Service(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def _values() -> list[float]:
    dial = photo(INDEX, "evaluation").dial
    low, high = min(dial.numerals), max(dial.numerals)
    return [low + (high - low) * (0.5 - 0.4 * np.cos(2 * np.pi * n / FRAMES)) for n in range(FRAMES)]


def _on_wall(one: Photo) -> np.ndarray:
    """The photo with more of the wall to its right and below."""
    pixels = one.image.pixels
    below, right = HEIGHT - pixels.shape[0], WIDTH - pixels.shape[1]
    return cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REFLECT)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _until(holds: object) -> None:
    end = time.monotonic() + READY_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
