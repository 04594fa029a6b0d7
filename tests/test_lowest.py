"""The lower bounds of the dependencies are true: what a user with the oldest allowed versions has, works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRIED = (
    "tests/contracts",
    "tests/models",
    "tests/media/test_decode.py",
    "tests/service/test_detect.py",
    "tests/service/test_oip.py",
    # The oldest runtime keeps the weights of some operators twice: its memory is not what that test knows.
    "--ignore=tests/models/test_resident.py",
    # Long, and of no other library: bytes that we read ourselves, and threads of our own.
    "--ignore=tests/models/test_network_file.py",
    "--ignore=tests/models/test_patience.py",
)
TOOLS = (
    "pytest",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "hypothesis",
    "onnx",
    "trustme",
    "psutil",
    "pycocotools",
    "pillow-heif",
    "tritonclient[http]",
)
"""Of the tests themselves; those are as new as there are."""


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the oldest versions that ``pyproject.toml`` allows."""
    folder = tmp_path_factory.mktemp("oldest")
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    try:
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder], check=True, timeout=120)
        install = [*uv, "pip", "install", "--quiet", "--python", python]
        subprocess.run([*install, "--resolution", "lowest-direct", ROOT], check=True, timeout=600)
        subprocess.run([*install, *TOOLS], check=True, timeout=600)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the oldest versions cannot be installed here: {error}")
    return python


@pytest.mark.timeout(600)
def test_the_oldest_allowed_versions_pass_the_tests_that_touch_them(oldest):
    shown = subprocess.run(
        [oldest, "-m", "siseon", "run", "text", ROOT / "examples" / "sign.png"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=oldest.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert "SEOUL LINE OF SIGHT" in shown.stdout
    # Warnings of old versions about old versions are not ours to mend.
    quiet = ["-p", "no:warnings", "-o", "filterwarnings=", "-p", "no:cacheprovider"]
    tried = subprocess.run(
        [oldest, "-m", "pytest", "-q", *quiet, *TRIED],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    )
    assert tried.returncode == 0, tried.stdout[-4000:]
