"""A model that was sent to a worker: made again there, counted and held here."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from siseon.contracts import FailureCode, ModelError


@pytest.fixture
def pair(networks):
    """A model, and the copy that a worker would have."""
    name = networks.detector(((0, 0, 1, 1),))
    original = networks.manager()[name]
    return original, pickle.loads(pickle.dumps(original))


def run(model):
    port = model.session.inputs[0]
    sizes = [size if isinstance(size, int) else 1 for size in port.shape]
    model.run({port.name: np.zeros(sizes, np.float32)}, items=2)


def test_a_copy_loads_weights_of_its_own(pair):
    original, copy = pair
    assert copy.report() is None
    with copy.acquire():
        assert copy.loaded
        assert not original.loaded
        assert copy.ref == original.ref or original.ref.sha256 == ""


def test_what_a_copy_does_is_counted_by_the_original(pair):
    original, copy = pair
    copy.report()
    with copy.acquire():
        run(copy)
        original.hear("worker 1", copy.report())
        assert copy.report() is None, "nothing new"
        run(copy)
        original.hear("worker 1", copy.report())
    assert (original.stats.calls, original.stats.items) == (2, 4)
    assert original.stats.resident_bytes == copy.stats.resident_bytes > 0
    assert original.providers == copy.providers
    assert original.ref == copy.ref


def test_the_original_is_in_use_until_the_worker_has_ended(pair):
    original, copy = pair
    with copy.acquire():
        for worker in ("worker 1", "worker 2"):
            copy._told = None
            original.hear(worker, copy.report())
    assert original.workers == 2
    with pytest.raises(ModelError, match="2 worker processes") as refused:
        original.unload()
    assert refused.value.code is FailureCode.model_in_use
    assert not original.unload_if_unused()
    original.hear("worker 1", None)
    original.hear("worker 2", None)
    original.hear("worker 2", None)
    assert original.workers == 0
    assert original.unload_if_unused()
    assert original.stats.resident_bytes == 0


def test_an_idle_copy_is_on_its_way_to_rest(pair):
    _, copy = pair
    with copy.acquire():
        run(copy)
        copy.idle()  # it has run since the last time
        assert copy.rest()
