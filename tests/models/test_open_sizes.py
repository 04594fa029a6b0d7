"""A network whose export fixed its sizes takes any after they are opened, and computes the same."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from siseon.contracts import ContractViolation, DependencyMissing, ModelError
from siseon.models import OnnxSession
from siseon.models.open_sizes import with_open_sizes


@pytest.fixture
def fixed(tmp_path: Path) -> Path:
    """Doubles pictures of exactly (2, 3, 8, 8)."""
    shape = [2, 3, 8, 8]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "twice", ports[:1], ports[1:])
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / "fixed.onnx"
    onnx.save(network, path)
    return path


def test_batch_height_and_width_are_opened_and_channels_stay(fixed: Path) -> None:
    pixels = np.ones((1, 3, 32, 64), np.float32)
    with pytest.raises(ContractViolation, match="has shape"):
        OnnxSession(fixed).run({"x": pixels})
    session = OnnxSession(fixed, open_sizes=True)
    np.testing.assert_array_equal(session.run({"x": pixels})["y"], pixels * 2)
    with pytest.raises(ContractViolation, match="has shape"):
        session.run({"x": np.ones((1, 4, 32, 64), np.float32)})


def test_a_file_that_is_no_network_is_a_named_failure(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be loaded"):
        with_open_sizes(tmp_path / "broken.onnx")


def test_without_the_package_onnx_the_failure_names_the_command_that_gets_it(
    fixed: Path, monkeypatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(DependencyMissing) as missing:
        with_open_sizes(fixed)
    assert "siseon[safety]" in (missing.value.hint or "")
