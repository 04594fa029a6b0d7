"""Workers that die, hang, are stopped or babble under a batch: what becomes of its items."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from engine.placement.processes.stages import BABBLES, HANGS, KILLS, KILLS_ONCE, STOPS, Fragile, Lives
from siseon.contracts import CapacityError, FailureCode, InputError, StageFailed
from siseon.engine import clock
from siseon.engine.placement.processes.memory import Memory
from siseon.engine.placement.processes.replica import Workers

DEATHS = 10 if "SISEON_CHAOS" in os.environ else 5


@pytest.fixture
def fragile(opened, tmp_path):
    return opened(Fragile(str(tmp_path / "lives")))


def codes(outcomes):
    return [outcome if type(outcome) is int else outcome.code for outcome in outcomes]


def test_the_batch_of_a_worker_that_died_runs_once_more(fragile):
    assert fragile.run([1, KILLS_ONCE, 3], None) == [2, 2 * KILLS_ONCE, 6]


def test_an_item_that_kills_its_worker_fails_alone_and_may_be_tried_again(fragile, until_true):
    outcomes = fragile.run([1, KILLS, 3, -4], None)
    assert codes(outcomes) == [2, FailureCode.worker_died, 6, FailureCode.invalid_input]
    assert isinstance(outcomes[1], CapacityError)
    assert outcomes[1].failure().retryable
    until_true(lambda: fragile.statistics().restarts == 2)
    assert len(fragile.statistics().workers) == 2


def test_a_worker_that_was_killed_between_two_batches_costs_nobody_an_answer(fragile, until_true):
    os.kill(
        next(iter(fragile.statistics().workers)), signal.SIGKILL
    )  # of both, the second try might be a dead one's
    assert fragile.run([1, 2], None) == [2, 4]
    until_true(lambda: fragile.statistics().restarts == 1)


@pytest.mark.parametrize("harm", [HANGS, STOPS], ids=["hangs", "is stopped"])
def test_a_worker_that_does_not_answer_is_killed_and_replaced(harm, fragile, until_true):
    before = set(fragile.statistics().workers)
    fragile._stage.stuck_after_s = 0.5
    outcomes = fragile.run([1, harm], None)
    fragile._stage.stuck_after_s = 1000
    assert codes(outcomes) == [FailureCode.worker_stuck] * 2
    assert "0.5 seconds" in str(outcomes[0])
    until_true(lambda: len(fragile.statistics().workers) == 2 and fragile.statistics().restarts == 1)
    assert len(set(fragile.statistics().workers) - before) == 1
    assert fragile.run([5], None) == [10]


def test_a_worker_that_writes_garbage_is_replaced(fragile, until_true):
    assert codes(fragile.run([BABBLES], None)) == [FailureCode.worker_died]
    assert fragile.run([5], None) == [10]
    until_true(lambda: len(fragile.statistics().workers) == 2)


def test_nobody_waits_beyond_the_deadline_for_a_new_worker(fragile):
    outcomes = fragile.run([KILLS] * 3, clock.now() + 0.2)
    assert FailureCode.deadline_exceeded in codes(outcomes)


def test_giving_up_ends_what_runs_and_what_comes(fragile, until_true):
    fragile._stage.stuck_after_s = 1000
    outcomes: list[object] = []
    running = threading.Thread(target=lambda: outcomes.extend(fragile.run([HANGS], None)))
    running.start()
    until_true(lambda: fragile._crew._busy)
    fragile.give_up()
    running.join()
    assert codes(outcomes + fragile.run([1], None)) == [FailureCode.shutting_down] * 2


def test_setup_and_teardown_run_in_each_worker_and_choose_the_limits(tmp_path, opened):
    stage = Lives(str(tmp_path / "diary"))
    workers = opened(stage)
    assert (stage.replicas, stage.max_batch, workers.credits) == (2, 3, 2)
    assert stage.bucket(15) == 2, "what setup has set of plain values is known here"
    pids = set(workers.statistics().workers)
    workers.close()
    noted = sorted((tmp_path / "diary").read_text().splitlines())
    assert noted == sorted(f"{what} {pid}" for what in ("setup", "teardown") for pid in pids)
    assert os.getpid() not in pids


@pytest.mark.parametrize(
    ("fails", "kind", "text"),
    [
        ("setup", InputError, "setup does not like it"),
        ("setup raises", StageFailed, "setup raised ZeroDivisionError: setup"),
        ("setup exits", StageFailed, "ended with status 3 while it started"),
        ("setup hangs", StageFailed, "did not return within 1.5 seconds"),
    ],
)
def test_a_start_that_fails_says_why(fails, kind, text, tmp_path, nothing_is_left, caplog):
    stage = Lives(str(tmp_path / "diary"), fails=fails)
    if "hangs" in fails:
        stage.start_timeout_s = 1.5
    with pytest.raises(StageFailed if kind is StageFailed else Exception, match=text) as failed:
        Workers(stage, Memory(1 << 20)).open()
    assert failed.value.code is kind.default_code


@pytest.mark.parametrize(
    ("fails", "text"),
    [
        ("teardown", "teardown does not like it"),
        ("teardown raises", "ZeroDivisionError: teardown"),
        ("teardown hangs", "did not return within 0.5 seconds"),
    ],
)
def test_a_teardown_that_fails_is_told_and_all_have_ended(fails, text, tmp_path, nothing_is_left, caplog):
    stage = Lives(str(tmp_path / "diary"), fails=fails)
    if "hangs" in fails:
        stage.stop_timeout_s = 0.5
    workers = Workers(stage, Memory(1 << 20))
    workers.open()
    pids = list(workers.statistics().workers)
    with pytest.raises(Exception, match=text):
        workers.close()
    assert not any(_exists(pid) for pid in pids)


def test_workers_killed_under_load_cost_nobody_an_answer(fragile, until_true):
    """The quick form of ``benchmarks/kill_workers.py``; ``SISEON_CHAOS=1`` kills ten."""
    answers: list[list[list[object]]] = [[], []]
    stop = threading.Event()

    def ask(own: list[list[object]]) -> None:
        while not stop.is_set():
            own.append(fragile.run([1, 2, 3], None))

    asking = [threading.Thread(target=ask, args=(own,)) for own in answers]
    for one in asking:
        one.start()
    killed: set[int] = set()
    for _ in range(DEATHS):
        until_true(lambda: len(fragile.statistics().workers.keys() - killed) == 2)
        seen = [len(own) for own in answers]
        pid = min(fragile.statistics().workers.keys() - killed)
        killed.add(pid)
        os.kill(pid, signal.SIGKILL)
        # An item whose worker is killed a second time fails, as it should: each asker has to be past this kill.
        until_true(lambda seen=seen: all(len(own) > was + 1 for own, was in zip(answers, seen, strict=True)))
    stop.set()
    for one in asking:
        one.join()
    assert [codes(batch) for own in answers for batch in own if batch != [2, 4, 6]] == []
    until_true(lambda: fragile.statistics().restarts == DEATHS)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
