"""The examples as modules, and as the commands that a person types."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def load_example() -> Callable[[str], ModuleType]:
    """Imports ``examples/NAME.py``."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # where pydantic looks up the names in annotations
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def run_example(model_path: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``python examples/NAME.py WORDS`` in an empty folder."""

    def run(name: str, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, EXAMPLES / f"{name}.py", *map(str, words)],
            cwd=tmp_path,
            env=os.environ | {"SISEON_MODEL_PATH": str(model_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
