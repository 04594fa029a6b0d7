"""A command that ends while a model loads ends with its own code."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

LOADS_ON = """
import sys, threading
from siseon.cli import main
import onnxruntime

begun, model = threading.Event(), sys.argv.pop(1)

def load() -> None:
    while True:
        onnxruntime.InferenceSession(model)
        begun.set()

for _ in range(2):
    threading.Thread(target=load, daemon=True).start()
begun.wait()
main()
"""


def test_a_thread_that_loads_on_does_not_abort_the_process() -> None:
    spec = find_spec("rapidocr")
    model = next(Path(spec.origin).parent.rglob("*cls*.onnx"), None) if spec and spec.origin else None
    if model is None:
        pytest.skip("rapidocr has no small model here")
    words = [sys.executable, "-c", LOADS_ON, str(model), "models", "info", "none-such"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, "terminate called" in ended.stderr) == (2, False), ended.stderr
    assert "none-such" in ended.stderr
