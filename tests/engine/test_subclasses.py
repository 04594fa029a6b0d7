"""Stages and pipelines may be classes of any kind, and be copied: a copy is one of its own that was never started."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.probes import Held, Through, bounded, threads
from siseon.contracts import ContractViolation
from siseon.engine import Pipeline, Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class Adds(Stage[int, int]):
    """Adds a number."""

    def __init__(self, number: int = 1) -> None:
        self.number = number

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [item + self.number for item in batch]


class InSlots(Stage[int, int]):
    __slots__ = ("number",)

    def __init__(self, number: int = 1) -> None:
        self.number = number

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [item + self.number for item in batch]


@dataclass
class Fields(Stage[int, int]):
    number: int = 1

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [item + self.number for item in batch]


@dataclass(frozen=True)
class Frozen(Stage[int, int]):
    number: int = 1

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [item + self.number for item in batch]


@dataclass(slots=True)
class SlotFields(Stage[int, int]):
    number: int = 1

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        return [item + self.number for item in batch]


class Plain(Pipeline[int, int]):
    def __init__(self, part: Stage[int, int]) -> None:
        self.part = part

    async def run(self, item: int) -> int:
        return await self.part(item)


class SlotPlain(Pipeline[int, int]):
    __slots__ = ("part",)

    def __init__(self, part: Stage[int, int]) -> None:
        self.part = part

    async def run(self, item: int) -> int:
        return await self.part(item)


@dataclass(frozen=True)
class FrozenPlain(Pipeline[int, int]):
    part: Stage[int, int] = field(default_factory=Adds)

    async def run(self, item: int) -> int:
        return await self.part(item)


def pickled(one: Any) -> Any:
    return pickle.loads(pickle.dumps(one))


STAGES = [Adds, InSlots, Fields, Frozen, SlotFields]
PIPELINES = [Plain, SlotPlain, FrozenPlain]
COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, pickled]


@pytest.mark.parametrize("kind", STAGES)
async def test_a_stage_may_be_a_class_of_any_kind(kind):
    async with kind(5) as stage:
        assert await stage(1) == 6


@pytest.mark.parametrize("kind", PIPELINES)
async def test_a_pipeline_may_be_a_class_of_any_kind(kind):
    async with kind(Frozen(5)) as pipeline:
        assert (await pipeline(1)).data == 6


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("kind", STAGES)
async def test_a_copy_of_an_open_stage_is_a_new_one_of_its_own(kind, copied):
    async with kind(5) as stage:
        twin = copied(stage)
        assert (stage.state, twin.state) == ("open", "new")
        assert twin.number == 5
        async with twin:
            assert await twin(1) == 6
        assert (stage.state, twin.state) == ("open", "closed")
        assert await stage(1) == 6
        assert twin.statistics().items == stage.statistics().items == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
@pytest.mark.parametrize("kind", PIPELINES)
async def test_a_copy_of_an_open_pipeline_is_a_new_one_with_stages_of_its_own(kind, copied):
    before = threads()
    async with kind(Adds(5)) as pipeline:
        twin = copied(pipeline)
        assert (pipeline.state, twin.state, twin.part.state) == ("open", "new", "new")
        assert twin.part is not pipeline.part
        async with twin:
            assert (await twin(1)).data == 6
        assert (await pipeline(1)).data == 6
        assert pipeline.part.statistics().items == 1
    assert threads() <= before


@pytest.mark.parametrize("kind", PIPELINES)
async def test_a_shallow_copy_of_an_open_pipeline_is_a_new_one_that_shares_its_stages(kind):
    async with kind(Adds(5)) as pipeline:
        twin = copy.copy(pipeline)
        assert (twin.state, twin.part) == ("new", pipeline.part)
        async with twin:
            assert (await twin(1)).data == 6
        assert pipeline.part.state == "open"
        assert (await pipeline(1)).data == 6


@pytest.mark.parametrize("way", ["bucket", "serial"])
async def test_a_method_set_on_the_stage_itself_counts(way, until):
    def of(item: int) -> Hashable:
        seen.append(item)
        return item % 2

    seen: list[int] = []
    stage = Held(gate=True)
    setattr(stage, way, of)
    async with stage:
        await stage.map(range(8))
    assert seen == list(range(8))
    if way == "bucket":
        assert all(len({item % 2 for item in batch}) == 1 for batch in stage.batches)


@pytest.mark.parametrize("through", [False, True], ids=["stage", "pipeline"])
async def test_a_setup_that_is_a_coroutine_function_stops_the_start_by_name(through):
    class Loads(Held):
        async def setup(self) -> None:  # type: ignore[override]
            pytest.fail("it would run in no loop")

    stage = Loads()
    with pytest.raises(ContractViolation, match=r"def setup|coroutine"):
        await (Through(stage) if through else stage).start()
    assert stage.state == "closed"
