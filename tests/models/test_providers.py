"""Where networks run, and engines of TensorRT that are compiled anew where they do not match."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from siseon.models import providers
from siseon.models.providers import CUDA, OPENVINO, TENSORRT, compiled_for, engine_key, options_of


@pytest.fixture
def network(networks) -> Path:
    networks.classifier(name="colours")
    return networks.folder / "colours.onnx"


def test_an_engine_has_a_folder_for_its_network_and_all_that_it_was_compiled_for(
    network, tmp_path, monkeypatch
):
    def folder() -> str:
        return options_of(TENSORRT, network, tmp_path / "engines", 1)["trt_engine_cache_path"]

    first = folder()
    assert Path(first).is_dir()
    assert folder() == first
    gpu = tmp_path / "driver" / "gpus" / "0"
    gpu.mkdir(parents=True)
    (gpu / "information").write_text("Model: \t NVIDIA A\nBus Location: \t 0000:01\n", encoding="utf-8")
    monkeypatch.setattr(providers, "DRIVER", tmp_path / "driver")
    second = folder()
    (gpu / "information").write_text("Model: \t NVIDIA A\nBus Location: \t 0000:02\n", encoding="utf-8")
    assert folder() == second != first  # another slot is the same GPU
    (tmp_path / "driver" / "version").write_text("580.1", encoding="utf-8")
    third = folder()
    network.write_bytes(network.read_bytes() + b"\0")
    assert len({first, second, third, folder()}) == 4


def test_that_an_engine_is_compiled_is_said_once(network, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        options_of(TENSORRT, network, tmp_path, 1)
    assert [record.message for record in caplog.records] == [
        "TensorRT compiles colours.onnx for this machine; that takes minutes, once"
    ]


def test_a_cache_that_cannot_be_written_is_said_and_is_no_failure(network, caplog):
    assert options_of(TENSORRT, network, Path("/proc/no-such-folder"), 1) == {}
    assert "at each start" in caplog.text


def test_other_providers_are_told_nothing(network, tmp_path):
    assert options_of(CUDA, network, tmp_path, 1) == options_of(TENSORRT, network, None, 1) == {}


def test_the_target_of_an_engine_names_the_runtime():
    assert compiled_for()[0].startswith("onnxruntime ")
    assert engine_key("a", ("b",)) != engine_key("a", ("c",)) != engine_key("c", ("b",))


def test_openvino_is_told_the_threads_of_a_call_which_it_does_not_take_from_the_session(tmp_path):
    assert options_of(OPENVINO, tmp_path / "any.onnx", None, 3) == {"num_of_threads": "3"}


def test_the_runtime_keeps_no_identifier_of_this_machine() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import siseon.models.runtime"],
        env={**os.environ, "HOME": os.devnull, "XDG_CACHE_HOME": os.devnull},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "telemetry" not in done.stderr
