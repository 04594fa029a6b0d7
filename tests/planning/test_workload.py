"""From recorded seconds to work, and back to the latency that was recorded."""

from __future__ import annotations

import pytest

from siseon.planning.recording import RecordedCall, RecordedRequest
from siseon.planning.workload import Sizing, Workload, fixed_share


def test_bare_requests_take_the_time_that_they_took(recording) -> None:
    workload = Workload(
        recording([{"a": [(1, 0.2)], "b": [(2, 0.3), (1, 0.1)]}, {"a": [(1, 0.4)]}], per_s=1.25)
    )
    assert workload.bare(workload.recorded, 1).latency.tolist() == pytest.approx([0.6, 0.4])


def test_the_loaded_rate_tells_what_two_cores_do_together(recording) -> None:
    workload = Workload(recording([{"a": [(1, 0.1)]}], cores=2, replicas=2, per_s=16.0))
    assert workload.machine(2).capacity == pytest.approx(1.6, abs=0.02)
    assert workload.machine(4).capacity == pytest.approx(2.8, abs=0.06)


def test_batches_that_ran_beside_each_other_are_relieved_of_their_slowdown(recording) -> None:
    """Two batches of 0.125 s at once, on cores that do 1.6 together, are 0.1 s of work each; then 0.1 s alone."""
    made = recording([{"a": [(1, 0.125), (1, 0.125)], "b": [(1, 0.1)]}], cores=2, replicas=2, per_s=1.6 / 0.3)
    beside, alone = made.requests[0].calls
    calls = (RecordedCall(stage="a", active_s=0.125, batches=beside.batches), alone)
    made = made.model_copy(update={"requests": (RecordedRequest(elapsed_s=0.225, calls=calls),)})
    workload = Workload(made)
    assert workload.machine(2).capacity == pytest.approx(1.6, rel=0.02)
    assert workload.least_work_s(workload.recorded).tolist() == pytest.approx([0.2, 0.1, 0.0], rel=0.02)
    one_by_one = {"a": Sizing(2, 1), "b": Sizing(2, 1)}
    assert workload.bare(one_by_one, 2).latency == pytest.approx([0.225], rel=0.02)


def test_the_time_between_stages_is_the_event_loops(recording) -> None:
    made = recording([{"a": [(1, 0.1)], "s": [(1, 0.02)]}], steps=["s"], per_s=8.0)
    made = made.model_copy(update={"requests": (made.requests[0].model_copy(update={"elapsed_s": 0.15}),)})
    workload = Workload(made)
    assert workload.stages == ["a", "s", "hand-over"]
    assert workload.loop_work_s(workload.recorded).tolist() == pytest.approx([0.0, 0.02, 0.03])


def test_the_fixed_part_of_a_batch_is_read_from_its_times_by_size(recording) -> None:
    bare = recording([{"a": [(1, 1.0), (3, 1.4)]}] * 3)
    assert fixed_share(bare, bare.stages[0]) == pytest.approx(0.8)


def test_where_requests_have_one_item_it_is_read_from_the_load(recording) -> None:
    made = recording([{"a": [(1, 1.0)]}] * 3, loaded={"a": [(1, 2.0), (2, 2.4), (4, 3.2)]})
    assert fixed_share(made, made.stages[0]) == pytest.approx(0.8)


@pytest.mark.parametrize("loaded", [[(1, 1.0)], [(1, 1.0), (2, 2.2), (4, 4.6)]])
def test_without_a_gain_that_was_seen_a_batch_is_as_long_as_its_items(recording, loaded) -> None:
    made = recording([{"a": [(1, 1.0)]}], loaded={"a": loaded})
    assert fixed_share(made, made.stages[0]) == 0.0


def test_full_batches_need_less_work(recording) -> None:
    made = recording([{"a": [(1, 1.0)]}], loaded={"a": [(1, 1.0), (2, 1.2), (4, 1.6)]})
    workload = Workload(made)
    one, four = (workload.least_work_s({"a": Sizing(1, size)})[0] for size in (1, 4))
    assert (one, four) == (pytest.approx(1.0), pytest.approx(0.4))


def test_what_has_buckets_stays_in_the_batches_that_were_seen(recording) -> None:
    times = [(1, 1.0), (4, 1.1)]
    workload = Workload(recording([{"a": [(3, 0.6), (1, 0.4)]}], loaded={"a": times}, sorted_items=True))
    assert workload.least_work_s({"a": Sizing(1, 8)})[0] == pytest.approx(1.0)
    assert workload.largest_batch("a") == 8


def test_no_batch_is_planned_that_was_not_seen(recording) -> None:
    workload = Workload(recording([{"a": [(1, 1.0)]}], loaded={"a": [(1, 1.0), (3, 1.5)]}))
    assert workload.largest_batch("a") == 3
