"""A worker's own life: it ends with its parent however that ends, and leaves signals of the group to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.placement.processes.shared import shared_names
from siseon.engine.placement.processes.channel import TOKEN_BYTES, Channel, Message, for_ever, pair
from siseon.engine.placement.processes.worker import _next

TESTS = Path(__file__).parents[3]

SCRIPT = """
import asyncio, os, signal, sys, threading, time
from siseon.engine import Stage
from siseon.engine.placement.processes import Processes

class Main(Stage[object, object]):
    replicas = 2
    def process(self, batch):
        for item in batch:
            if item == "spin":
                import re
                re.match("(a+)+$", "a" * 60 + "b")  # for ever, in C, without giving up the GIL
            if item == "deaf":
                signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
                while True:
                    pass
            if item == "sleep":
                time.sleep(1)
        return [(os.getpid(), item) for item in batch]

class Item:
    pass

async def main(what):
    stage = Main()
    stage.placement = Processes()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with stage:
        pid, item = await stage(Item())
        assert isinstance(item, Item)
        busy = asyncio.ensure_future(stage(what))
        await asyncio.sleep(0.2)
        print("ready", *stage.statistics().place.workers, flush=True)
        await stopped.wait()
        print("answered", (await busy)[1], flush=True)
    print("closed", flush=True)

if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def program(tmp_path):
    """A program with two workers, of which one is inside a batch: the process, and the ids of its workers."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger ran')", encoding="utf-8")
    started: list[subprocess.Popen[str]] = []

    def start(what: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
        process = subprocess.Popen(
            [sys.executable, "-P", str(script), what],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        word, *pids = process.stdout.readline().split()
        assert word == "ready"
        return process, [psutil.Process(int(pid)) for pid in pids]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("what", ["idle", "sleep", "spin", "deaf"])
def test_workers_end_with_a_parent_that_is_killed(what, program, until_true):
    shared = shared_names()
    process, workers = program(what)
    process.kill()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
    until_true(lambda: shared_names() <= shared)  # what other tests have there goes too


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_group_ends_cleanly(number, program):
    process, workers = program("sleep")
    os.killpg(process.pid, number)
    out, errors = process.communicate(timeout=60)
    assert out.split() == ["answered", "sleep", "closed"]
    assert errors == ""
    assert process.returncode == 0
    assert not any(worker.is_running() for worker in workers)


class Part:
    """Of a stage's recipe: fails when it is idle for the first time, and ends that by the second."""

    def __init__(self, end: Channel) -> None:
        self.end = end
        self.times = 0

    def report(self) -> None: ...

    def hear(self, worker: str, report: object) -> None: ...

    def idle(self) -> None:
        self.times += 1
        if self.times == 1:
            raise RuntimeError("not now")
        self.end.send(Message("run", None), for_ever)


def test_parts_hear_that_no_batch_comes_and_one_that_fails_then_ends_nothing() -> None:
    token = bytes(TOKEN_BYTES)
    parent, worker = pair()
    with parent, worker:
        part = Part(Channel(parent, token))
        assert _next(Channel(worker, token), [part], idle_s=0.001).kind == "run"
    assert part.times == 2
