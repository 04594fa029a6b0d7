"""Which HTTP server to build on: uvicorn, as siseon runs it and plain, against hypercorn and granian.

Each is one process at its best settings (uvloop; granian with one and with two threads of its runtime) and serves the
application of ``http_app.py``. Two tables:

- *speed*: keep-alive clients upload 100 kB and get 1 kB of JSON. All servers are up, and take turns in every round.
  Processor time is that of the server's processes; requests/s are bounded by the client too, whose share is told.
- *properties*: what each does with clients that mean no good, tried by ``http_properties.py``.

Run: ``python benchmarks/http_servers.py speed`` (on a quiet machine), ``... properties``: 3 minutes each.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
import psutil
from http_properties import PROBES, Probe
from machine import machine
from serving.servers import OUT, Running, environment, free_port, stop
from spread import spread

HERE = Path(__file__).parent
ENVIRONMENT = "http-rivals"
PACKAGES = ("hypercorn[uvloop]==0.18.0", "granian[uvloop]==2.8.9")
BODY_BYTES = 100_000
CLIENTS = (8, 32)
READY_S = 20.0
WARM_UP_S = 0.5
CONNECTIONS = 150
"""Limit where a server has one, for the properties: each has 256 descriptors there."""
DESCRIPTORS = 256
TIMEOUT_S = 10
"""Where a server has one."""
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": str(128 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
"""Without, glibc gives the memory of a body back to the system after each request or after none: the same server may
take twice the time, by what else it has imported."""

Command = Callable[[int], Sequence[object]]


@dataclass(frozen=True)
class HttpServer:
    """One row of the tables."""

    name: str
    fast: Command
    """From the port, at its best settings."""
    guarded: Command
    """With all limits that it has."""
    rival: bool = True
    """Whether it is in an environment of its own."""


def uvicorn(port: int) -> list[object]:
    options = (
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--no-server-header",
        "--ws",
        "none",
    )
    return ["-m", "uvicorn", "http_app:app", "--port", port, "--log-level", "error", *options]


def hypercorn(port: int) -> list[object]:
    return ["-m", "hypercorn", "http_app:app", "-b", f"127.0.0.1:{port}", "-k", "uvloop", "-w", 1]


def granian(threads: int) -> Command:
    mode = "st" if threads == 1 else "mt"

    def command(port: int) -> list[object]:
        options = ("--loop", "uvloop", "--http", "1", "--no-ws", "--runtime-threads", threads)
        runtime = ("--interface", "asgi", "--workers", 1, "--runtime-mode", mode, "--no-log")
        return ["-m", "granian", "http_app:app", "--port", port, *runtime, *options]

    return command


def with_options(command: Command, *options: object) -> Command:
    return lambda port: [*command(port), *options]


GRANIAN_LIMITS = ("--backpressure", CONNECTIONS, "--http1-header-read-timeout", TIMEOUT_S * 1000)
SERVERS = (
    HttpServer(
        "uvicorn as siseon runs it",
        lambda port: ["http_app.py", port, 4096],
        lambda port: ["http_app.py", port, CONNECTIONS, TIMEOUT_S],
        rival=False,
    ),
    HttpServer("uvicorn", uvicorn, with_options(uvicorn, "--limit-concurrency", CONNECTIONS), rival=False),
    HttpServer("hypercorn", hypercorn, with_options(hypercorn, "--read-timeout", TIMEOUT_S)),
    HttpServer("granian, 1 thread", granian(1), with_options(granian(1), *GRANIAN_LIMITS)),
    HttpServer("granian, 2 threads", granian(2), with_options(granian(2), *GRANIAN_LIMITS)),
)


@contextmanager
def serving(server: HttpServer, command: Command, *, descriptors: int | None = None) -> Iterator[Running]:
    """The server, once it answers; it is stopped at the end."""
    python = environment(ENVIRONMENT, *PACKAGES) / "python" if server.rival else Path(sys.executable)
    port = free_port()
    limit = ["prlimit", f"--nofile={descriptors}"] if descriptors else []
    words = [*limit, str(python), *map(str, command(port))]
    with (OUT / f"{server.name}.log").open("wb") as log:
        process = subprocess.Popen(
            words, cwd=HERE, env=os.environ | ALLOCATOR, stdout=log, stderr=log, start_new_session=True
        )
    up = Running([port], psutil.Process(process.pid))
    try:
        until = time.monotonic() + READY_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/").raise_for_status()
                break
            except httpx.TransportError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit(f"{server.name} does not answer, see {log.name}") from None
                time.sleep(0.1)
        yield up
    finally:
        stop(process, up)


@dataclass(frozen=True)
class Round:
    """One server's turn."""

    rate: float
    """Requests/s."""
    cpu_us: float
    """Processor time of the server per request."""
    client_share: float
    """Of one core, by the client."""


def take_turn(up: Running, clients: int, seconds: float, body: Path) -> Round:
    """Load the server from idle to idle."""
    before = up.cpu_seconds()
    load = [sys.executable, HERE / "serving" / "load.py", "--path", "/", "--ports", str(up.port)]
    words = [*load, "--clients", str(clients), "--seconds", str(seconds), str(body)]
    told = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    answered = len(told["latencies"])
    if told["refused"] or told["broken"]:
        raise SystemExit(f"not all were answered: {told['refused']}, {told['broken']} broken")
    return Round(answered / told["seconds"], (up.cpu_seconds() - before) / answered * 1e6, told["cpu_share"])


def speed(servers: Sequence[HttpServer], rounds: int, seconds: float, body_bytes: int) -> None:
    """Print the table of speed; ratios are of the same round, to the first server."""
    taken: dict[tuple[int, str], list[Round]] = {}
    with ExitStack() as stack, tempfile.NamedTemporaryFile() as body:
        Path(body.name).write_bytes(bytes(body_bytes))
        up = {server.name: stack.enter_context(serving(server, server.fast)) for server in servers}
        for running in up.values():
            take_turn(running, max(CLIENTS), WARM_UP_S, Path(body.name))
        for number in range(rounds):
            order = list(up) if number % 2 == 0 else list(reversed(up))
            for clients in CLIENTS:
                for name in order:
                    turn = take_turn(up[name], clients, seconds, Path(body.name))
                    taken.setdefault((clients, name), []).append(turn)
    print(
        "| clients | server | requests/s | of siseon's | µs of processor per request | of siseon's | client |"
    )
    print("|---|---|---|---|---|---|---|")
    for clients in CLIENTS:
        base = taken[clients, servers[0].name]
        for server in servers:
            turns = taken[clients, server.name]
            cells = (
                spread([turn.rate for turn in turns], "{:,.0f}"),
                spread([turn.rate / ours.rate for turn, ours in zip(turns, base, strict=True)], "{:.2f}"),
                spread([turn.cpu_us for turn in turns], "{:.0f}"),
                spread([turn.cpu_us / ours.cpu_us for turn, ours in zip(turns, base, strict=True)], "{:.2f}"),
                f"{median(turn.client_share for turn in turns):.0%}",
            )
            print(f"| {clients} | {server.name} | {' | '.join(cells)} |")


def properties(servers: Sequence[HttpServer]) -> None:
    """Print the table of properties; each is tried on a server that was just started, on all servers at once."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for the crowds
    print(f"| tried | {' | '.join(server.name for server in servers)} |")
    print("|---" * (len(servers) + 1) + "|")
    for what, probe in PROBES.items():

        def cell(server: HttpServer, probe: Probe = probe) -> str:
            with serving(server, server.guarded, descriptors=DESCRIPTORS) as up:
                return probe(up)

        with ThreadPoolExecutor(len(servers)) as at_once:
            print(f"| {what} | {' | '.join(at_once.map(cell, servers))} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=("speed", "properties"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one turn")
    parser.add_argument("--body", type=int, default=BODY_BYTES, help="bytes of an upload")
    options = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    print(machine())
    if options.table == "speed":
        speed(SERVERS, options.rounds, options.seconds, options.body)
    else:
        properties(SERVERS)


if __name__ == "__main__":
    main()
