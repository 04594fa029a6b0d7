"""The log tells what models have done, row E04."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest

from siseon.hosting.figures import figures_logged


async def lines(caplog: pytest.LogCaptureFixture, count: int) -> list[logging.LogRecord]:
    while True:
        found = [record for record in caplog.records if record.name == "siseon.figures"]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.005)


async def test_each_model_that_has_run_has_a_line_now_and_then_and_one_at_the_end(networks, caplog):
    caplog.set_level(logging.INFO)
    name = networks.classifier()
    networks.detector([])
    models = networks.manager()
    feeds = {"pixels": np.zeros((2, 3, 4, 4), np.float32)}
    with models[name].acquire():
        async with figures_logged(models, 0.01):
            models[name].run(feeds, items=2)
            (first,) = await lines(caplog, 1)
            await asyncio.sleep(0.03)
            assert len(await lines(caplog, 1)) == 1  # nothing has run since
            models[name].run(feeds, items=2)
            models[name].run(feeds, items=2)
    all_lines = await lines(caplog, 2)
    assert sum(line.calls for line in all_lines) == 3
    assert sum(line.items for line in all_lines) == 6
    assert {line.model for line in all_lines} == {name}
    assert 0 < first.min_ms <= first.mean_ms <= first.max_ms
    assert first.items_per_second > 0


async def test_no_lines_are_written_where_none_are_wanted(networks, caplog):
    caplog.set_level(logging.INFO)
    name = networks.classifier()
    models = networks.manager()
    with models[name].acquire():
        async with figures_logged(models, 0):
            models[name].run({"pixels": np.zeros((1, 3, 4, 4), np.float32)})
    assert not caplog.records
