"""What a history and alarms of many streams cost on SQLite: CPU, pauses of the event loop, and how fast they could be.

1. Live: outcomes of ``--streams`` cameras at ``--fps``, each with a figure that changes every time, as a hub tells
   them, for ``--seconds``: CPU of the whole process as a share of one core, with sinks and without, and the longest
   pause of the event loop (a heartbeat in it). Two rules watch every other one: ``high`` with a delay, and ``stale``.
2. At once: so many figures as fast as they can be written.

Run: ``python benchmarks/streams/sinks.py``
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from machine import machine

from siseon.contracts import Measurement, Result
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.alarms.sink import Alarms
from siseon.streams.history.sink import MOST, History
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.sink import Outcome, Sink
from siseon.streams.wire import FrameTold, ResultTold, StateTold

RULES: list[dict[str, Any]] = [
    {"tag": "pressure", "kind": "high", "limit": 9.9, "deadband": 0.1, "on_delay_s": 2},
    {"tag": "pressure", "kind": "stale", "after_s": 10},
]
BEAT_S = 0.005
RESULT: Result[Any] = Result.model_construct(data=None)


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    cpu: float
    """Share of one core."""
    pause_ms: float


def outcome(stream: str, number: int, how: KeptOptions) -> Outcome:
    now = time.time()
    value = 5 + 5 * math.sin(now / 7 + number)
    frame = FrameTold(number=number, at=datetime.fromtimestamp(now, UTC), latency_ms=20.0)
    told = ResultTold.model_construct(kind="result", stream=stream, frame=frame, result=RESULT)
    return Outcome(stream, told, (Measurement(tag="pressure", value=value, unit="bar"),), how)


def begun(stream: str, how: KeptOptions) -> Outcome:
    told = StateTold(
        stream=stream, at=datetime.now(UTC), state=State.live, cause=None, message="", hint="", retry_s=None
    )
    return Outcome(stream, told, (), how)


async def live(streams: dict[str, KeptOptions], sinks: list[Sink], fps: float, seconds: float) -> Cost:
    running = [asyncio.create_task(sink.run()) for sink in sinks]
    for name, how in streams.items():
        for sink in sinks:
            sink.take(begun(name, how))
    await asyncio.sleep(2)
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            longest = max(longest, time.perf_counter() - before - BEAT_S)

    async def feed(name: str, how: KeptOptions) -> None:
        for number in range(int(seconds * fps)):
            told = outcome(name, number, how)
            for sink in sinks:
                sink.take(told)
            await asyncio.sleep(1 / fps)

    beating = asyncio.create_task(beat())
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(feed(name, how) for name, how in streams.items()))
    cost = Cost((time.process_time() - cpu) / (time.perf_counter() - wall), longest * 1000)
    for task in (beating, *running):
        task.cancel()
    await asyncio.wait([beating, *running])
    return cost


async def at_once(url: str, figures: int) -> float:
    """Rows per second."""
    history = History(url)
    how = KeptOptions()
    for number in range(figures):
        history.take(outcome("camera-0", number, how))
    begun_at = time.perf_counter()
    task = asyncio.create_task(history.run())
    while history.written < figures:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    rate = figures / (time.perf_counter() - begun_at)
    task.cancel()
    await asyncio.wait((task,))
    return rate


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--streams", type=int, default=20)
    options.add_argument("--fps", type=float, default=5)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--figures", type=int, default=MOST)
    chosen = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        url = f"sqlite:///{path}"
        streams = {
            f"camera-{number}": KeptOptions.model_validate({"alarms": RULES if number % 2 else []})
            for number in range(chosen.streams)
        }
        with Database(url) as database:
            for name, how in streams.items():
                kept.add(database, name, "rtsp://camera/x", "gauges", how)
        print(f"| {chosen.streams} streams at {chosen.fps:g} fps | CPU, % of a core | longest pause, ms |")
        print("|---|---|---|")
        history, alarms = History(url), Alarms(url)
        for words, sinks in (
            ("nothing", []),
            ("history", [history]),
            ("alarms", [alarms]),
            ("both", [History(url), Alarms(url)]),
        ):
            cost = asyncio.run(live(streams, sinks, chosen.fps, chosen.seconds))
            print(f"| {words} | {cost.cpu * 100:.1f} | {cost.pause_ms:.0f} |", flush=True)
        print(f"\n{history.written} rows written by `history`, {history.dropped} dropped")
        before = path.stat().st_size
        rate = asyncio.run(at_once(url, chosen.figures))
        size = (path.stat().st_size - before) / chosen.figures
        print(f"At once: {rate:,.0f} rows/s, {size:.0f} bytes of the file per row")


if __name__ == "__main__":
    main()
