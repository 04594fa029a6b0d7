"""Pipelines that come and go while others answer, with the models that only they use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from siseon.contracts import SiseonError
from siseon.engine import Pipeline
from siseon.hosting.background import Background
from siseon.hosting.flight import Flight
from siseon.models import Model


class Changes(Flight):
    """Those under way: swaps, loans, and what these leave to be stopped, also where nobody waits for it any more."""

    def __init__(self, background: Background, drain_s: float) -> None:
        """``background`` loads and unloads; ``drain_s``: what a pipeline has to answer its last requests."""
        super().__init__()
        self._background = background
        self._drain_s = drain_s

    async def begin(self, pipeline: Pipeline[Any, Any], models: Iterable[Model]) -> None:
        """Load its models and start it. Whatever is raised, also where the caller is cancelled, leaves nothing of it.

        Raises:
            SiseonError: what stops it from starting.
        """
        try:
            for model in models:
                await self._background.run(model.load)
            await pipeline.start()
        except BaseException:
            with suppress(SiseonError):  # the log has it
                await self.end(pipeline, models)
            raise

    async def end(self, pipeline: Pipeline[Any, Any], models: Iterable[Model]) -> None:
        """Stop it, and unload the models that nobody else uses. A caller that is cancelled stops waiting; it goes on.

        Raises:
            StageFailed: a stage could not be torn down; all is closed and unloaded all the same.
        """
        await asyncio.shield(self._ended(pipeline, models))

    async def _ended(self, pipeline: Pipeline[Any, Any], models: Iterable[Model]) -> None:
        with self.one():
            try:
                await pipeline.stop(drain_s=self._drain_s)
            finally:  # behind a load of one of them, which nothing interrupts
                await self._background.run(partial(_unload_unused, models))


def _unload_unused(models: Iterable[Model]) -> None:
    """Which are in use, their leases say: a pipeline that starts at this moment keeps its models. Blocks."""
    for model in models:
        model.unload_if_unused()
