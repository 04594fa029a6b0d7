"""What leaves this process, and what says that it cannot."""

from __future__ import annotations

import threading

import pytest

from engine.placement.processes import stages
from engine.placement.processes.stages import Does, Echo, Serial
from siseon.contracts import ContractViolation
from siseon.engine import Stage
from siseon.engine.placement.processes.recipe import PackedRecipe, unpack_recipe


class Counted:
    """A part of a recipe that hears of its copies."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[tuple[str, object]] = []

    def __reduce__(self) -> tuple[object, ...]:
        return Counted, (self.name,)

    def report(self) -> object:
        return f"a copy of {self.name}"

    def idle(self) -> None: ...

    def hear(self, worker: str, report: object) -> None:
        self.heard.append((worker, report))


class Parts(Stage[int, int]):
    def __init__(self, first: Counted, others: list[Counted]) -> None:
        self.first = first
        self.others = others

    def process(self, batch):
        return list(batch)


def test_a_stage_is_made_again_with_what_was_set_on_it():
    stage = Does(1, "two", three=[3])
    stage.name, stage.max_queue, stage.max_batch = "renamed", 5, 2
    packed = PackedRecipe(stage)
    again, copies = unpack_recipe(packed.stream, packed.plain, lambda: None)
    assert type(again) is Does
    assert (again.arguments, again.more) == ((1, "two"), {"three": [3]})
    assert (again.label, again.max_queue, again.max_batch, copies) == ("renamed", 5, 2, [])


def test_originals_and_their_copies_have_one_order_and_stay_one_each():
    one, other = Counted("one"), Counted("other")
    packed = PackedRecipe(Parts(one, [other, one]))
    again, copies = unpack_recipe(packed.stream, packed.plain, lambda: None)
    assert packed.originals == [one, other]
    assert [copy.report() for copy in copies] == ["a copy of one", "a copy of other"]
    assert again.first is again.others[1] is copies[0]


@pytest.mark.parametrize(
    ("stage", "culprit"),
    [
        (lambda: Does(1, threading.Lock()), "argument 2 of its constructor"),
        (lambda: Does(callback=lambda: None), "its argument 'callback'"),
        (lambda: Does([open]) and type("Local", (Echo,), {})(), "its class"),
    ],
)
def test_what_cannot_be_sent_is_named_with_a_remedy(stage, culprit):
    with pytest.raises(ContractViolation) as refused:
        PackedRecipe(stage())
    assert "cannot leave its process" in str(refused.value)
    assert culprit in str(refused.value)
    assert "threads" in str(refused.value.hint)


def test_a_stage_with_state_does_not_leave_its_process():
    with pytest.raises(ContractViolation, match=r"'Serial' cannot leave its process: it keeps state"):
        PackedRecipe(Serial())


def test_a_stage_that_cannot_leave_says_so_at_its_start(opened):
    with pytest.raises(ContractViolation, match="cannot leave"):
        opened(Does(threading.Lock()))


def test_a_worker_has_the_arguments_and_the_plain_values(opened):
    stage = Does(1, two=2)
    stage.name, stage.max_queue = "renamed", 5
    assert opened(stage).run([(stages.arguments, ())], None) == [((1,), {"two": 2}, "renamed", 5)]
