"""Whatever a stage's own code does, every caller gets a named failure or an answer, and the stage goes on."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import ContractViolation, InputError, SiseonError, StageFailed
from siseon.engine import Batch, Pipeline, Stage, Trace, step, warn

pytestmark = pytest.mark.usefixtures(bounded.__name__)


class NoText(Exception):
    """Has no text for the engine: on the loop and in threads. pytest, which has neither, may report it."""

    def __str__(self) -> str:
        if asyncio._get_running_loop() is None and threading.current_thread() is threading.main_thread():
            return "no text"
        raise RuntimeError("no text")

    __repr__ = __str__


class NoHash:
    def __hash__(self) -> int:
        raise RuntimeError("no hash")


class NeverEqual:
    """A bucket that can be hashed but not compared."""

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not comparable")


def raises(error: BaseException) -> Callable[[], Any]:
    def call() -> Any:
        raise error

    return call


class Misplaces(Held):
    """``bucket``, ``cost`` or ``serial`` of a negative item is what the test says."""

    max_cost = 100.0

    def __init__(self, **answers: Callable[[], Any]) -> None:
        super().__init__(gate=True)
        self.answers = answers

    def bucket(self, item: int) -> Hashable:
        return self.answers["bucket"]() if item < 0 and "bucket" in self.answers else None

    def cost(self, item: int) -> float:
        return self.answers["cost"]() if item < 0 and "cost" in self.answers else 1.0

    def serial(self, item: int) -> Hashable | None:
        return self.answers["serial"]() if item < 0 and "serial" in self.answers else None


BAD_KEYS: list[tuple[Callable[[], Any], type[SiseonError]]] = [
    (lambda: [1], ContractViolation),
    (lambda: {"width": 3}, ContractViolation),
    (NoHash, ContractViolation),
    (raises(ValueError("no width")), ContractViolation),
    (raises(NoText()), ContractViolation),
    (raises(InputError("no width")), InputError),
]
BAD_COSTS: list[tuple[Callable[[], Any], type[SiseonError]]] = [
    (lambda: None, ContractViolation),
    (lambda: math.nan, ContractViolation),
    (lambda: -1.0, ContractViolation),
    (lambda: "much", ContractViolation),
    (raises(ZeroDivisionError()), ContractViolation),
    (raises(NoText()), ContractViolation),
    (raises(InputError("no size")), InputError),
]


@pytest.mark.parametrize(
    ("rule", "answer", "named"),
    [(rule, *case) for rule in ("bucket", "serial") for case in BAD_KEYS]
    + [("cost", *case) for case in BAD_COSTS],
)
async def test_a_bad_bucket_key_or_cost_fails_its_call_and_the_stage_goes_on(rule, answer, named, caplog):
    async with Misplaces(**{rule: answer}) as stage:
        with pytest.raises(named) as failed:
            await stage(-1)
        with pytest.raises(named):
            await stage.map([1, 2, -1, 3])
        assert stage.statistics().waiting == 0
        assert await stage.map([1, 2, 3]) == [1, 2, 3]
    assert failed.value.stage == "Misplaces"
    assert -1 not in stage.seen


async def test_buckets_that_cannot_be_compared_hang_nobody(until, caplog):
    async with Misplaces(bucket=NeverEqual) as stage:
        outcomes = await asyncio.gather(*(stage(-n) for n in range(1, 9)), return_exceptions=True)
        assert all(isinstance(outcome, SiseonError) for outcome in outcomes)
        assert await stage(1) == 1
        assert stage.statistics().waiting == 0


class Answers(Stage[int, object]):
    """Returns what the test says for a batch with a negative item."""

    max_batch = 4

    def __init__(self, answer: Callable[[Sequence[int]], Any]) -> None:
        self.answer = answer

    def process(self, batch: Sequence[int]) -> Sequence[object]:
        return self.answer(batch) if any(item < 0 for item in batch) else list(batch)


class Exits(list[int]):
    def __iter__(self) -> Any:
        raise SystemExit("no items")


class NoItems(list[int]):
    def __iter__(self) -> Any:
        raise RuntimeError("no items")

    def __getitem__(self, index: object) -> Any:
        raise RuntimeError("no items")


@pytest.mark.parametrize(
    "answer",
    [
        lambda batch: dict.fromkeys(batch),
        lambda batch: set(batch),
        lambda batch: "abcd"[: len(batch)],
        lambda batch: b"abcd"[: len(batch)],
        lambda batch: None,
        lambda batch: 7,
        lambda batch: [],
        lambda batch: batch[1:],
        lambda batch: [*batch, 1],
        lambda batch: InputError("in place of the list"),
    ],
    ids=["dict", "set", "str", "bytes", "None", "int", "nothing", "too few", "too many", "a failure"],
)
async def test_what_is_no_sequence_of_one_result_per_item_fails_every_item_by_name(answer, caplog):
    stage = Answers(answer)
    stage.linger_ms = 60_000
    async with stage:
        outcomes = await asyncio.gather(*map(stage, [1, -2, -3, 4]), return_exceptions=True)
        assert all(isinstance(outcome, ContractViolation) for outcome in outcomes)
        assert await stage.map([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert outcomes[0].stage == "Answers"


@pytest.mark.parametrize("kind", [NoItems, Exits])
async def test_results_that_cannot_be_read_fail_every_item_by_name(kind, caplog):
    async with Answers(lambda batch: kind(batch)) as stage:
        with pytest.raises(SiseonError):
            await stage.map([-1, -2, -3])
        assert await stage(5) == 5


async def test_results_of_any_type_are_delivered_as_they_are(caplog):
    class Strange:
        @property
        def __class__(self) -> type:  # what isinstance() asks
            raise RuntimeError("no class")

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("not comparable")

    async with Answers(lambda batch: [Strange() for _ in batch]) as stage:
        outcome = (await asyncio.gather(stage(-1), return_exceptions=True))[0]
        assert type(outcome) is Strange or issubclass(type(outcome), SiseonError)
        assert await stage(5) == 5


class NoSize:
    @property
    def nbytes(self) -> int:
        raise RuntimeError("no size")


ITSELF: list[Any] = []
ITSELF.append(ITSELF)


@pytest.mark.parametrize("item", [NoSize(), NoItems([1]), Exits([1]), ITSELF], ids=type)
async def test_items_whose_size_cannot_be_read_are_served_and_traced(item, caplog):
    class Counts(Stage[Any, int]):
        def process(self, batch: Sequence[Any]) -> Sequence[int]:
            return [1 for _ in batch]

    traces: list[Trace] = []
    batches: list[Batch] = []
    pipeline = Through(Counts())
    pipeline.on_trace = traces.append
    pipeline.on_batch = batches.append
    async with pipeline:
        assert (await pipeline(item)).data == 1
    assert [span.outcome for span in traces[0].spans] == ["ok"]
    assert [batch.size for batch in batches] == [1]


@pytest.mark.parametrize(
    "error", [NoText, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError]
)
async def test_a_replica_goes_on_after_whatever_process_raises(error, caplog):
    def answer(batch: Sequence[int]) -> Any:
        raise error()

    async with Answers(answer) as stage:
        with pytest.raises(StageFailed, match=error.__name__) as failed:
            await stage(-1)
        with pytest.raises(StageFailed):
            await stage.map([-1, -2, -3, -4])
        assert await stage(1) == 1
    assert failed.value.stage == "Answers"


async def test_a_foreign_exception_without_text_in_an_items_place_is_named(caplog):
    async with Answers(lambda batch: [NoText() for _ in batch]) as stage:
        with pytest.raises(StageFailed, match="NoText"):
            await stage(-1)
        assert await stage(1) == 1


async def test_a_foreign_exception_without_text_in_setup_is_named(caplog):
    class Broken(Held):
        def setup(self) -> None:
            raise NoText

    with pytest.raises(StageFailed, match="NoText"):
        await Broken().start()


async def test_a_foreign_exception_without_text_in_run_is_named(caplog):
    class Broken(Pipeline[int, int]):
        async def run(self, item: int) -> int:
            raise NoText

    async with Broken() as pipeline:
        with pytest.raises(StageFailed, match="NoText"):
            await pipeline(1)


async def test_statistics_can_be_read_at_any_time(until):
    class Loads(Held):
        def setup(self) -> None:
            seen.append(self.statistics().items)

    seen: list[int] = []
    stage = Loads(gate=True)
    seen.append(stage.statistics().items)
    starting = asyncio.ensure_future(stage.start())
    while not starting.done():
        seen.append(stage.statistics().waiting)
        await asyncio.sleep(0)
    await starting
    await stage.stop()
    seen.append(stage.statistics().items)
    assert set(seen) == {0}


async def test_models_that_raise_fail_the_request_by_name(caplog):
    class NoModels(Held):
        def models(self) -> Any:
            raise ValueError("no models")

    traces: list[Trace] = []
    pipeline = Through(NoModels(gate=True))
    pipeline.on_trace = traces.append
    async with pipeline:
        with pytest.raises(StageFailed, match="no models"):
            await pipeline(1)
    assert [trace.outcome for trace in traces] == ["stage_failed"]


async def test_models_that_are_none_fail_the_request_by_name():
    class WrongModels(Held):
        def models(self) -> Any:
            return ["a model"]

    async with Through(WrongModels(gate=True)) as pipeline:
        with pytest.raises(ContractViolation, match="str, not ModelRef"):
            await pipeline(1)


@pytest.mark.parametrize("answer", [raises(KeyError("no label")), lambda: 5])
async def test_a_label_that_is_no_text_stops_the_start_by_name(answer):
    class Nameless(Held):
        @property
        def label(self) -> str:
            return answer()

    stage = Nameless(gate=True)
    with pytest.raises(ContractViolation, match="label"):
        await stage.start()
    with pytest.raises(ContractViolation, match="label") as failed:
        await Through(stage).start()
    assert stage.state == "closed"
    assert failed.value.stage == "only"
    with pytest.raises(StageFailed, match="'Nameless' is not running"):
        await stage(1)


@pytest.mark.parametrize("answer", [raises(KeyError("no name")), lambda: 5])
async def test_a_name_that_is_no_text_stops_the_start_by_name(answer):
    class Nameless(Held):
        @property
        def name(self) -> Any:
            return answer()

    stage = Nameless(gate=True)
    with pytest.raises(ContractViolation, match=r"label (raised|is)"):
        await stage.start()
    pipeline = Through(stage)
    with pytest.raises(ContractViolation, match="the name of stage 'only'"):
        await pipeline.start()
    assert pipeline.state == stage.state == "closed"


async def test_a_label_that_breaks_while_the_stage_runs_costs_nobody_an_outcome():
    class Forgets(Held):
        broken = False

        @property
        def label(self) -> str:
            if self.broken:
                raise RuntimeError("no label")
            return "forgets"

    async with Forgets(gate=True) as stage:
        stage.broken = True
        assert await stage(1) == 1
        with pytest.raises(InputError) as failed:
            await stage(-1)
        assert failed.value.stage == "Forgets"


async def test_an_accelerated_that_raises_stops_the_start_and_holds_no_stage():
    class Unsure(Held):
        @property
        def accelerated(self) -> Any:
            raise RuntimeError("who knows")

    stage = Unsure(gate=True)
    pipeline = Through(stage)
    with pytest.raises(StageFailed, match="who knows"):
        await pipeline.start()
    assert pipeline.state == stage.state == "closed"


async def test_a_remark_or_a_step_that_is_no_text_is_a_named_failure():
    class Remarks(Pipeline[int, int]):
        async def run(self, item: int) -> int:
            if item:
                warn(item)  # type: ignore[arg-type]
            with step(item):  # type: ignore[arg-type]
                return item

    async with Remarks() as pipeline:
        for item in (0, 1):
            with pytest.raises(ContractViolation, match="not a text"):
                await pipeline(item)
