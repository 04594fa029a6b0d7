"""A line in the log, now and then, about each model that has run: for machines that nobody scrapes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from siseon.models import ModelManager, ModelStats

log = logging.getLogger("siseon.figures")


@asynccontextmanager
async def figures_logged(models: ModelManager, every_s: float) -> AsyncIterator[None]:
    """Inside, a line every ``every_s`` seconds about each model that has run since the last one, and one at the end.

    0 is for no lines at all.
    """
    if not every_s:
        yield
        return
    told: dict[tuple[str, str], ModelStats] = {}
    task = asyncio.create_task(_tell_for_ever(models, told, every_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        _tell(models, told, every_s)


async def _tell_for_ever(
    models: ModelManager, told: dict[tuple[str, str], ModelStats], every_s: float
) -> None:
    while True:
        await asyncio.sleep(every_s)
        _tell(models, told, every_s)


def _tell(models: ModelManager, told: dict[tuple[str, str], ModelStats], every_s: float) -> None:
    """Since the start: mean, least and most, and the last percentiles; since the last line: calls and items."""
    for model in models.all():
        key, now = (model.card.name, model.card.version), model.stats
        before = told.get(key, ModelStats())
        if now.calls == before.calls:
            continue
        told[key] = now
        log.info(
            "model",
            extra={
                "model": model.card.name,
                "version": model.card.version,
                "calls": now.calls - before.calls,
                "items": now.items - before.items,
                "of_seconds": every_s,
                "mean_ms": round(now.mean_ms, 3),
                "min_ms": round(now.min_ms, 3),
                "max_ms": round(now.max_ms, 3),
                "p50_ms": round(now.p50_ms, 3),
                "p95_ms": round(now.p95_ms, 3),
                "p99_ms": round(now.p99_ms, 3),
                "items_per_second": round(now.items_per_second, 1),
                "resident_bytes": now.resident_bytes,
            },
        )
