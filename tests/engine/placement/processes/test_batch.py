"""The worker's answers: isolation beside the data, results and failures that cannot be sent, inputs that are kept."""

from __future__ import annotations

import logging
import os
import weakref

import numpy as np
import pytest

from engine.placement.processes import stages
from engine.placement.processes.stages import Does, Echo, Fragile, Negative
from siseon.contracts import ContractViolation, FailureCode, InputError, SiseonError, StageFailed
from siseon.engine.placement.processes.memory import Memory

PICTURE = np.random.default_rng(2).integers(0, 256, (300, 400, 3), np.uint8)
BATCHES = 10_000 if "SISEON_CHAOS" in os.environ else 2_500


@pytest.fixture
def does(opened):
    workers = opened(Does())
    return lambda *calls: workers.run([(function, rest) for function, *rest in calls], None)


def test_results_come_back_read_only_by_reference_and_equal(opened):
    workers = opened(Negative())
    (came,) = workers.run([PICTURE], None)
    assert (came == 255 - PICTURE).all()
    assert not came.flags.writeable


def test_items_are_read_only_large_or_small(does):
    assert does((stages.is_writable, PICTURE), (stages.is_writable, PICTURE[:1, :1])) == [False, False]


def test_a_bad_item_fails_alone_and_by_its_own_name(opened, caplog):
    outcomes = opened(Fragile()).run([1, 2, -3, 4], None)
    assert outcomes[:2] + outcomes[3:] == [2, 4, 8]
    assert type(outcomes[2]) is InputError
    assert outcomes[2].failure().code is FailureCode.invalid_input


def test_what_process_raises_is_named_also_if_nobody_can_import_its_class(does, caplog, until_true):
    foreign, local, left, fine = does(
        (stages.raises,), (stages.raises_a_local_class,), (stages.exits,), (stages.zeros, 3)
    )
    assert type(foreign) is type(local) is type(left) is StageFailed
    assert "LookupError: not found here" in str(foreign)
    assert "Local: of a class that nobody can import" in str(local)
    assert "SystemExit" in str(left)
    assert fine.tolist() == [0, 0, 0]
    until_true(lambda: "raised" in caplog.text)


def test_a_failure_that_cannot_be_made_again_keeps_its_text_and_code(does):
    (failure,) = does((stages.fails_in_a_homemade_way,))
    assert type(failure) is SiseonError
    assert (failure.message, failure.code) == ("one other", FailureCode.stage_failed)


def test_a_result_that_cannot_be_sent_fails_alone(does):
    first, bad, last = does((stages.zeros, 1 << 20), (stages.makes_a_lock,), (stages.zeros, 5))
    assert type(bad) is ContractViolation
    assert "a lock, cannot be sent" in str(bad)
    assert (len(first), len(last)) == (1 << 20, 5)


def test_an_item_that_cannot_be_sent_fails_alone(opened):
    workers = opened(Echo())
    outcomes = workers.run([1, (item for item in ()), PICTURE], None)
    assert outcomes[0] == 1
    assert type(outcomes[1]) is ContractViolation
    assert "cannot be sent to a worker" in str(outcomes[1])
    assert (outcomes[2] == PICTURE).all()


def test_what_one_side_cannot_import_is_named(does, monkeypatch):
    def here_only(_: Does) -> None:
        """A function that only this process has, under a name that seems to be the module's."""

    here_only.__module__, here_only.__qualname__ = stages.__name__, "here_only"
    monkeypatch.setattr(stages, "here_only", here_only, raising=False)
    (outcome,) = does((here_only,))
    assert type(outcome) is ContractViolation
    assert "the worker cannot read the items" in str(outcome)
    assert does((stages.zeros, 1))[0].tolist() == [0]


def test_results_larger_than_the_arena_are_copied_and_counted(opened):
    workers = opened(Does(), arena_bytes=1 << 20)
    (large,) = workers.run([(stages.zeros, (5 << 20,))], None)
    assert len(large) == 5 << 20
    assert not large.flags.writeable
    assert workers.statistics().copies_without_room == 1


def test_a_result_that_is_a_view_of_an_item_is_not_copied(opened):
    memory = Memory(64 << 20)
    negatives, does = opened(Negative(), memory=memory), opened(Does(), memory=memory)
    (shared,) = negatives.run([PICTURE], None)
    (part,) = does.run([(stages.part_of, (shared, 10, 200))], None)
    assert (part == shared[10:200]).all()
    assert np.shares_memory(part, shared)


def test_what_a_stage_keeps_of_its_input_stays_as_it_was(does):
    kept = np.full(200_000, 3, np.uint8)
    does((stages.keeps, kept))
    for value in range(20):
        does((stages.part_of, np.full(300_000, value, np.uint8), 0, 5))
    assert does((stages.kept_sum,)) == [3 * 199_999]
    assert (does((stages.kept,))[0] == 3).all()


def test_the_slot_of_a_kept_input_is_free_when_the_stage_lets_go(opened):
    memory = Memory(64 << 20)
    workers = opened(Does(), memory=memory)
    owners = lambda: [arena.slots.owners() for arena in memory._arenas.values()]  # noqa: E731
    workers.run([(stages.keeps, (PICTURE,))], None)
    (held,) = owners()
    assert list(held.values()) == [1]
    workers.run([(stages.lets_go, ())], None)
    assert owners() == [{}]


def test_a_result_keeps_its_slot_until_nobody_looks_at_it(opened):
    memory = Memory(64 << 20)
    workers = opened(Negative(), memory=memory)
    (arena,) = memory._arenas.values()
    results = workers.run([PICTURE, PICTURE], None)
    corner, gone = results[0][:1, :1], weakref.ref(results[1])
    del results
    assert gone() is None
    assert arena.slots.owners() == {"parent": 1}
    for _ in range(100):
        workers.run([PICTURE], None)
    assert (corner == 255 - PICTURE[:1, :1]).all()
    del corner
    assert arena.slots.owners() == {}


def test_thousands_of_batches_go_through_a_small_arena(opened):
    """Some results are kept for a while: the arena is full at times, everything arrives, nothing is lost of it."""
    memory = Memory(2 << 20)
    workers = opened(Negative(), memory=memory)
    rng = np.random.default_rng(3)
    pool = [rng.integers(0, 256, size, np.uint8) for size in (10, 5_000, 40_000, 90_000, 400_000)]
    kept: dict[int, tuple[int, object]] = {}
    for number in range(BATCHES):
        which = int(rng.integers(len(pool)))
        (came,) = workers.run([pool[which]], None)
        kept[int(rng.integers(8))] = which, came
        if number % 250 == 0:
            assert all((255 - pool[known] == array).all() for known, array in kept.values())
    assert all((255 - pool[known] == array).all() for known, array in kept.values())
    del came
    kept.clear()
    (arena,) = memory._arenas.values()
    assert arena.slots.owners() == {}
    assert arena.slots.free_bytes() == arena.slots.capacity
    assert workers.statistics().copies_without_room > 0


def test_bytes_that_were_scribbled_over_are_found_out(does):
    (outcome,) = does((stages.corrupts, PICTURE))
    assert type(outcome) is ContractViolation
    assert "cannot be read" in str(outcome)


def test_times_of_parts_and_copied_bytes_arrive(opened):
    from siseon.engine.trace import Figures, current_figures

    workers = opened(Negative())
    figures = Figures()
    token = current_figures.set(figures)
    workers.run([PICTURE], None)
    current_figures.reset(token)
    assert set(figures.parts) == {"infer", "transfer"}
    assert all(seconds >= 0 for seconds in figures.parts.values())
    assert 2 * PICTURE.nbytes <= figures.copied_bytes < 2 * PICTURE.nbytes + 2000


def test_a_batch_whose_deadline_has_passed_is_not_searched_for_its_bad_item(opened, caplog):
    caplog.set_level(logging.CRITICAL)
    outcomes = opened(Fragile()).run([1, -2, 3], 0.0)
    late = FailureCode.deadline_exceeded
    assert [outcome.code for outcome in outcomes] == [late, FailureCode.invalid_input, late]


def test_a_stage_that_forks_and_returns_twice_answers_once(does):
    assert does((stages.forks, "first")) == ["first"]
    for number in range(3):
        assert does((stages.says_same, str(number))) == [str(number)]


@pytest.mark.parametrize("kind", [stages.ExitsWhenPacked, stages.ExitsWhenUnpacked])
def test_an_object_that_exits_while_it_crosses_is_a_named_failure(kind, does):
    pid = does((stages.pid,))
    for outcome in (*does((stages.makes, kind)), *does((stages.says_same, kind()))):
        assert type(outcome) is ContractViolation
        assert "SystemExit" in str(outcome)
    assert does((stages.pid,)) == pid
