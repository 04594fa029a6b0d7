"""The parent at moments that only a test can choose."""

from __future__ import annotations

import asyncio
import os
import pickle
import socket

import pytest

from siseon.service.workers import parent as parent_module
from siseon.service.workers.board import nameless
from siseon.service.workers.parent import Parent
from siseon.service.workers.plan import Plan
from siseon.settings import Settings


@pytest.fixture
def parent():
    kept = pickle.dumps(Settings(pipelines={"text": {}}))
    settings = nameless(len(kept))
    os.pwrite(settings, kept, 0)
    listener = socket.create_server(("127.0.0.1", 0)).detach()
    made = Parent(Plan(1, 1, 5.0, "ready", listener, settings))
    yield made
    made.giver.close()
    os.close(settings)
    os.close(made.memory)


async def test_a_signal_while_a_process_is_started_ends_its_worker_too(parent, monkeypatch):
    begin, processes = parent._begin, []

    async def begin_and_be_told(slot):
        talk = await begin(slot)
        parent.stopping.set()
        while not parent.giver._closed:  # all has been said
            await asyncio.sleep(0)
        processes.append(slot.process)
        return talk

    monkeypatch.setattr(parent, "_begin", begin_and_be_told)
    assert await parent.run() == 0
    (process,) = processes
    assert process.returncode == 0


async def test_a_system_that_starts_no_process_for_a_while_costs_a_pause(parent, monkeypatch, capsys):
    """And not the other workers."""
    begin, begun = parent._begin, []

    async def begin_or_fail(slot):
        begun.append(slot)
        if len(begun) == 1:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        talk = await begin(slot)
        parent.stopping.set()
        return talk

    parent.started = True
    monkeypatch.setattr(parent, "_begin", begin_or_fail)
    assert await parent.run() == 0
    assert len(begun) == 2
    assert "worker 0 cannot be started" in capsys.readouterr().err


class Ended:
    """A process that has ended before anybody looked."""

    returncode = None

    def kill(self) -> None:
        raise ProcessLookupError


async def test_a_stuck_worker_that_ends_as_it_is_killed_does_not_end_the_service(parent, monkeypatch):
    monkeypatch.setattr(parent_module, "BEAT_S", 0.0)
    looks = asyncio.Event()
    monkeypatch.setattr(parent.giver, "look", looks.set)
    (slot,) = parent.slots
    slot.process, slot.state, slot.silent = Ended(), "ready", parent_module.STUCK
    watching = asyncio.create_task(parent._watch())
    async with asyncio.timeout(60):
        await looks.wait()
    assert not watching.done()
    watching.cancel()


async def test_figures_say_of_how_many_workers_they_are_old(parent, monkeypatch):
    monkeypatch.setattr(parent_module, "FIGURES_S", 0.0)
    (slot,) = parent.slots
    slot.talk, said = Said(), []
    slot.talk.say = lambda what, **more: said.append((what, more))
    await parent._answer(slot, 7)
    assert [what for what, _ in said] == ["figures", "answer"]
    assert "siseon_workers_silent 1" in said[-1][1]["text"]


class Said:
    """The side of a talk that a test looks at."""
