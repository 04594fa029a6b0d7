"""A host that cannot start says so: it is stopped, and so is what it had begun. What is cancelled leaves nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence

import pytest

from siseon.contracts import CapacityError, FailureCode
from siseon.engine import Trace
from siseon.hosting import Host
from siseon.hosting.repository import Repository
from siseon.models.loading import Loading
from siseon.settings import Settings

BOUND_S = 60.0


class Gate:
    """Holds whatever is loaded, once it is closed."""

    def __init__(self) -> None:
        self.open, self.reached = threading.Event(), threading.Event()
        self.open.set()

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, BOUND_S)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, load = Gate(), Loading.load

    def held(*words: object) -> object:
        gate.reached.set()
        assert gate.open.wait(BOUND_S)
        return load(*words)

    monkeypatch.setattr(Loading, "load", held)
    yield gate
    gate.open.set()


async def cancelled(gate: Gate, work: Awaitable[object]) -> None:
    """Cancel it while a network is loaded."""
    gate.open.clear()
    gate.reached.clear()
    task = asyncio.ensure_future(work)
    await gate.until_reached()
    task.cancel()
    await asyncio.sleep(0.01)  # whoever does not wait for the load has ended now
    gate.open.set()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("what", ["a swap", "a loan", "a client's load"])
async def test_what_is_cancelled_while_a_network_is_loaded_keeps_no_network(host, networks, gate, what):
    networks.classifier(name="other-colour")
    made = host()
    await made.start()
    inspection, other = made["inspection"], made.models["other-colour"]
    before = inspection.pipeline
    options = inspection.options.model_copy(update={"classifier": "other-colour"})
    works: dict[str, Callable[[], Awaitable[object]]] = {
        "a swap": lambda: made.swap("inspection", {"classifier": "other-colour"}),
        "a loan": lambda: made.lend("inspection", options, replicas=1),
        "a client's load": lambda: Repository(made).load(other),
    }
    await cancelled(gate, works[what]())
    assert other.state == "unloaded"
    assert (inspection.pipeline, before.state) == (before, "open")
    await made.stop()


async def test_a_start_that_is_cancelled_lets_the_network_of_its_owner_go(networks, gate, tmp_path):
    networks.classifier()
    own = tmp_path / "mine.onnx"
    own.write_bytes((networks.folder / "main-colour.onnx").read_bytes())
    settings = Settings(cache_dir=tmp_path / "cache", own_network=own)
    made = Host(settings.model_copy(update={"pipelines": {}}))
    await cancelled(gate, made.start())
    assert made.state == "stopped"
    assert made.models["mine"].unload_if_unused()
    await made.start()
    assert made.models["mine"].state == "loaded"
    await made.stop()


async def test_a_stop_comes_after_a_swap_that_is_under_way(host, networks, gate):
    networks.classifier(name="other-colour")
    made = host()
    await made.start()
    before = made["inspection"].pipeline
    gate.open.clear()
    swapping = asyncio.create_task(made.swap("inspection", {"classifier": "other-colour"}))
    await gate.until_reached()
    stopping = asyncio.create_task(made.stop())
    await asyncio.sleep(0.01)
    gate.open.set()
    await asyncio.gather(swapping, stopping)
    after = made["inspection"].pipeline
    assert after is not before
    assert (made.state, before.state, after.state) == ("stopped", "closed", "closed")
    assert made.models["other-colour"].state == made.models["main-colour"].state == "unloaded"


async def test_a_swap_whose_turn_comes_after_a_stop_is_refused_and_loads_nothing(host, networks, gate):
    networks.classifier(name="other-colour")
    made = host()
    await made.start()
    gate.open.clear()
    gate.reached.clear()
    under_way = asyncio.create_task(made.swap("inspection", {"classifier": "other-colour"}))
    await gate.until_reached()
    waiting = asyncio.create_task(made.swap("inspection", {"classifier": "main-colour"}))
    await asyncio.sleep(0.01)
    stopping = asyncio.create_task(made.stop())
    await asyncio.sleep(0.01)
    gate.open.set()
    with pytest.raises(CapacityError) as refused:
        await waiting
    assert refused.value.code is FailureCode.shutting_down
    await asyncio.gather(under_way, stopping)
    assert made["inspection"].options.classifier == "other-colour"


async def test_a_swap_has_been_made_also_where_a_stage_of_before_cannot_be_torn_down(
    host, networks, monkeypatch
):
    networks.classifier(name="other-colour")
    made = host()
    await made.start()
    before = made["inspection"].pipeline
    stage = before.stages()["classify"]
    teardown = stage.teardown

    def broken() -> None:
        teardown()
        raise OSError(5, "its own")

    monkeypatch.setattr(stage, "teardown", broken)
    await made.swap("inspection", {"classifier": "other-colour"})
    assert (before.state, made["inspection"].pipeline.state) == ("closed", "open")
    assert made.models["main-colour"].state == "unloaded"
    await made.stop()


async def test_a_swap_loses_no_request_that_takes_longer_than_a_drain_may(
    host, networks, monkeypatch, upload
):
    networks.classifier(name="other-colour")
    made = host(drain_s=0)
    await made.start()
    before = made["inspection"].pipeline
    stage = before.stages()["classify"]
    at_work, go_on, process = asyncio.Event(), threading.Event(), stage.process
    loop = asyncio.get_running_loop()

    def slow(batch: Sequence[object]) -> Sequence[object]:
        loop.call_soon_threadsafe(at_work.set)
        assert go_on.wait(BOUND_S)
        return process(batch)

    monkeypatch.setattr(stage, "process", slow)
    request = asyncio.create_task(made["inspection"].run(upload(), trace=Trace(), timeout=BOUND_S))
    await at_work.wait()
    swapping = asyncio.create_task(made.swap("inspection", {"classifier": "other-colour"}))
    async with asyncio.timeout(BOUND_S):
        while before.state != "draining":
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    go_on.set()
    assert (await request).degraded == []
    await swapping
    await made.stop()


async def test_what_was_stopped_is_not_started_again_and_changes_nothing(host):
    made = host()
    pipeline = made["inspection"].pipeline
    with pytest.raises(CapacityError) as early:
        await made.swap("inspection", {})
    assert early.value.code is FailureCode.model_not_ready
    await made.start()
    await made.start()
    await made.stop()
    assert pipeline.state == "closed"
    for again in (made.start(), made.swap("inspection", {})):
        with pytest.raises(CapacityError) as refused:
            await again
        assert refused.value.code is FailureCode.shutting_down
    assert made.state == "stopped"


@pytest.mark.parametrize("when", ["before anything is loaded", "after a pipeline has started"])
async def test_whatever_stops_the_start_leaves_it_stopped_and_nothing_running(host, when, monkeypatch):
    made = host(pipelines={"inspection": host().settings.pipelines["inspection"], "text": {}})
    inspection, text = (made[name].pipeline for name in ("inspection", "text"))

    def broken() -> list[object]:
        raise OSError(5, "an application's own")

    async def fails() -> None:
        raise OSError(5, "an application's own")

    async def fails_too(**_: object) -> None:
        await stop()
        raise RuntimeError("its teardown")

    stop = inspection.stop
    if when == "before anything is loaded":
        monkeypatch.setattr(next(iter(text.stages().values())), "models", broken)
    else:
        monkeypatch.setattr(text, "start", fails)
        monkeypatch.setattr(inspection, "stop", fails_too)
    with pytest.raises(OSError, match="an application's own"):
        await made.start()

    assert made.state == "stopped"
    assert inspection.state in ("new", "closed")
    with pytest.raises(CapacityError) as refused, made.accepted():
        pass
    assert refused.value.code is FailureCode.shutting_down


async def test_a_start_that_is_cancelled_leaves_it_stopped_and_it_can_be_started_again(host, monkeypatch):
    made = host(pipelines={"inspection": host().settings.pipelines["inspection"], "text": {}})
    inspection, text = (made[name].pipeline for name in ("inspection", "text"))

    async def never() -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(text, "start", never)
        starting = asyncio.create_task(made.start())
        async with asyncio.timeout(60):
            while inspection.state != "open":
                await asyncio.sleep(0.01)
        assert made.state == "starting"
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting

    assert (made.state, inspection.state) == ("stopped", "closed")

    await made.start()
    assert made.state == "ready"
    assert {inspection.state, text.state} == {"open"}
    await made.stop()
    assert made.state == "stopped"
    assert {inspection.state, text.state} == {"closed"}
