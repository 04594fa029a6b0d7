"""A host that cannot start says so: it is stopped, and so is what it had begun."""

from __future__ import annotations

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
