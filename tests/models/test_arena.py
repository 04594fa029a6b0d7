"""Networks in one arena with an end; in a process of its own, since a process has one such arena."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

ARENA = 64 << 20
RUNS = """
import sys
from pathlib import Path
import numpy as np
from siseon.contracts import ModelError
from siseon.models.runtime import OnnxSession

path, arena = Path(sys.argv[1]), int(sys.argv[2])
sessions = [OnnxSession(path, arena_bytes=arena) for _ in range(2)]
for step in sys.argv[3:]:
    number, mebibytes = map(int, step.split(":"))
    feeds = {"x": np.ones(1, np.float32), "count": np.array([mebibytes << 18])}
    try:
        print(int(sessions[number].run(feeds)["y"]) >> 18)
    except ModelError as error:
        print(error.code.value)
"""


def test_what_was_taken_before_takes_nothing_from_a_later_run(tmp_path):
    """Of another network's or of its own, refused or not."""
    steps = ["0:20", "0:60", "0:128", "0:60", "1:60", "0:1", "1:128", "0:60"]
    told = subprocess.run(
        [sys.executable, "-c", RUNS, str(_summed(tmp_path)), str(ARENA), *steps],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["20", "60", "network_failed", "60", "60", "1", "network_failed", "60"]


def _summed(folder: Path) -> Path:
    """A network that sums so many copies of a number: what it takes is told by a value, not by a shape."""
    graph = helper.make_graph(
        [
            helper.make_node("Expand", ["x", "count"], ["copies"]),
            helper.make_node("ReduceSum", ["copies"], ["y"], keepdims=0),
        ],
        "summed",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1]),
            helper.make_tensor_value_info("count", TensorProto.INT64, [1]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [])],
    )
    path = folder / "summed.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def test_networks_in_one_arena_take_what_others_have_let_go_of(tmp_path):
    held = [_held(tmp_path, one_arena=one) for one in (False, True)]
    assert held[1] < 0.7 * held[0]


IN_TURN = """
import sys
from pathlib import Path
import numpy as np
from siseon.models.resident import give_back, resident_bytes
from siseon.models.runtime import OnnxSession

path, count = Path(sys.argv[1]), np.array([int(sys.argv[2]) >> 2])
before = resident_bytes()
sessions = [OnnxSession(path, one_arena=sys.argv[3] == "True") for _ in range(5)]
for session in sessions:
    session.run({"x": np.ones(1, np.float32), "count": count})
give_back()
print(resident_bytes() - before)
"""


def _held(folder: Path, *, one_arena: bool) -> int:
    """Bytes after five networks have run in turn, each of which needs so many."""
    words = [str(_summed(folder)), str(ARENA), str(one_arena)]
    told = subprocess.run([sys.executable, "-c", IN_TURN, *words], check=True, capture_output=True, text=True)
    return int(told.stdout)
