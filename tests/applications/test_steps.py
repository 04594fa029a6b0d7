"""How far work is, told in one form to whoever watches."""

from __future__ import annotations

from siseon.applications.steps import Step, together


def step(name: str, done: int, total: int | None, seconds: float = 0.0) -> Step:
    return Step(name=name, done=done, total=total, unit="frames", seconds=seconds)


def test_the_steps_of_parts_add_up_by_name_in_their_order() -> None:
    found = together([step("a", 1, 2, 0.5), step("b", 4, None), step("a", 3, 3, 1.5)])
    assert list(found.values()) == [step("a", 4, 5, 2.0), step("b", 4, None)]
    assert found["a"].rate == 2.0
    assert not found["a"].is_over


def test_what_took_no_time_has_no_rate() -> None:
    assert step("a", 3, 3).rate is None
    assert step("a", 3, 3).is_over
