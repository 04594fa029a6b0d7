"""A network that nobody runs keeps nothing of what its runs were computed in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from siseon.models.rest import Rest

TESTS = Path(__file__).parents[1]
MIB = 1 << 20


def test_a_network_is_due_when_it_has_run_but_not_since_it_was_last_asked() -> None:
    rest = Rest()
    assert rest.due() is None
    rest.ran({"pixels": np.ones((2, 3, 8, 8), np.float32)})
    rest.ran({"pixels": np.ones((1, 3, 4, 8), np.float32)})
    rest.ran({"pixels": np.ones((1, 3, 8, 8), np.float32)})
    assert rest.due() is None  # it ran a moment ago
    feeds = rest.due()
    assert feeds is not None
    assert feeds["pixels"].shape == (1, 3, 4, 8)  # the least
    assert feeds["pixels"].dtype == np.float32
    assert not feeds["pixels"].any()  # of zeros: nobody's picture is kept for it
    assert rest.due() is None  # it has rested


def test_a_network_that_was_unloaded_or_never_ran_has_nothing_to_give_back(networks) -> None:
    model = networks.model(networks.classifier())
    assert not model.rest()
    with model.acquire():
        assert not model.rest()
        model.run({"pixels": np.zeros((1, 3, 4, 4), np.float32)})
    model.unload()
    assert not model.rest()
    assert not model.rest()
    assert model.stats.calls == 1


LARGE = """
import json, sys
from pathlib import Path

import numpy as np

from networks import Networks
from siseon.models.resident import give_back, resident_bytes

networks = Networks(Path(sys.argv[1]))
model = networks.model(networks.heavy("heavy", side=64))
with model.acquire():
    few = {"pixels": np.full((1, 3, 1, 1), 2, np.float32)}
    first = model.run(few)["logits"].tolist()
    model.run({"pixels": np.ones((200_000, 3, 1, 1), np.float32)})
    give_back()
    told = {"before": resident_bytes(), "asked": [model.rest(), model.rest(), model.rest()]}
    give_back()
    told |= {"after": resident_bytes(), "same": model.run(few)["logits"].tolist() == first, "calls": model.stats.calls}
print(json.dumps(told))
"""
"""In a process of its own: other tests take and give back memory too."""


def test_a_rest_gives_back_what_a_large_run_took_and_counts_for_nothing(tmp_path) -> None:
    path = {"PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])}
    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)],
        env={**os.environ, **path},
        capture_output=True,
        check=True,
        timeout=120,
    )
    told = json.loads(done.stdout)
    assert told["asked"] == [False, True, False]
    assert told["before"] - told["after"] > 40 * MIB  # the rows between its two products are 49
    assert told["same"]
    assert told["calls"] == 3
