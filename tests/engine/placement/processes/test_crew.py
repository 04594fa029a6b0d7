"""Who is replaced when, and when a stage fails by name instead of dying for ever."""

from __future__ import annotations

import os
import resource
import signal
import threading
from contextlib import suppress

import pytest

from engine.placement.processes.stages import DiesAtOnce, Echo, SetsUpOnce
from siseon.contracts import FailureCode, SiseonError
from siseon.engine.placement.processes import crew
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.replica import Workers


@pytest.fixture
def dying(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(crew, "DEATHS_IN_A_ROW", 3)
    return opened(DiesAtOnce(str(tmp_path / "mark")))


def test_workers_that_die_over_and_over_make_the_stage_fail_by_name(dying, until_true, caplog):
    (outcome,) = dying.run([1], None)
    assert outcome.code is FailureCode.worker_died
    until_true(lambda: dying._crew._deaths == 3)
    (refused,) = dying.run([2], None)
    assert refused.code is FailureCode.worker_died
    assert "die over and over; the last one could not start" in str(refused)
    assert "status 7" in str(refused)
    assert refused.failure().retryable
    until_true(lambda: "the next one starts in 30.0 s" in caplog.text)
    assert dying.statistics().workers == {}


def test_a_pause_grows_with_the_deaths_in_a_row():
    one = crew.Crew.__new__(crew.Crew)
    pauses = []
    for deaths in range(1, crew.DEATHS_IN_A_ROW + 2):
        one._deaths = deaths
        pauses.append(one._pause())
    assert pauses == [0, 0.1, 0.2, 0.4, 0.8, crew.PAUSE_S, crew.PAUSE_S]


def test_one_that_gets_ready_while_the_stage_closes_is_ended(opened, until_true, monkeypatch):
    workers = opened(Echo())
    its = workers._crew
    launch, closing = its._launch, threading.Thread(target=its.close, args=(5.0,))

    def launch_and_close():
        child, plain = launch()
        closing.start()
        until_true(its._closing.is_set)
        until_true(lambda: not its._free)
        return child, plain

    monkeypatch.setattr(its, "_launch", launch_and_close)
    (pid,) = workers.statistics().workers
    os.kill(pid, signal.SIGKILL)
    until_true(its._closing.is_set)
    closing.join(20)
    assert not closing.is_alive()


def test_giving_up_ends_a_wait_for_a_worker_that_does_not_start(opened, until_true, tmp_path):
    workers = opened(SetsUpOnce(str(tmp_path / "mark")))
    (pid,) = workers.statistics().workers
    os.kill(pid, signal.SIGKILL)
    until_true(lambda: pid not in workers.statistics().workers)
    outcomes = []
    waiting = threading.Thread(target=lambda: outcomes.extend(workers.run([1], None)))
    waiting.start()
    until_true(lambda: workers._crew._changed._waiters)
    workers.give_up()
    waiting.join(20)
    assert [outcome.code for outcome in outcomes] == [FailureCode.shutting_down]


@pytest.mark.parametrize("spare", range(10))
def test_a_start_without_descriptors_fails_by_name_and_keeps_none(spare, nothing_is_left):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    memory = Memory(1 << 20)
    workers = Workers(Echo(), memory)
    used = max(map(int, os.listdir("/proc/self/fd")))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + spare, hard))
    try:
        with suppress(SiseonError):
            workers.open()
            workers.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert memory.numbers() == set()
