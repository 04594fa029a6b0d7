"""The parent at moments that only a test can choose."""

from __future__ import annotations

import asyncio
import os
import pickle
import socket

import pytest

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
