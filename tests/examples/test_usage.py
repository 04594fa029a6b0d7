"""An example that is called without a picture says what it takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["two_models", "driving", "medical", "shelf_audit"])
def test_an_example_without_a_picture_says_what_it_takes(name: str):
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"usage: {name}.py")
