"""The house rules that a machine can check: layers, types, lint, licence headers of the environment."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.timeout(600)  # mypy, without a cache
@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=" ".join,
)
def test_the_tree_passes(command: list[str]) -> None:
    tool = Path(sys.executable).with_name(command[0])
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")
def test_weights_of_training_and_results_stay_out_of_the_repository() -> None:
    made = [
        "model.pth",
        "training/oilspill/model.pt",
        "a.ckpt",
        "a.engine",
        "results.jsonl",
        "out/frame-1.tif",
    ]
    ignored = ["git", "check-ignore", "--no-index", *made]
    done = subprocess.run(ignored, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == made
    kept = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(kept, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""


def test_one_opencv_is_installed_and_it_is_the_headless_4_line() -> None:
    """Two builds of OpenCV write into one folder and the last one wins; ours needs no libGL."""
    import cv2

    assert cv2.__version__.split(".")[0] == "4"
    assert version("opencv-python-headless").startswith("4.")
    assert "GUI:                           NONE" in cv2.getBuildInformation()


def test_no_address_of_a_registry_is_committed() -> None:
    for name in ("constraints.txt", "pyproject.toml"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name


def test_no_runtime_dependency_is_copyleft() -> None:
    for line in metadata("siseon").get_all("Requires-Dist") or []:
        if "extra ==" in line:
            continue
        name = line.split(">")[0].split("<")[0].split("=")[0].split("[")[0].strip()
        terms = f"{metadata(name).get('License-Expression')} {metadata(name).get_all('Classifier')}"
        assert "AGPL" not in terms, name
        assert "GNU General Public" not in terms, name
