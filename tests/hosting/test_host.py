"""A host that cannot start says so: it is stopped, and so is what it had begun."""

from __future__ import annotations

import asyncio

import pytest

from siseon.contracts import CapacityError, FailureCode


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
