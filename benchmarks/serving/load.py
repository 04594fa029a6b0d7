"""The load generator: a process of its own on the standard library alone; prints one JSON object of figures.

It writes requests prepared beforehand over keep-alive connections and reads no more of an answer than its status
and length, so that it leaves the cores to the server; its own share of a core is among the figures.

- Closed loop (``--clients N``): each client sends its next request when it has the answer to the last. It runs
  from idle to idle: every request counts, and the time until the last answer.
- Open loop (``--rate R``): Poisson arrivals, R a second, whatever the server does: as many as that makes, at times
  left to chance. A latency counts from the time the request was due, so nothing is left out when the server falls
  behind.

With ``--deadline`` a client hangs up when its time is over; ``X-Request-Timeout`` tells the server beforehand, unless
it is ``--untold``. Several ``--ports`` are those of one server's processes: a request goes to the least busy.
With ``--lead`` the requests of an open loop's first seconds load the server but are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path

HOST = "127.0.0.1"
BOUNDARY = "----photo"
SEED = 5
LIMIT_S = 60.0
"""A request that takes longer counts as broken."""


@dataclass
class Figures:
    """What became of the requests that count."""

    latencies: list[float] = field(default_factory=list)
    """Seconds, of answers with status 200."""
    refused: dict[int, int] = field(default_factory=dict)
    """Answers with another status, by status."""
    dropped: int = 0
    """The client hung up at its deadline."""
    broken: int = 0
    """The connection failed, or the limit passed."""
    seconds: float = 0.0
    """Closed loop: from the first request until the last answer. Open loop: the time in which requests counted."""
    cpu_share: float = 0.0
    """Of one core, used by this process."""


class Connections:
    """Keep-alive connections to one server, as many as requests overlap."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._idle: dict[int, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {
            port: [] for port in ports
        }
        self._busy = dict.fromkeys(ports, 0)

    async def send(self, request: bytes) -> int:
        """The status of the answer. A connection that is cancelled in between is closed: the client hung up."""
        port = min(self._busy, key=self._busy.__getitem__)
        self._busy[port] += 1
        try:
            return await self._send(self._idle[port], port, request)
        finally:
            self._busy[port] -= 1

    async def _send(
        self, idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]], port: int, request: bytes
    ) -> int:
        reader, writer = idle.pop() if idle else await asyncio.open_connection(HOST, port)
        keep = False
        try:
            writer.write(request)
            status, keep = await read_answer(reader)
        finally:
            if keep:
                idle.append((reader, writer))
            else:
                writer.close()
        return status

    def close(self) -> None:
        for idle in self._idle.values():
            for _, writer in idle:
                writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        await reader.readexactly(int(head[at + 17 : head.index(b"\r\n", at + 2)]))
    else:  # chunked
        while size := int((await reader.readline()).partition(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12]), b"\r\nconnection: close" not in head


class Load:
    """One run against one server."""

    def __init__(self, ports: Sequence[int], requests: Sequence[bytes], deadline: float | None) -> None:
        self._connections = Connections(ports)
        self._requests = cycle(requests)
        self._deadline = deadline
        self.figures = Figures()

    async def closed(self, clients: int, seconds: float) -> None:
        """From idle to idle: every request counts, so none that the server worked on is left out."""
        start = time.perf_counter()

        async def client() -> None:
            while (now := time.perf_counter()) < start + seconds:
                await self._request(now, True)

        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client())
        self.figures.seconds = time.perf_counter() - start
        self._connections.close()

    async def open(self, rate: float, lead: float, seconds: float) -> None:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for after in (*arrivals(rate, 0.0, lead), *arrivals(rate, lead, seconds)):
                due = start + after
                await asyncio.sleep(due - time.perf_counter())
                group.create_task(self._request(due, after >= lead))
        self.figures.seconds = seconds
        self._connections.close()

    async def _request(self, due: float, counts: bool) -> None:
        request, figures = next(self._requests), self.figures
        left = due + (self._deadline or LIMIT_S) - time.perf_counter()
        try:
            status = await asyncio.wait_for(self._connections.send(request), left)
        except TimeoutError:
            figures.dropped += counts and self._deadline is not None
            figures.broken += counts and self._deadline is None
        except (OSError, asyncio.IncompleteReadError):
            figures.broken += counts
        else:
            if counts and status == 200:
                figures.latencies.append(time.perf_counter() - due)
            elif counts:
                figures.refused[status] = figures.refused.get(status, 0) + 1


def arrivals(rate: float, start: float, seconds: float) -> list[float]:
    """When requests are due. Their number is not left to chance: in a short time that makes an overload none."""
    times = random.Random(SEED)
    return sorted(start + seconds * times.random() for _ in range(round(rate * seconds)))


def prepare(photos: Sequence[Path], path: str, told: float | None) -> list[bytes]:
    """Whole HTTP requests, one a photo; ``told``: seconds of ``X-Request-Timeout``."""
    timeout = "" if told is None else f"X-Request-Timeout: {told}\r\n"
    requests = []
    for photo in photos:
        part = f'Content-Disposition: form-data; name="file"; filename="{photo.name}"\r\nContent-Type: image/jpeg'
        body = (
            f"--{BOUNDARY}\r\n{part}\r\n\r\n".encode()
            + photo.read_bytes()
            + f"\r\n--{BOUNDARY}--\r\n".encode()
        )
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: application/json\r\n{timeout}"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ports", required=True, help="one, or those of a server's processes: 8001,8002")
    parser.add_argument("--path", default="/detect")
    loop = parser.add_mutually_exclusive_group(required=True)
    loop.add_argument("--clients", type=int, help="closed loop with so many clients")
    loop.add_argument("--rate", type=float, help="open loop with so many requests a second")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--lead", type=float, default=0.0, help="seconds of open loop before requests count")
    parser.add_argument("--deadline", type=float, help="seconds after which a client hangs up")
    parser.add_argument(
        "--untold", action="store_true", help="the server does not learn the deadline beforehand"
    )
    parser.add_argument("photos", nargs="+", type=Path, help="JPEG files, or folders of them")
    options = parser.parse_args()
    photos = [
        one for path in options.photos for one in (sorted(path.glob("*.jpg")) if path.is_dir() else [path])
    ]
    if not photos:
        parser.error("there is no JPEG file in these folders")
    requests = prepare(photos, options.path, None if options.untold else options.deadline)
    load = Load([int(port) for port in options.ports.split(",")], requests, options.deadline)
    wall, cpu = time.perf_counter(), time.process_time()
    if options.clients:
        asyncio.run(load.closed(options.clients, options.seconds))
    else:
        asyncio.run(load.open(options.rate, options.lead, options.seconds))
    load.figures.cpu_share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    print(json.dumps(asdict(load.figures)))


if __name__ == "__main__":
    main()
