"""A hundred video files of 720p at 25 frames a second as streams of one service, more than its cores can decode.

``GET /healthz`` is asked twenty times a second, each time on a new connection, with five seconds for an answer. Goal:
all are answered.

Run: ``python benchmarks/streams/films.py``
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import av
import httpx
import numpy as np
from rig import HEIGHT, WIDTH, Film, film, machine, service

FPS = 25
EVERY_S = 0.05
PATIENCE_S = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films = folder / "films"
        films.mkdir()
        _write(films / "dial.mp4", film(folder))
        os.environ["SISEON_STREAMS_FOLDER"] = str(films)
        with service(folder) as serving:
            with httpx.Client(base_url=serving.url, timeout=60, trust_env=False) as client:
                for number in range(options.films):
                    body = {"name": f"film-{number}", "source": "dial.mp4", "application": "gauges"}
                    client.post("/v1/streams", json=body).raise_for_status()
            took, failed = _asked(f"{serving.url}/healthz", options.seconds)
            p50, p95, most = np.percentile(took, (50, 95, 100)) * 1000
            print(
                f"/healthz, ms: median {p50:.0f}, p95 {p95:.0f}, most {most:.0f}; {failed} of {len(took)} failed"
            )
            print(
                f"{serving.process.memory_info().rss / 2**20:.0f} MiB, {serving.process.num_threads()} threads"
            )


def _write(path: Path, shown: Film) -> None:
    with av.open(str(shown.path)) as source, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in source.decode(video=0):
            picture = frame.reformat(format="yuv420p")
            picture.pts = None  # one after the other
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _asked(url: str, seconds: float) -> tuple[list[float], int]:
    """Seconds that each took, and how many had no answer."""
    took, failed, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        try:
            httpx.get(url, timeout=PATIENCE_S, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            failed += 1
        took.append(time.perf_counter() - began)
        time.sleep(EVERY_S)
    return took, failed


if __name__ == "__main__":
    main()
