"""What twenty MJPEG viewers cost a service against one: its CPU while one camera of 720p is read and shown drawn.

Alternated rounds of no, one and twenty viewers, which are a process of their own; CPU of the service's process alone.
Goal: twenty cost at most 1.15 × what one does.

Run: ``python benchmarks/streams/viewers.py``
"""

from __future__ import annotations

import argparse
import multiprocessing
import selectors
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rig import Service, cameras, film, machine, service, spread

COUNTS = (0, 1, 20)
SETTLE_S = 2.0
SPAWN = multiprocessing.get_context("spawn")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = film(folder)
        with cameras(shown, folder, 1) as addresses, service(folder) as serving:
            serving.add(addresses, shown)
            rounds = [
                {count: _measured(serving, count, options.seconds) for count in COUNTS}
                for _ in range(options.rounds)
            ]
    print("| viewers | CPU of the service, % of a core | against one viewer | pictures/s per viewer |")
    print("|---|---|---|---|")
    for count in COUNTS:
        cpu = [each[count][0] * 100 for each in rounds]
        against = [each[count][0] / each[1][0] for each in rounds]
        rate = [each[count][1] for each in rounds]
        seen = spread(rate, "{:.1f}") if count else ""
        print(f"| {count} | {spread(cpu, '{:.1f}')} | {spread(against)} × | {seen} |")


def _measured(serving: Service, viewers: int, seconds: float) -> tuple[float, float]:
    """Share of a core, and pictures a second of each viewer."""
    with _watching(serving, viewers) as pictures:
        time.sleep(SETTLE_S)
        cpu, began, before = serving.cpu_s(), time.monotonic(), pictures.value
        time.sleep(seconds)
        took = time.monotonic() - began
        return (serving.cpu_s() - cpu) / took, (pictures.value - before) / took / max(1, viewers)


@contextmanager
def _watching(serving: Service, viewers: int) -> Iterator[object]:
    pictures = SPAWN.Value("q", 0)
    watcher = SPAWN.Process(target=_watch, args=(serving.url, viewers, pictures), daemon=True)
    watcher.start()
    try:
        yield pictures
    finally:
        watcher.kill()
        watcher.join()


def _watch(url: str, viewers: int, pictures: object) -> None:
    """Read what comes, and count the pictures in it."""
    host, port = url.removeprefix("http://").split(":")
    ask = b"GET /v1/streams/camera-0/video HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ready = selectors.DefaultSelector()
    for _ in range(viewers):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(ask)
        ready.register(connection, selectors.EVENT_READ)
    while viewers:
        for key, _ in ready.select():
            data = key.fileobj.recv(1 << 20)
            assert data, "the service has ended a viewer"
            pictures.value += data.count(b"Content-Type: image/jpeg")
    time.sleep(3600)


if __name__ == "__main__":
    main()
