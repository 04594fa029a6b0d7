"""A stage's network: loaded, placed and run once when the stage starts, let go when it stops.

The one policy of how many batches of which size a network gets. On a CPU a batch costs as much as its items one by
one, so a stage takes few items at a time in as many replicas as there are cores. On an accelerator a batch costs
little more than one item; two replicas are enough, since one prepares its batch on the CPU while the other's is
computed. The measurements are in the READMEs of the applications.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model, ModelHold


@dataclass(frozen=True, slots=True)
class Allotment:
    """What a stage takes of the machine, where a person says so; None leaves it to the policy."""

    batch: int | None = None
    """Items in one call."""
    replicas: int | None = None
    """Calls at the same time."""
    threads: int | None = None
    """Threads of one call; the policy is that of the model manager."""


WHAT_SUITS = Allotment()

ACCELERATOR_BATCH = 32
ACCELERATOR_REPLICAS = 2


class Network:
    """What ``setup`` and ``teardown`` of a stage with one network do."""

    def __init__(
        self,
        model: Model,
        *,
        cpu_batch: int = 1,
        accelerator_batch: int = ACCELERATOR_BATCH,
        accelerator_replicas: int = ACCELERATOR_REPLICAS,
        allotment: Allotment = WHAT_SUITS,
    ) -> None:
        """The batches are items at most; what differs from the policy says why where it is stated."""
        self._model = model
        self._allotment = allotment
        self._hold = ModelHold(model.acquire)
        self._cpu_batch = cpu_batch
        self._accelerator_batch = accelerator_batch
        self._accelerator_replicas = accelerator_replicas

    def set_up(self, stage: Stage[Any, Any], warm_up: Callable[[], object]) -> None:
        """Load the weights, place the stage, then run ``warm_up`` as often as the model says.

        So no request pays for the first run.

        Raises:
            SiseonError: the weights cannot be loaded, or the first run fails: nothing is held then.
        """
        self._model.use_threads(self._allotment.threads)
        with self._hold.setting_up():
            place(
                stage,
                self._model,
                joins=self._model.card.input.dynamic_batch,
                cpu_batch=self._cpu_batch,
                accelerator_batch=self._accelerator_batch,
                accelerator_replicas=self._accelerator_replicas,
                allotment=self._allotment,
            )
            for _ in range(max(1, self._model.warm_ups)):  # which may learn something of the network as well
                warm_up()

    def tear_down(self) -> None:
        """Let go of the weights."""
        self._hold.end()


def place(
    stage: Stage[Any, Any],
    model: Model,
    *,
    joins: bool,
    cpu_batch: int = 1,
    accelerator_batch: int = ACCELERATOR_BATCH,
    accelerator_replicas: int = ACCELERATOR_REPLICAS,
    allotment: Allotment = WHAT_SUITS,
) -> None:
    """Set a stage's batch size and replicas for where its loaded model runs; ``joins``: it takes several items."""
    stage.accelerated = model.on_accelerator
    batch = allotment.batch or (accelerator_batch if model.on_accelerator else cpu_batch)
    stage.max_batch = batch if joins else 1
    # Calls that each take several cores: as many at once as there are cores for.
    at_once = accelerator_replicas if model.on_accelerator else max(1, cores() // model.threads)
    stage.replicas = allotment.replicas or at_once
