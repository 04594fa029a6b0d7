"""The parent: owns the port, starts workers and starts them again, gives them connections, ends with all of them.

On the standard library alone: it lives as long as the service, and its memory is nobody's gain.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from typing import Literal

from siseon.service.workers import figures
from siseon.service.workers.board import BEAT, OPEN, Board, bytes_of, nameless
from siseon.service.workers.giving import LATE, Giver
from siseon.service.workers.notes import note
from siseon.service.workers.plan import Plan, command
from siseon.service.workers.signals import on_signal
from siseon.service.workers.slot import Slot
from siseon.service.workers.talk import Talk, Word

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Before a dead worker is started again; doubled each time it does not get ready."""
HOPELESS = 6
"""Starts in a row that came to nothing, in a service of which no worker is left: then it ends, loudly."""
END_S = 15.0
"""Seconds that workers get for their end, beyond the time for accepted work; then they are killed."""
FIGURES_S = 1.0
"""Seconds that a worker gets to tell its figures; then its last ones are taken."""
BEAT_S = 1.0
"""Between two looks at whether the workers' event loops run."""
STUCK = 30
"""Looks without a sign of life after which a worker is killed."""


class StartFailed(Exception):
    """A worker could not begin; its message is for the terminal."""


class Parent:
    """One service of several workers."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        size = bytes_of(plan.workers, plan.pipelines)
        self.memory = nameless(size)
        self.board = Board(self.memory, plan.workers, plan.pipelines)
        self.slots = [Slot(index) for index in range(plan.workers)]
        self.gone: figures.Figures = {}
        """Counts of workers that have ended."""
        self.restarts = 0
        self.started = False
        """All workers have been ready once."""
        self.stopping = asyncio.Event()
        self.drained = asyncio.Event()
        """All workers have answered what they had accepted."""
        self.giver = Giver(socket.socket(fileno=plan.listener), self.board, self.slots)
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        """Serve until a signal; the exit code."""
        on_signal(self.stopping.set, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        code = 0
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch())
                ending = group.create_task(self._end_all())
                keeping = [group.create_task(self._keep(slot)) for slot in self.slots]
                await asyncio.wait(keeping)
                watching.cancel()
                ending.cancel()
        except* StartFailed as failed:
            sys.stderr.write(f"{failed.exceptions[0]}\n")
            code = 1
        finally:
            for slot in self.slots:
                if slot.process is not None and slot.process.returncode is None:
                    _kill(slot)
                    await slot.process.wait()
        return code

    async def _keep(self, slot: Slot) -> None:
        """Fill one place with a worker, again and again."""
        pause, failed = FIRST_PAUSE_S, 0
        while not self.stopping.is_set():
            was_ready = await self._one_life(slot)
            if self.stopping.is_set():
                return
            if not self.started:
                raise StartFailed(slot.reason())
            failed = 0 if was_ready else failed + 1
            if failed >= HOPELESS and not any(other.state in ("ready", "leaving") for other in self.slots):
                raise StartFailed(slot.reason())
            pause = FIRST_PAUSE_S if was_ready else min(2 * pause, LONGEST_PAUSE_S)
            self.restarts += 1
            note("warning", "worker ended", worker=slot.index, reason=slot.reason(), again_in_s=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)

    async def _one_life(self, slot: Slot) -> bool:
        """Start a worker and listen to it until it ends; whether it was ready at any time."""
        slot.failure, slot.drained, was_ready = None, False, False
        try:
            slot.talk = await self._begin(slot)
        except OSError as error:  # no more processes or descriptors: as a worker that dies at once
            slot.failure = {
                "code": "worker_died",
                "message": f"worker {slot.index} cannot be started: {error}",
            }
            return False
        assert slot.door is not None and slot.process is not None  # noqa: S101, PT018 - for the type checker
        if self.stopping.is_set():  # what ``_end_all`` has said, nobody was there to hear
            slot.say("drain")
            slot.say("end")
        async for word in slot.talk.words():
            self._hear(slot, word)
            was_ready = was_ready or slot.state == "ready"
        slot.talk.close()
        slot.door.close()
        slot.state, slot.talk, slot.door = "down", None, None
        self.board.put(slot.index, OPEN, 0)
        await slot.process.wait()
        self.board.clear(slot.index)
        self.gone = figures.lasting(figures.add([self.gone, slot.last]))
        slot.last, slot.silent = {}, 0
        self._check_drained()
        slot.told.set()
        return was_ready

    async def _begin(self, slot: Slot) -> Talk:
        """Start the process of a worker.

        Raises:
            OSError: the system starts none; nothing of it is left.
        """
        with ExitStack() as undo, ExitStack() as theirs:
            ours, its_talk = socket.socketpair()
            undo.enter_context(ours)
            theirs.enter_context(its_talk)
            door, its_door = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            undo.enter_context(door)
            theirs.enter_context(its_door)
            door.setblocking(False)
            descriptors = (its_talk.fileno(), its_door.fileno(), self.memory, self.plan.settings)
            slot.process = await asyncio.create_subprocess_exec(
                *command("worker", slot.index, self.plan.workers, self.plan.pipelines, *descriptors),
                stdin=subprocess.DEVNULL,
                pass_fds=descriptors,
                process_group=0,  # Ctrl-C is for the parent, which tells the workers
            )
            talk = await Talk.over(ours)
            slot.door = door
            undo.pop_all()
        return talk

    def _hear(self, slot: Slot, word: Word) -> None:
        match word["say"]:
            case "up":
                slot.state = "up"
                self.giver.look()
            case "ready":
                slot.state = "ready"
                self._open_ready()
            case "leaving":
                slot.state = "leaving"
                self.board.put(slot.index, OPEN, 0)
            case "drained":
                slot.drained = True
                self._check_drained()
                if not self.stopping.is_set():  # told to end by somebody else: it ends alone
                    slot.say("end")
            case "failed":
                slot.failure = word
            case "figures":
                slot.last = figures.read(word["text"])
                slot.told.set()
            case "ask":
                answer = asyncio.create_task(self._answer(slot, word["id"]))
                self._answers.add(answer)
                answer.add_done_callback(self._answers.discard)

    def _open_ready(self) -> None:
        """At the start all open at once, or the first one would get all connections; later each for itself."""
        ready = [slot for slot in self.slots if slot.state == "ready"]
        if not self.started and len(ready) < len(self.slots):
            return
        for slot in ready:
            self.board.put(slot.index, OPEN, 1)
            slot.say("open")
        if not self.started:
            self.started = True
            sys.stderr.write(f"{self.plan.banner}\n")
            sys.stderr.flush()

    def _check_drained(self) -> None:
        if self.stopping.is_set() and all(slot.drained or slot.talk is None for slot in self.slots):
            self.drained.set()

    async def _answer(self, asker: Slot, number: int) -> None:
        """Ask all workers for their figures and tell the sum."""
        asked = [slot for slot in self.slots if slot.talk is not None]
        for slot in asked:
            slot.told.clear()
            slot.say("figures")
        telling = [asyncio.create_task(slot.told.wait()) for slot in asked]
        silent: set[asyncio.Task[Literal[True]]] = set()
        if telling:
            _, silent = await asyncio.wait(telling, timeout=FIGURES_S)
        for task in silent:
            task.cancel()
        ready = sum(slot.state == "ready" for slot in self.slots)
        total = figures.add(
            [
                *(slot.last for slot in self.slots),
                self.gone,
                figures.figure("siseon_workers", "Worker processes that take requests.", ready),
                figures.figure(
                    "siseon_workers_silent", "Workers of which these are older figures.", len(silent)
                ),
                figures.figure(
                    "siseon_worker_restarts_total", "Workers started again.", self.restarts, "counter"
                ),
            ]
        )
        asker.say("answer", id=number, text=figures.write(total))

    async def _watch(self) -> None:
        """Find workers whose event loop stands still: they get no connections, and in the end they are killed."""
        while True:
            await asyncio.sleep(BEAT_S)
            for slot in self.slots:
                beat = self.board.get(slot.index, BEAT)
                slot.silent = slot.silent + 1 if beat == slot.beat and slot.state != "down" else 0
                slot.beat = beat
                if slot.silent == LATE:
                    note("warning", "worker does not answer", worker=slot.index, for_s=LATE * BEAT_S)
                if slot.silent >= STUCK and slot.process is not None:
                    note("error", "worker is stuck and is killed", worker=slot.index)
                    _kill(slot)
            self.giver.look()

    async def _end_all(self) -> None:
        """After a signal: drain all, then end all, then kill what is left."""
        await self.stopping.wait()
        loop = asyncio.get_running_loop()
        until = loop.time() + self.plan.drain_s + END_S
        for slot in self.slots:
            slot.say("drain")
        self._check_drained()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.drained.wait(), self.plan.drain_s + END_S)
        self.giver.close()
        for slot in self.slots:
            slot.say("end")
        await asyncio.sleep(max(END_S, until - loop.time()))
        for slot in self.slots:
            if slot.process is not None and slot.process.returncode is None:
                note("error", "worker does not end and is killed", worker=slot.index)
                _kill(slot)


def _kill(slot: Slot) -> None:
    """Kill a worker, which may have ended a moment ago without anybody having looked."""
    if slot.process is not None:
        with suppress(ProcessLookupError):
            slot.process.kill()


def main() -> None:
    """Run the parent as its own process."""
    plan = Plan(**json.loads(sys.argv[1]))
    os.set_inheritable(plan.listener, False)
    sys.exit(asyncio.run(Parent(plan).run()))


if __name__ == "__main__":
    main()
