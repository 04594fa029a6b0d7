from __future__ import annotations

import platform
import sys
from threading import Event, Thread

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from siseon.models.denormals import MODES, Flushed
from siseon.models.runtime import OnnxSession

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in MODES, reason="only here a thread can be asked to"
)

DENORMAL = np.full(8, 1e-40, np.float32)


def halved() -> list[float]:
    return (DENORMAL * np.float32(0.5)).tolist()


def test_denormals_are_zero_within_and_as_before_after_it_and_after_an_exception() -> None:
    before = halved()
    assert min(before) > 0
    with Flushed():
        assert halved() == [0] * 8
        with Flushed():
            assert halved() == [0] * 8
        assert halved() == [0] * 8
    assert halved() == before
    with pytest.raises(ZeroDivisionError), Flushed():
        raise ZeroDivisionError
    assert halved() == before


def test_other_threads_keep_their_mode() -> None:
    found: list[list[float]] = []
    ready = Event()
    thread = Thread(target=lambda: (ready.wait(), found.append(halved())))
    thread.start()
    with Flushed():
        ready.set()
        thread.join()
    assert found == [halved()]


@pytest.fixture
def halving(tmp_path):
    """A network that halves eight numbers, by a product of matrices."""
    half = helper.make_tensor("half", TensorProto.FLOAT, (8, 8), (np.eye(8) / 2).ravel().tolist())
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "half"], ["y"])],
        "halving",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 8))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 8))],
        [half],
    )
    path = tmp_path / "halving.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.mark.parametrize("threads", [1, 2])
def test_a_network_computes_without_them_in_any_thread_and_leaves_the_mode_as_it_was(
    halving, threads
) -> None:
    before = halved()
    answers: list[np.ndarray] = []
    network = OnnxSession(halving, threads=threads)

    def run() -> None:
        answers.append(network.run({"x": DENORMAL[None]})["y"])
        answers.append(np.array(halved()))

    run()
    thread = Thread(target=run)
    thread.start()
    thread.join()
    for answer, after in zip(answers[::2], answers[1::2], strict=True):
        assert not answer.any()
        assert after.tolist() == before
