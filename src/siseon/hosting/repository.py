"""Models at run time: load, warm, run, count and unload them while the service answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from siseon.contracts import FailureCode, InputError, ModelError, SiseonError
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.hosting.host import Host, models_of
from siseon.models import Model, ModelHold
from siseon.models.resident import give_back, resident_bytes
from siseon.models.runtime import Array

Feeds = Mapping[str, Array]

BATCH = 32
"""Requests of a batch on an accelerator; on a CPU a batch costs as much as its items."""
OPEN_SIZE = 224
"""Pixels that a warm-up gives an open side, where the card names no size."""


class Infer(Stage[Feeds, dict[str, Array]]):
    """One loaded network as a stage: tensors in, tensors out. Equal shapes of several requests share a batch."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = f"infer {model.card.name}"
        self.replicas = cores()
        self.failures = 0
        self.total_s = 0.0
        """Seconds of all requests that were answered, waiting included."""
        self.answered = 0

    def setup(self) -> None:
        """Decide on batches, by where the model runs and whether its first axis is open."""
        ports = self.model.session.inputs + self.model.session.outputs
        open_first = all(port.shape and not isinstance(port.shape[0], int) for port in ports)
        self.max_batch = BATCH if self.model.on_accelerator and open_first else 1

    def bucket(self, item: Feeds) -> Hashable:
        """Inputs that differ in their first axis only can be joined."""
        return tuple((name, array.dtype.str, array.shape[1:]) for name, array in sorted(item.items()))

    def process(self, batch: Sequence[Feeds]) -> Sequence[dict[str, Array]]:
        """Run all as one."""
        if len(batch) == 1:
            return [self.model.run(batch[0], items=_rows(batch[0]))]
        joined = {name: np.concatenate([feeds[name] for feeds in batch]) for name in batch[0]}
        rows = np.cumsum([_rows(feeds) for feeds in batch])
        outputs = self.model.run(joined, items=int(rows[-1]))
        parts = {name: np.split(array, rows[:-1]) for name, array in outputs.items()}
        return [{name: part[index] for name, part in parts.items()} for index in range(len(batch))]

    async def answer(self, feeds: Feeds, timeout: float) -> dict[str, Array]:
        """Run one request and count it.

        Raises:
            SiseonError: what the network, the queue or the deadline says.
        """
        started = time.monotonic()
        try:
            (outputs,) = await self.map([feeds], timeout=timeout)
        except SiseonError:
            self.failures += 1
            raise
        self.total_s += time.monotonic() - started
        self.answered += 1
        return outputs


def _rows(feeds: Feeds) -> int:
    first = next(iter(feeds.values()))
    return int(first.shape[0]) if first.ndim else 1


@dataclass(frozen=True, slots=True)
class Unloaded:
    """What an unload gave back."""

    name: str
    resident_before: int
    resident_after: int
    """Bytes of the whole process, measured."""

    @property
    def freed_bytes(self) -> int:
        """What the process shrank by."""
        return self.resident_before - self.resident_after


class Repository:
    """The models that are loaded in this service, those of its pipelines included."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._running: dict[str, Infer] = {}
        self._held: dict[Model, ModelHold] = {}
        """Models that clients have loaded: they stay until a client unloads them, whatever the pipelines do."""
        self._change = asyncio.Lock()

    async def __aenter__(self) -> Repository:
        return self

    async def __aexit__(self, *_: object) -> None:
        for stage in self._running.values():
            await stage.stop()
        self._running.clear()
        for hold in self._held.values():
            hold.end()

    def names(self) -> list[str]:
        """Every model that is known, loaded or not."""
        return list(self.host.models.cards)

    def users(self, name: str) -> list[str]:
        """The pipelines that use a model."""
        return [
            served.name
            for served in self.host.served.values()
            if any(ref.name == name for ref in models_of(served.pipeline))
        ]

    async def stage(self, name: str) -> Infer:
        """The loaded model as a stage.

        Raises:
            ModelError: ``model_not_found``; ``model_not_loaded`` when it is not loaded: no request loads a model.
        """
        model = self.host.models[name]
        if not model.loaded:
            raise ModelError(
                f"model {name!r} is not loaded",
                code=FailureCode.model_not_loaded,
                hint=f"POST /v2/repository/models/{name}/load",
            )
        running = self._running.get(name)
        if running is not None and running.model is model:  # not an earlier one of that name
            return running
        return await self._opened(name, model)

    async def _opened(self, name: str, model: Model) -> Infer:
        made = Infer(model)
        await made.start()
        there = self._running.get(name)
        if there is not None and there.model is model:  # another request was faster
            await made.stop()
            return there
        self._running[name] = made
        if there is not None:
            await there.stop()
        return made

    async def load(self, name: str, warm_up: int = 1) -> Infer:
        """Load a model and run it ``warm_up`` times on zeros; requests go on meanwhile. It stays until ``unload``.

        Raises:
            ModelError: missing, wrong or damaged weights.
        """
        model = self.host.models[name]
        async with self._change:
            await self.host.background.run(self._held.setdefault(model, ModelHold(model.acquire)).begin)
            await self.warm_up(name, warm_up)
        return await self.stage(name)

    async def warm_up(self, name: str, iterations: int) -> None:
        """Run a loaded model on zeros, uncounted.

        Raises:
            ModelError: it is not loaded.
        """
        model = self.host.models[name]
        feeds = blank_feeds(model)
        await self.host.background.run(lambda: model.warm_up([feeds] * iterations))

    async def unload(self, name: str) -> Unloaded:
        """Wait for runs in flight, free the weights, and measure what that gave back.

        Runs meet ``model_not_ready`` meanwhile. What ``load`` held is given up, even if the unload fails.

        Raises:
            ModelError: ``model_not_found``; ``model_in_use``: a pipeline has just taken it (a swap, say).
            InputError: ``model_in_use``: a pipeline uses it.
        """
        model = self.host.models[name]
        users = self.users(name)
        if users:
            raise InputError(
                f"model {name!r} is at work in pipeline {', '.join(users)}",
                code=FailureCode.model_in_use,
                hint=f"swap it for another first: PATCH /v1/pipelines/{users[0]}",
            )
        async with self._change:
            if model in self._held:
                self._held[model].end()
            stage = self._running.pop(name, None)
            if stage is not None:
                await stage.stop()
            before = resident_bytes()
            await asyncio.to_thread(model.unload)
            del stage
            await asyncio.to_thread(give_back)
            return Unloaded(name, before, resident_bytes())


def blank_feeds(model: Model) -> dict[str, Array]:
    """Zeros of a size that the network takes."""
    card = model.card.input
    sizes: dict[int, int] = {0: 1, 2: card.height or OPEN_SIZE, 3: card.width or OPEN_SIZE}
    kinds = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int64)": np.int64}
    return {
        port.name: np.zeros(
            [size if isinstance(size, int) else sizes.get(axis, 1) for axis, size in enumerate(port.shape)],
            dtype=kinds.get(port.dtype, np.float32),
        )
        for port in model.session.inputs
    }
