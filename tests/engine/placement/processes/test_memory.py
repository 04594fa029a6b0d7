"""All arenas together: lent by address, taken back from the dead, and done without where there is no room."""

from __future__ import annotations

import os

import numpy as np
import pytest

from engine.placement.processes.shared import shared_names
from engine.placement.processes.stages import Negative
from siseon.engine.placement.processes.memory import Memory

PICTURE = np.random.default_rng(5).integers(0, 256, 100_000, np.uint8)


def test_bytes_that_lie_in_an_arena_are_lent_by_their_address():
    memory = Memory(1 << 20)
    _, arena = memory.new(), memory.new()
    ref, lease = arena.put(PICTURE, "call")
    shown = arena.show(ref, "parent")
    arena.slots.release(lease)
    found, where, _ = memory.lend(shown[100:200], "worker")
    assert where is arena
    assert (found.start, found.length) == (100, 100)
    assert arena.slots.owners() == {"parent": 1, "worker": 1}
    assert memory.lend(PICTURE, "worker") is None


def test_a_dead_worker_holds_nothing_and_its_arena_is_dropped():
    memory = Memory(1 << 20)
    own, other = memory.new(), memory.new()
    other.put(PICTURE, "the dead")
    other.put(PICTURE, "another")
    memory.drop(own, "the dead")
    assert memory.numbers() == {other.number}
    assert other.slots.owners() == {"another": 1}


def test_without_shared_memory_all_is_copied_and_counted(opened, monkeypatch, caplog):
    def none(size: int) -> tuple[int, int]:
        raise OSError("no room")

    monkeypatch.setattr("siseon.engine.placement.processes.arena.create", none)
    workers = opened(Negative())
    (came,) = workers.run([PICTURE], None)
    assert (came == 255 - PICTURE).all()
    assert workers.statistics().copies_without_room == 2
    assert "no shared memory" in caplog.text


@pytest.mark.parametrize("harm", ["nothing", "the worker is killed"])
def test_where_there_is_no_memfd_a_nameless_file_takes_its_place(harm, opened, monkeypatch, until_true):
    monkeypatch.delattr(os, "memfd_create")
    before = shared_names()
    workers = opened(Negative())
    if harm != "nothing":
        (pid,) = workers.statistics().workers
        os.kill(pid, 9)
    (came,) = workers.run([PICTURE], None)
    assert (came == 255 - PICTURE).all()
    assert workers.statistics().copies_without_room == 0
    until_true(lambda: shared_names() <= before)  # what other tests have there goes too


def test_who_keeps_the_record_of_a_failure_keeps_no_memory(monkeypatch, caplog):
    def unmapped(descriptor: int, *, writable: bool) -> None:
        raise OSError("too many open files")

    before = os.listdir("/proc/self/fd")
    monkeypatch.setattr("siseon.engine.placement.processes.arena.mapped", unmapped)
    assert Memory(1 << 20).new() is None
    assert "too many open files" in caplog.text
    assert os.listdir("/proc/self/fd") == before
