"""What doctor says of the runtime, and what OpenVINO answers in place of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siseon.cli.runtime import GET_OPENVINO, USE_OPENVINO, advice
from siseon.models.providers import CUDA, OPENVINO

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "bench-out" / "openvino"
CPU = "CPUExecutionProvider"
SIGN = ROOT / "examples" / "sign.png"
BOX_PIXELS, SCORE = 2.0, 0.02
"""By which the answers of two runtimes may differ."""


def test_openvino_is_proposed_where_it_suits_and_is_not_there() -> None:
    assert GET_OPENVINO in advice([CPU], [CPU], suits=True)
    assert advice([CPU], [CPU], suits=False) == ""
    assert advice([CUDA, CPU], [CUDA, CPU], suits=True) == ""


def test_openvino_that_is_there_is_told_whether_it_computes() -> None:
    assert "OpenVINO computes" in advice([OPENVINO, CPU], [OPENVINO, CPU], suits=True)
    assert f"not used; it is by {USE_OPENVINO}" in advice([OPENVINO, CPU], [CPU], suits=True)


def python(*words: object, build: Path | None = None) -> str:
    """What a process says that finds this build of the runtime before the installed one."""
    path = os.pathsep.join(filter(None, (str(build or ""), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def answer(*words: object, build: Path | None = None) -> dict[str, Any]:
    return dict(
        json.loads(python("-m", "siseon", "run", *words, "--json", "-", build=build).splitlines()[0])[
            "result"
        ]["data"]
    )


@pytest.fixture(scope="module")
def openvino() -> Path:
    if not (BUILD / "onnxruntime").is_dir():
        pytest.skip(f"pip install --target {BUILD} --no-deps onnxruntime-openvino==1.24.1")
    return BUILD


def test_text_reads_the_same_on_openvino(openvino: Path) -> None:
    other, ours = answer("text", SIGN, build=openvino), answer("text", SIGN)
    assert [line["text"] for line in other["lines"]] == [line["text"] for line in ours["lines"]]
    for one, two in zip(other["lines"], ours["lines"], strict=True):
        assert np.abs(np.subtract(one["polygon"], two["polygon"])).max() <= BOX_PIXELS
        assert one["score"] == pytest.approx(two["score"], abs=SCORE)


def test_inspection_finds_and_names_the_same_on_openvino(openvino: Path, model_path, test_data) -> None:
    photo = test_data / "coco-dev" / "images" / "000000000802.jpg"
    other, ours = answer("inspection", photo, build=openvino), answer("inspection", photo)
    assert len(ours["detections"]) > 2
    for one, two in zip(other["detections"], ours["detections"], strict=True):
        assert one["class_name"] == two["class_name"]
        assert np.abs(np.subtract(one["box"], two["box"])).max() <= BOX_PIXELS
        assert one["score"] == pytest.approx(two["score"], abs=SCORE)
    names = [[each["class_name"] for each in found["classifications"]] for found in (other, ours)]
    assert names[0] == names[1]


def test_doctor_tells_that_openvino_computes(openvino: Path) -> None:
    code = (
        "from siseon.cli.runtime import show_runtime; from siseon.models.providers import choose_providers; "
        "show_runtime(choose_providers())"
    )
    assert "✓ OpenVINO computes" in python("-c", code, build=openvino)
