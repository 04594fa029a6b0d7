"""The README's first pipeline runs, and is as short as it says."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "two_models.py"


def test_the_example_names_the_objects_of_a_photo(model_path: Path, test_data: Path):
    photo = test_data / "coco-dev" / "images" / "000000000802.jpg"
    done = subprocess.run(
        [sys.executable, EXAMPLE, photo],
        env=os.environ | {"SISEON_MODEL_PATH": str(model_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "refrigerator: refrigerator" in done.stdout.splitlines()


def test_a_pipeline_of_two_models_takes_at_most_15_lines():
    tree = ast.parse(EXAMPLE.read_text(encoding="utf-8"))
    (pipeline,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert pipeline.end_lineno is not None
    assert pipeline.end_lineno - pipeline.lineno + 1 <= 15
