"""Four cameras of 720p at 5 frames a second, each with a calibrated dial that is read, on RTSP servers of loopback.

1. Against capture by hand: one PyAV loop a camera, in threads of one process, with the same reading of each frame.
   Alternated rounds; CPU per frame that was read. Goal: at most 1.1 × by hand.
2. Latency from a frame's coming to its result: p95 of the slowest camera. Goal: at most 200 ms.
3. An interactive request (a photo to ``/v1/pipelines/gauges``) alone and beside the streams, alternated; p95 of each.
   Goal: beside them at most 1.5 × alone.

Run: ``python benchmarks/streams/cameras.py``
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
from rig import Film, Service, cameras, film, machine, service, spread

from siseon.applications.gauges.calibrated import CalibratedDial
from siseon.applications.gauges.generated import photo
from siseon.contracts import Image
from siseon.media.encode import encode

CAMERAS = 4
SETTLE_S = 3.0
REQUEST_S = 0.4
"""Between two interactive requests."""
SPAWN = multiprocessing.get_context("spawn")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = film(folder)
        with cameras(shown, folder, CAMERAS) as addresses, service(folder) as serving:
            _compare(serving, addresses, shown, options.rounds, options.seconds)


def _compare(serving: Service, addresses: Sequence[str], shown: Film, rounds: int, seconds: float) -> None:
    ours, hand, latencies, alone, beside = [], [], [], [], []
    for _ in range(rounds):
        hand.append(_by_hand(addresses, shown, seconds))
        alone.append(_p95(asyncio.run(_requests(serving, seconds))))
        serving.add(addresses, shown)
        cpu, read, latency = _read(serving, seconds)
        ours.append(cpu / read)
        latencies.append(latency)
        beside.append(_p95(asyncio.run(_requests(serving, seconds))))
        serving.remove()
    print("| | CPU per frame, ms | against by hand |")
    print("|---|---|---|")
    against = [one / other for one, other in zip(ours, hand, strict=True)]
    print(f"| by hand | {spread([each * 1000 for each in hand], '{:.1f}')} | 1.00 × |")
    print(f"| siseon | {spread([each * 1000 for each in ours], '{:.1f}')} | {spread(against)} × |\n")
    print(f"latency of the slowest camera, p95, ms: {spread(latencies, '{:.1f}')}\n")
    ratio = [one / other for one, other in zip(beside, alone, strict=True)]
    print("| an interactive request | p95, ms | against alone |")
    print("|---|---|---|")
    without, among = (spread([each * 1000 for each in took], "{:.0f}") for took in (alone, beside))
    print(f"| alone | {without} | 1.00 × |")
    print(f"| beside {CAMERAS} cameras | {among} | {spread(ratio)} × |")


def _read(serving: Service, seconds: float) -> tuple[float, int, float]:
    """Seconds of CPU, frames that were read, and the slowest camera's p95 of latency, in milliseconds."""
    with httpx.Client(base_url=serving.url, timeout=60, trust_env=False) as client:

        def figures() -> list[dict[str, Any]]:
            return [stream["figures"] for stream in client.get("/v1/streams").json()]

        time.sleep(SETTLE_S)
        cpu, before = serving.cpu_s(), sum(each["answered"] for each in figures())
        time.sleep(seconds)
        found = figures()
        read = sum(each["answered"] for each in found) - before
        return serving.cpu_s() - cpu, read, max(each["latency_p95_ms"] for each in found)


async def _requests(serving: Service, seconds: float) -> list[float]:
    """Seconds that each of them took; all are the same."""
    picture = encode(photo(7, "evaluation").image, "jpeg")
    took, end = [], time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=serving.url, timeout=60, trust_env=False) as client:
        while time.monotonic() < end:
            began = time.perf_counter()
            answer = await client.post("/v1/pipelines/gauges", files={"file": ("dial.jpg", picture)})
            took.append(time.perf_counter() - began)
            answer.raise_for_status()
            await asyncio.sleep(REQUEST_S)
    return took


def _by_hand(addresses: Sequence[str], shown: Film, seconds: float) -> float:
    """Seconds of CPU per frame, of a process of its own."""
    ours, theirs = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_capture, args=(theirs, list(addresses), shown, seconds))
    process.start()
    cpu, frames = ours.recv()
    process.join()
    return float(cpu) / int(frames)


def _capture(told: Any, addresses: list[str], shown: Film, seconds: float) -> None:
    cv2.setNumThreads(1)
    read = [0]
    for address in addresses:
        threading.Thread(target=_loop, args=(address, shown, read), daemon=True).start()
    while read[0] < 5 * len(addresses):  # what is loaded once is loaded
        time.sleep(0.05)
    time.sleep(SETTLE_S)
    cpu, before = time.process_time(), read[0]
    time.sleep(seconds)
    told.send((time.process_time() - cpu, read[0] - before))
    os._exit(0)  # without a word to FFmpeg, which waits in four threads


def _loop(address: str, shown: Film, read: list[int]) -> None:
    """One camera, its dial looked at as the service does: where it is, whether it is turned or mirrored, its needle."""
    dial = CalibratedDial.of(shown.calibration, shown.first)
    with av.open(address, options={"rtsp_transport": "tcp"}) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            dial.reading(Image.from_array(frame.to_ndarray(format="rgb24")))
            read[0] += 1


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


if __name__ == "__main__":
    main()
