"""Plans of recordings with round numbers, so that the right answer is known."""

from __future__ import annotations

from functools import cache

import pytest

from siseon.planning.bottleneck import Target
from siseon.planning.plan import make_plan
from siseon.planning.workload import Sizing


@pytest.fixture(scope="module")
def two_stages(recording):
    """50 ms of work; two full cores: 40 requests a second at most."""
    return recording([{"small": [(1, 0.01)], "large": [(1, 0.04)]}], cores=2, replicas=2, per_s=40.0)


@pytest.fixture(scope="module")
def planned(two_stages):
    """The plan for a target; made once, since it takes seconds."""
    return cache(lambda p95_s, per_s: make_plan(two_stages, Target(p95_s=p95_s, per_s=per_s, cores=2)))


def test_an_easy_target_needs_one_replica_each_and_splits_by_what_they_spend(planned) -> None:
    plan = planned(0.4, 2)
    assert plan.meets
    assert {row.stage: row.setting for row in plan.stages} == {
        "small": Sizing(1, 1),
        "large": Sizing(1, 1),
        "hand-over": None,
    }
    small, large, _ = plan.stages
    assert large.budget_s > 3 * small.budget_s


@pytest.mark.parametrize("per_s", [2, 25, 60])
def test_shares_sum_to_the_target_and_to_the_expected_p95(planned, per_s) -> None:
    plan = planned(0.4, per_s)
    assert sum(row.budget_s for row in plan.stages) == pytest.approx(0.4)
    if plan.p95_s is not None:
        assert sum(row.expected_s or 0.0 for row in plan.stages) == pytest.approx(plan.p95_s)


def test_replicas_are_added_where_the_load_needs_them(planned) -> None:
    plan = planned(0.3, 28)
    assert plan.meets
    assert plan.p95_s is not None
    assert plan.p95_s <= 0.3
    settings = {row.stage: row.setting for row in plan.stages}
    assert settings["large"] == Sizing(2, 1)
    assert settings["small"] == Sizing(1, 1)


def test_more_work_than_cores_names_the_stage_with_most_of_it_and_the_cores_that_would_do(planned) -> None:
    plan = planned(0.2, 60)
    assert not plan.meets
    assert plan.p95_s is None
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("large", "cores")
    assert plan.cores_needed == 4
    assert 20 < plan.highest_per_s < 40


def test_a_target_below_the_bare_time_is_missed_at_any_rate(planned) -> None:
    plan = planned(0.045, 1)
    assert not plan.meets
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("large", "service time")
    assert plan.highest_per_s == 0
    assert plan.cores_needed is None


def test_a_target_just_above_the_bare_time_is_missed_by_waiting(planned) -> None:
    plan = planned(0.052, 12)
    assert not plan.meets
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("large", "waiting")
    assert 0 < plan.highest_per_s < 12


def test_steps_that_fill_the_event_loop_are_named(recording) -> None:
    chain = recording(
        [{"a": [(1, 0.01)], "glue": [(1, 0.05)]}], cores=4, replicas=4, per_s=20, steps=["glue"]
    )
    plan = make_plan(chain, Target(p95_s=0.5, per_s=30, cores=4))
    assert not plan.meets
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("glue", "event loop")
    assert plan.cores_needed is None


def test_a_chain_of_steps_alone_has_a_plan_too(recording) -> None:
    chain = recording([{"glue": [(1, 0.01)]}], cores=2, per_s=100, steps=["glue"])
    plan = make_plan(chain, Target(p95_s=0.02, per_s=10, cores=2))
    assert plan.meets
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("glue", "waiting")


def test_a_plan_that_is_met_says_from_which_rate_it_is_not(planned) -> None:
    plan = planned(0.4, 10)
    assert 10 < plan.first_miss.at_per_s <= plan.highest_per_s * 1.02
    assert plan.first_miss.stage == "large"


def test_few_replicas_are_named_when_they_give_way_before_the_cores_do(recording) -> None:
    """One replica of the large stage meets the target; what it cannot do the cores still could."""
    wide = recording([{"small": [(1, 0.01)], "large": [(1, 0.04)]}], cores=8, replicas=8, per_s=160.0)
    plan = make_plan(wide, Target(p95_s=1.0, per_s=10, cores=8))
    assert {row.stage: row.setting for row in plan.stages}["large"] == Sizing(1, 1)
    assert (plan.first_miss.stage, plan.first_miss.cause) == ("large", "replicas")


def test_batches_are_used_where_they_were_seen_to_help(recording) -> None:
    loaded = {"a": [(1, 0.1), (2, 0.11), (4, 0.13), (8, 0.17)]}
    batching = recording([{"a": [(1, 0.1)]}], per_s=45.0, loaded=loaded)
    plan = make_plan(batching, Target(p95_s=0.5, per_s=20, cores=1))
    assert plan.meets
    setting = plan.stages[0].setting
    assert setting is not None
    assert 1 < setting.max_batch <= 8


def test_one_recording_and_target_make_one_plan(two_stages, planned) -> None:
    assert make_plan(two_stages, Target(p95_s=0.4, per_s=25, cores=2)) == planned(0.4, 25)
