"""What a model takes of the memory is its own, whatever loads beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from siseon.models import Model
from siseon.models.resident import measured

MIB = 1 << 20
TOLERANCE = 0.2
"""Of the weights: other threads of the tests' process take and free memory too."""


def loaded_bytes(model: Model) -> int:
    with model.acquire():
        return model.stats.resident_bytes


def test_models_that_load_together_count_what_they_count_alone(networks) -> None:
    networks.model(
        networks.classifier()
    ).load()  # the first load of a process takes the runtime's own share with it
    names = [networks.heavy(f"heavy-{n}") for n in range(2)]
    weights = (networks.folder / f"{names[0]}.onnx").stat().st_size
    assert weights > 20 * MIB
    alone = [loaded_bytes(networks.model(name)) for name in names]
    assert alone == [pytest.approx(weights, rel=TOLERANCE)] * 2

    models = networks.manager()
    start = Barrier(2)

    def load(name: str) -> int:
        start.wait(10)
        return loaded_bytes(models[name])

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(load, names))
    assert together == pytest.approx(alone, rel=TOLERANCE)
    assert [models[name].stats.resident_bytes for name in names] == together
    models.close()
    assert [models[name].stats.resident_bytes for name in names] == [0, 0]


def test_what_is_freed_while_something_is_made_is_not_counted() -> None:
    def make() -> np.ndarray:
        scratch = [np.ones(MIB // 8, np.float64) for _ in range(64)]
        return np.concatenate(scratch[:32])

    made, growth = measured(make)
    assert growth == pytest.approx(made.nbytes, rel=TOLERANCE)


def test_what_can_not_be_made_leaves_the_next_one_measured() -> None:
    with pytest.raises(ZeroDivisionError):
        measured(lambda: 1 // 0)
    made, growth = measured(lambda: np.ones(32 * MIB, np.uint8))
    assert growth == pytest.approx(made.nbytes, rel=TOLERANCE)
