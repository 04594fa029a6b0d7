"""A network that nobody runs keeps nothing of what its runs were computed in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from networks import save_network
from siseon.contracts import ContractViolation
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
    assert (feeds["pixels"] == 1).all()  # nobody's picture is kept for it
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


def test_a_run_that_was_refused_is_not_what_a_network_rests_on(networks) -> None:
    model = networks.model(networks.classifier())
    with model.acquire():
        model.run({"pixels": np.ones((1, 3, 4, 4), np.float32)})
        with pytest.raises(ContractViolation):
            model.run({"pixels": np.ones((1, 3), np.float32)})
        assert [model.rest() for _ in range(3)] == [False, True, False]


def test_a_network_that_cannot_be_run_on_ones_is_asked_once(networks) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["mean"], keepdims=0),
        helper.make_node("Sub", ["five", "mean"], ["left"]),
        helper.make_node("Cast", ["left"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "index"], ["row"]),  # has two rows: of ones it is the fifth
        helper.make_node("Unsqueeze", ["row", "axis"], ["logits"]),
    ]
    name = networks.classifier()
    save_network(
        networks.folder / f"{name}.onnx",
        "pixels",
        nodes,
        {"logits": 2},
        five=np.array(5, np.float32),
        table=np.zeros((2, 3), np.float32),
        axis=np.array([0], np.int64),
    )
    model = networks.model(name)
    feeds = {"pixels": np.full((1, 3, 4, 4), 4, np.float32)}
    with model.acquire():
        for _ in range(2):
            model.run(feeds)
            assert [model.rest() for _ in range(3)] == [False, False, False]
        refused = Rest()
        refused.ran(feeds)
        refused.refused()
        assert [refused.due() for _ in range(3)] == [None, None, None]
        assert model.run(feeds)["logits"].shape == (1, 3)  # it answers as before
    assert model.stats.calls == 3


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
