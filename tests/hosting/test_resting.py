"""Memory that nobody uses goes back while a service runs."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import numpy as np

from siseon.hosting.resting import given_back


async def test_a_network_that_is_not_run_rests_and_answers_as_before(networks, monkeypatch) -> None:
    name = networks.classifier()
    models = networks.manager()
    model = models[name]
    feeds = {"pixels": np.full((1, 3, 4, 4), 7, np.float32)}
    rests = []
    rest = model.rest
    monkeypatch.setattr(model, "rest", lambda: rests.append(rest()))
    with model.acquire():
        first = model.run(feeds)["logits"]
        async with given_back(models, 0.005):
            while not any(rests):
                await asyncio.sleep(0.005)
        assert np.array_equal(model.run(feeds)["logits"], first)
    assert model.stats.calls == 2
    assert rests.count(True) == 1


async def test_an_end_waits_for_the_network_that_is_run_and_for_no_more(networks, monkeypatch) -> None:
    for name in ("one", "two"):
        networks.classifier(name=name)
    models = networks.manager()
    begun, end, asked = threading.Event(), threading.Event(), []

    def slow(name: str) -> bool:
        asked.append(name)
        begun.set()
        return end.wait(30)

    for model in models.all():
        monkeypatch.setattr(model, "rest", partial(slow, model.card.name))
    async with given_back(models, 0.005):
        assert await asyncio.to_thread(begun.wait, 30)
    end.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert len(asked) == 1
