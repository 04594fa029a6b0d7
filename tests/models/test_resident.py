"""What a model takes of the memory is its own, whatever loads beside it."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siseon.models.resident import measured

TESTS = Path(__file__).parents[1]

MIB = 1 << 20
TOLERANCE = 0.2
"""Of the weights: other threads of the tests' process take and free memory too."""


TOGETHER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from networks import Networks


def loaded_bytes(model):
    with model.acquire():
        return model.stats.resident_bytes


def load(name):
    start.wait(10)
    return loaded_bytes(models[name])


networks = Networks(Path(sys.argv[1]))
# The first load of a process takes the runtime's own share with it.
networks.model(networks.classifier()).load()
names = [networks.heavy(f"heavy-{n}") for n in range(2)]
alone = [loaded_bytes(networks.model(name)) for name in names]
models = networks.manager()
start = Barrier(2)
with ThreadPoolExecutor(2) as threads:
    together = list(threads.map(load, names))
kept = [models[name].stats.resident_bytes for name in names]
models.close()
left = [models[name].stats.resident_bytes for name in names]
weights = (networks.folder / f"{names[0]}.onnx").stat().st_size
print(json.dumps({"weights": weights, "alone": alone, "together": together, "kept": kept, "left": left}))
"""
"""In a process of its own: what the threads of other tests take and give back would be counted with it."""


def test_models_that_load_together_count_what_they_count_alone(tmp_path) -> None:
    path = {"PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])}
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER, str(tmp_path)],
        # One arena: what the runtime frees in a thread of its own glibc may keep, and that is no weights.
        env={**os.environ, **path, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    found = json.loads(done.stdout)
    assert found["weights"] > 20 * MIB
    assert found["alone"] == [pytest.approx(found["weights"], rel=TOLERANCE)] * 2
    assert found["together"] == pytest.approx(found["alone"], rel=TOLERANCE)
    assert found["kept"] == found["together"]
    assert found["left"] == [0, 0]


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


ARENAS = """
import ctypes, sys, threading
from siseon.models.resident import have_few_arenas
have_few_arenas(int(sys.argv[1]))
meet = threading.Barrier(9)
def work():
    held = ctypes.create_string_buffer(100_000)
    meet.wait()
    meet.wait()
for _ in range(8):
    threading.Thread(target=work).start()
meet.wait()
ctypes.CDLL(None).malloc_stats()
meet.wait()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="of glibc")
@pytest.mark.parametrize("count", [2, 5])
def test_threads_share_as_many_arenas_as_they_are_to_have(count: int) -> None:
    told = subprocess.run(
        [sys.executable, "-c", ARENAS, str(count)], capture_output=True, text=True, check=True
    )
    assert told.stderr.count("Arena ") == count
