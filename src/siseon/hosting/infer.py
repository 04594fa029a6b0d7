"""One loaded network as a stage, for requests that bring tensors."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from siseon.applications.network import place
from siseon.contracts import FailureCode, ModelError, SiseonError
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model
from siseon.models.ports import Array

Feeds = Mapping[str, Array]


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
        self.unloading = False
        self.used_at = time.monotonic()
        """When a request came for it last, or its loading."""

    def setup(self) -> None:
        """Decide on batches, by where the model runs and whether its first axis is open."""
        ports = self.model.session.inputs + self.model.session.outputs
        open_first = all(port.shape and not isinstance(port.shape[0], int) for port in ports)
        place(self, self.model, joins=open_first)

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
        started = self.used_at = time.monotonic()
        if (
            self.unloading
        ):  # since it was asked for; when it has ended it says no more than that it is not running
            raise self._unloaded()
        try:
            (outputs,) = await self.map([feeds], timeout=timeout)
        except SiseonError as error:
            self.failures += 1
            if self._is_over(error):  # the stage ends, the service does not
                raise self._unloaded() from None
            raise
        self.total_s += time.monotonic() - started
        self.answered += 1
        return outputs

    def _is_over(self, error: SiseonError) -> bool:
        return self.unloading and error.code is FailureCode.shutting_down

    def _unloaded(self) -> ModelError:
        return ModelError(
            f"model {self.model.card.name!r} was unloaded before the answer was there",
            code=FailureCode.model_not_loaded,
            hint="load it again",
        )


def _rows(feeds: Feeds) -> int:
    first = next(iter(feeds.values()))
    return int(first.shape[0]) if first.ndim else 1
