"""One bad item fails alone, cheaply, and no item ever gets the answer of another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import DeadlineExceeded, InputError, SiseonError, StageFailed
from siseon.engine import Stage

pytestmark = pytest.mark.usefixtures(bounded.__name__)

FULL = 32
MOST_CALLS = 12
"""Of ``process``, for a full batch with one bad item: the batch, and two halves at each of five levels, is 11."""


class Refuses(Stage[int, int]):
    """Ten times each item; raises for a batch with a negative one."""

    max_batch = FULL
    max_queue = 4096

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.calls.append(list(batch))
        if any(item < 0 for item in batch):
            raise InputError("negative numbers are refused")
        return [10 * item for item in batch]


class Sorts(Refuses):
    """Sorts its list in place, computes, and puts the results back into the order of the items."""

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        order = sorted(range(len(batch)), key=batch.__getitem__)
        batch.sort()  # type: ignore[attr-defined]
        results = super().process(batch)
        unsorted = [0] * len(order)
        for place, index in enumerate(order):
            unsorted[index] = results[place]
        return unsorted


class Pops(Refuses):
    """Empties its list as it computes."""

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        super().process(batch)
        return [10 * batch.pop(0) for _ in range(len(batch))]  # type: ignore[attr-defined]


class ClearsThenRaises(Refuses):
    def process(self, batch: Sequence[int]) -> Sequence[int]:
        items = list(batch)
        batch.clear()  # type: ignore[attr-defined]
        return super().process(items)


class SwapsItems(Refuses):
    """Writes into its list what is not there, before it raises."""

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        items = list(batch)
        for place in range(len(items)):
            batch[place] = 99  # type: ignore[index]
        return super().process(items)


@pytest.mark.parametrize("kind", [Sorts, Pops, ClearsThenRaises, SwapsItems])
@pytest.mark.parametrize("items", [[5, -1, 1, 3], [4, 3, 2, 1], [3, 1, 2, -5, -6, 0]])
async def test_no_item_gets_the_answer_of_another_when_process_changes_its_list(kind, items, caplog):
    async with kind() as stage:
        mapped, *single = await asyncio.gather(
            stage.map(items, fallback=None), *map(stage, items), return_exceptions=True
        )
        assert await stage(8) == 80
    for item, outcome in zip(items, single, strict=True):
        assert isinstance(outcome, SiseonError) if item < 0 else outcome == 10 * item
    assert mapped == [None if item < 0 else 10 * item for item in items]


async def test_results_are_taken_before_the_stage_uses_its_list_again(until):
    class OneList(Stage[int, int]):
        """Writes every batch's results into the same list."""

        max_batch = 4

        def __init__(self) -> None:
            self.out: list[int] = []

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            self.out.clear()
            self.out += [10 * item for item in batch]
            return self.out

    async with OneList() as stage:
        assert await stage.map(range(100)) == [10 * n for n in range(100)]


@pytest.mark.parametrize("bad", [0, 13, FULL - 1])
async def test_one_bad_item_of_a_full_batch_is_found_by_halving(bad):
    items = [-1 if n == bad else n for n in range(FULL)]
    async with Refuses() as stage:
        outcomes = await stage.map(items, fallback=None)
    assert outcomes == [None if item < 0 else 10 * item for item in items]
    assert len(stage.calls) <= MOST_CALLS


@pytest.mark.parametrize("bad", [{0, 31}, {3, 4, 20}, {0, 1, 2, 3}, {1, 11, 21, 31}])
async def test_a_few_bad_items_of_a_full_batch_fail_alone(bad):
    items = [-1 if n in bad else n for n in range(FULL)]
    async with Refuses() as stage:
        outcomes = await stage.map(items, fallback=None)
    assert outcomes == [None if item < 0 else 10 * item for item in items]
    assert len(stage.calls) <= MOST_CALLS * len(bad)


async def test_healthy_items_get_their_answers_when_every_other_item_is_bad():
    items = [-1, 1] * 4
    async with Refuses() as stage:
        outcomes = await stage.map(items, fallback=None)
    assert outcomes == [None, 10] * 4


async def test_each_bad_item_fails_with_its_own_failure():
    class Names(Refuses):
        def process(self, batch: Sequence[int]) -> Sequence[int]:
            if bad := [item for item in batch if item < 0]:
                raise InputError(f"{bad[0]} is refused")
            return batch

    stage = Names()
    stage.max_batch, stage.linger_ms = 4, 60_000
    async with stage:
        outcomes = await asyncio.gather(*map(stage, [1, -2, 3, -4]), return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [1, 3]
    assert [str(outcomes[1]), str(outcomes[3])] == ["-2 is refused", "-4 is refused"]


async def test_one_bad_item_in_a_hundred_costs_few_calls():
    items = [-1 if n % 100 == 50 else n for n in range(3200)]
    async with Refuses() as stage:
        outcomes = await stage.map(items, fallback=None)
    assert outcomes == [None if item < 0 else 10 * item for item in items]
    batches, bad = len(items) / FULL, sum(item < 0 for item in items)
    assert len(stage.calls) <= 1.2 * (batches + 10 * bad)  # one by one it is 100 + 32 * 32 calls


class Fails(Refuses):
    def __init__(self, error: Callable[[], BaseException]) -> None:
        super().__init__()
        self.error = error

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.calls.append(list(batch))
        raise self.error()


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (lambda: InputError("out of order"), InputError),
        (lambda: ValueError("out of order"), StageFailed),
        (lambda: MemoryError(), StageFailed),
    ],
)
async def test_a_stage_that_fails_as_a_whole_is_not_run_item_by_item(error, named, caplog):
    async with Fails(error) as stage:
        outcomes = await asyncio.gather(
            stage.map(range(FULL // 2)), *(stage(n) for n in range(FULL // 2, FULL)), return_exceptions=True
        )
    assert all(isinstance(outcome, named) for outcome in outcomes)
    assert len(stage.calls) <= MOST_CALLS
    assert all(outcome.stage == "Fails" for outcome in outcomes)


async def test_a_stage_that_failed_as_a_whole_is_tried_again_for_the_next_batch(caplog):
    class Recovers(Refuses):
        broken = True

        def process(self, batch: Sequence[int]) -> Sequence[int]:
            if self.broken:
                raise ValueError("no device")
            return super().process(batch)

    async with Recovers() as stage:
        assert await stage.map(range(FULL), fallback=None) == [None] * FULL
        stage.broken = False
        assert await stage.map(range(FULL)) == [10 * n for n in range(FULL)]


async def test_an_item_whose_caller_has_gone_is_not_tried_again(until):
    stage = Held()
    stage.max_batch, stage.linger_ms = 4, 60_000
    async with stage:
        calls = [asyncio.ensure_future(stage(n)) for n in (1, -1, 3, 4)]
        await until(lambda: stage.batches)
        calls[3].cancel()
        await asyncio.wait([calls[3]])
        stage.gate.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert (outcomes[0], outcomes[2]) == (1, 3)
    assert isinstance(outcomes[1], InputError)
    assert isinstance(outcomes[3], asyncio.CancelledError)
    assert stage.batches[0] == [1, -1, 3, 4]
    assert not any(4 in batch for batch in stage.batches[1:])


async def test_an_item_whose_deadline_has_passed_is_not_tried_again(until):
    stage = Held()
    stage.max_batch, stage.linger_ms = 3, 60_000
    async with Through(stage) as pipeline:
        calls = [asyncio.ensure_future(pipeline(n)) for n in (1, -1)]
        late = asyncio.ensure_future(pipeline(3, timeout=1.0))
        await until(lambda: stage.batches)
        with pytest.raises(DeadlineExceeded):
            await late
        stage.gate.set()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert outcomes[0].data == 1
    assert isinstance(outcomes[1], InputError)
    assert not any(3 in batch for batch in stage.batches[1:])


class Returns(Stage[int, object]):
    """Returns a failure in the place of a negative item, instead of raising."""

    max_batch = FULL

    def __init__(self, failure: Callable[[], BaseException]) -> None:
        self.failure = failure
        self.calls = 0

    def process(self, batch: Sequence[int]) -> Sequence[object]:
        self.calls += 1
        return [self.failure() if item < 0 else item for item in batch]


async def test_process_may_return_a_named_failure_in_an_items_place():
    async with Returns(lambda: InputError("refused")) as stage:
        assert await stage.map([1, -1, 3], fallback=None) == [1, None, 3]
        with pytest.raises(InputError, match="refused") as failed:
            await stage.map([1, -1, 3])
        assert stage.calls == 2  # the cheap way: nothing is run again
    assert failed.value.stage == "Returns"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError, StopIteration])
async def test_an_exception_without_a_name_in_an_items_place_fails_that_item_by_name(error, caplog):
    async with Returns(lambda: error("found in the results")) as stage:
        assert await stage.map([1, -1, 3], fallback=None) == [1, None, 3]
        with pytest.raises(StageFailed, match=error.__name__) as failed:
            await stage(-1)
    assert failed.value.stage == "Returns"


class TooLarge(Refuses):
    """Runs out of memory for a full batch, in a frame in which the last item is still a local variable."""

    max_batch = 8

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        self.calls.append(list(batch))
        results = []
        for item in batch:
            results.append(10 * item)  # noqa: PERF401 - the loop leaves its variable behind
        if len(batch) >= self.max_batch:
            raise RuntimeError("out of memory")
        return results


class FailsOnce(TooLarge):
    """Loses its connection during the first batch."""

    def process(self, batch: Sequence[int]) -> Sequence[int]:
        if not self.calls:
            return super().process(batch)
        self.calls.append(list(batch))
        return [10 * item for item in batch]


@pytest.mark.parametrize("kind", [TooLarge, FailsOnce])
async def test_no_item_fails_that_was_never_run_alone(kind, caplog):
    items = [1000 + n for n in range(8)]  # each an object of its own, which a traceback can tell
    async with kind() as stage:
        assert await stage.map(items) == [10 * item for item in items]
    assert [items[-1]] in stage.calls
