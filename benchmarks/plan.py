"""What ``siseon plan`` predicts against what a served pipeline then does, at some shares of its saturation.

``inspection`` and ``text`` are recorded as ``siseon profile --record`` records them, then served by a ``siseon serve``
process and asked over HTTP: requests at random times (Poisson, open loop: late answers do not hold back new
requests), pictures drawn at random, the client a process of its own on the same cores. The rates are shares of the
recorded saturation. *Predicted* is the range that a plan prints for the settings as recorded; the 90 % interval of
the measured p95 tells what the luck of so few requests makes of it. ``sleep`` is a pipeline whose stages only sleep,
run in this process: it checks the queues and batches of the simulation apart from what cores do to each other.

Run: ``python benchmarks/plan.py inspection FOLDER``, ``text FOLDER`` or ``sleep``. In pieces: ``--recording FILE``
keeps the recording, ``--shares 0.3`` measures at one rate. Other programs of ordinary priority spoil a piece of 8
seconds when they use more than a tenth of a core; it is then made again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import psutil
from machine import machine
from serving.load import Connections, prepare

from siseon.engine import Pipeline, Stage
from siseon.media import expand_inputs
from siseon.planning.bottleneck import p95
from siseon.planning.measure import record
from siseon.planning.plan import SLOWER_OR_FASTER
from siseon.planning.recording import Recording
from siseon.planning.workload import Workload

HERE = Path(__file__).resolve().parent
SHARES = (0.3, 0.6, 0.8)
LONG_RUN = 20_000
PIECE_S = 8.0
LEAD_S = 3.0
"""Of each piece, in which the queues fill, and which does not count."""
ATTEMPTS = 4
QUIET_CORES = 0.1
READY_S = 60.0
SEED = 7
ENOUGH_CORES = 64
"""For stages that only sleep, and never wait for one."""
ROW = "| {:.0%} | {:.1f} | {} | {:.0f} | {:.0f} | {:.0f} ({:.0f}-{:.0f}) | {:.0f} | {:.0f}-{:.0f} | {} | {:.2f} |"
HEAD = """
| {}: share of saturation | requests/s | requests | p50, ms: measured | predicted | p95, ms: measured (90 %) \
| predicted | range | inside | other programs, cores |
|---|---|---|---|---|---|---|---|---|---|"""


class Look(Stage[int, int]):
    """Sleeps 40 ms and a little more for larger pictures."""

    replicas = 3

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        time.sleep(sum(0.04 + 0.002 * items for items in batch))
        return batch


class Name(Stage[int, int]):
    """Sleeps 30 ms a batch and 5 ms an item: what a batch saves is known."""

    replicas = 2
    max_batch = 4

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        time.sleep(0.03 + 0.005 * len(batch))
        return batch


class Sleepy(Pipeline[int, int]):
    """Takes the number of objects of a picture."""

    def __init__(self) -> None:
        self.look = Look()
        self.name = Name()

    async def run(self, item: int) -> int:
        return len(await self.name.map(range(await self.look(item))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text", "sleep"])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pictures", type=int, default=48, help="recorded, and drawn from while measuring")
    parser.add_argument("--seconds", type=float, default=60.0, help="measured at each rate")
    parser.add_argument("--shares", type=float, nargs="*", default=SHARES)
    parser.add_argument("--recording", type=Path, help="read if it is there, else written")
    options = parser.parse_args()
    print(machine())
    if options.pipeline == "sleep":
        asyncio.run(sleep(options.shares, options.seconds))
        return
    photos = [Path(path) for path in expand_inputs([str(options.folder)])][: options.pictures]
    recording = recorded(options.pipeline, photos, options.recording)
    print(HEAD.format(options.pipeline))
    with served(options.pipeline) as (port, server):
        requests = prepare(photos, f"/v1/pipelines/{options.pipeline}", None)
        for share in options.shares:
            rate = share * recording.loaded_per_s
            print_row(recording, share, rate, asked(port, server, requests, rate, options.seconds))


async def sleep(shares: Sequence[float], seconds: float) -> None:
    items = np.random.default_rng(SEED).poisson(4, 48).tolist()
    async with Sleepy() as chain:
        recording = (await record("sleep", chain, items)).model_copy(update={"cores": ENOUGH_CORES})
        print(HEAD.format("sleep"))
        for share in shares:
            rate = share * recording.loaded_per_s
            drawn, arrivals = come(len(items), rate, round(rate * seconds), SEED)
            latencies = await measure(chain, items, drawn, arrivals)
            print_row(recording, share, rate, Asked(latencies, 0, 0.0))


def print_row(recording: Recording, share: float, rate: float, found: Asked) -> None:
    workload = Workload(recording)
    drawn, arrivals = come(len(recording.requests), rate, LONG_RUN, SEED)

    def predicted(pace: float) -> tuple[float, float]:
        outcome = workload.run(workload.recorded, recording.cores, drawn, arrivals, pace)
        return float(np.median(outcome.latency)) * 1000, p95(outcome) * 1000

    latencies = np.sort(found.latencies) * 1000
    p50, tail = np.percentile(latencies, (50, 95))
    count = len(latencies)
    spread = 1.64 * np.sqrt(count * 0.05 * 0.95)
    least, most = (latencies[int(np.clip(round(0.95 * count + d), 0, count - 1))] for d in (-spread, spread))
    low, high = (predicted(pace)[1] for pace in (SLOWER_OR_FASTER[1], SLOWER_OR_FASTER[0]))
    inside = "yes" if low <= tail <= high else "**no**"
    middle = predicted(1.0)
    values = (share, rate, count, p50, middle[0], tail, least, most, middle[1], low, high, inside)
    print(ROW.format(*values, found.others), flush=True)
    if found.refused:
        print(f"refused: {found.refused}")


def recorded(name: str, photos: Sequence[Path], kept: Path | None) -> Recording:
    path = kept or HERE.parent / "bench-out" / f"{name}.recording.json"
    if kept is None or not kept.exists():
        path.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "siseon", "profile", name, *map(str, photos)]
        command += ["--runs", str(len(photos)), "--force", "--record", str(path)]
        for _ in range(2 * ATTEMPTS):
            before, started = Busy.of(), time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            others = (Busy.of().others_s - before.others_s) / (time.perf_counter() - started)
            if others <= QUIET_CORES:
                break
            print(f"recorded again: other programs used {others:.2f} cores", file=sys.stderr)
    return Recording.read(path)


@contextmanager
def served(name: str) -> Iterator[tuple[int, psutil.Process]]:
    """``siseon serve`` on a free port, until it is ready and to the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "siseon", "serve", name, "--port", str(port), "--no-console"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + READY_S
        while time.monotonic() < end and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            raise SystemExit(f"siseon serve {name} is not ready after {READY_S:.0f} s")
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def asked(port: int, server: psutil.Process, requests: Sequence[bytes], rate: float, seconds: float) -> Asked:
    """Answers to an open loop in pieces; those that other programs disturbed are made again, some times."""
    result = Asked([], 0, 0.0)
    for number in range(round(ATTEMPTS * seconds / PIECE_S)):
        if len(result.latencies) >= rate * seconds:
            break
        before, started = Busy.of(server), time.perf_counter()
        latencies, refused = asyncio.run(open_loop(port, requests, rate, SEED + number))
        others = (Busy.of(server).others_s - before.others_s) / (time.perf_counter() - started)
        if others <= QUIET_CORES:
            result = Asked(result.latencies + latencies, result.refused + refused, max(result.others, others))
        else:
            print(f"again: other programs used {others:.2f} cores", file=sys.stderr)
    return result


async def open_loop(port: int, requests: Sequence[bytes], rate: float, seed: int) -> tuple[list[float], int]:
    """Seconds of each answer from the time at which it was due, after the lead; and how many were refused."""
    connections, random = Connections([port]), np.random.default_rng(seed)
    latencies: list[float] = []
    refused = 0
    due = start = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        nonlocal refused
        status = await connections.send(request)
        if due < start + LEAD_S:
            return
        if status == 200:
            latencies.append(time.perf_counter() - due)
        else:
            refused += 1

    async with asyncio.TaskGroup() as group:
        while (due := due + random.exponential(1 / rate)) < start + LEAD_S + PIECE_S:
            await asyncio.sleep(due - time.perf_counter())
            group.create_task(one(requests[random.integers(len(requests))], due))
    connections.close()
    return latencies, refused


@dataclass(frozen=True)
class Asked:
    latencies: list[float]
    refused: int
    others: float
    """Cores that other programs used in the worst piece that counts."""


@dataclass(frozen=True)
class Busy:
    """Processor seconds of what runs at ordinary priority, less ours: this process, its ended children, the server."""

    others_s: float

    @classmethod
    def of(cls, server: psutil.Process | None = None) -> Busy:
        # Interrupts are left out: most are those of our own packets, and no process is charged for them.
        user, _nice, system, *_ = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        whole = sum(map(int, (user, system))) / os.sysconf("SC_CLK_TCK")
        family = [server, *server.children(recursive=True)] if server is not None else []
        return cls(whole - sum(os.times()[:4]) - sum(sum(each.cpu_times()[:2]) for each in family))


def come(kinds: int, rate: float, count: int, seed: int) -> tuple[list[int], np.ndarray]:
    """Which items come, and when, in seconds."""
    random = np.random.default_rng(seed)
    return random.integers(0, kinds, count).tolist(), np.cumsum(random.exponential(1 / rate, count))


async def measure(
    chain: Pipeline, items: Sequence, drawn: Sequence[int], arrivals: np.ndarray
) -> list[float]:
    """Seconds of each request, from the time at which it was due."""
    start = time.monotonic()

    async def one(index: int, due: float) -> float:
        await asyncio.sleep(max(0.0, start + due - time.monotonic()))
        await chain(items[index])
        return time.monotonic() - start - due

    return await asyncio.gather(*map(one, drawn, arrivals.tolist()))


if __name__ == "__main__":
    main()
