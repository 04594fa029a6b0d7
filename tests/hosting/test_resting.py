"""Memory that nobody uses goes back while a service runs."""

from __future__ import annotations

import asyncio

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
