"""The examples of the documentation run, and say what the documentation says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_two_commands_are_the_ones_that_ci_runs() -> None:
    first, second = blocks("sh")[0].strip().splitlines()
    assert first.startswith("./dev siseon run text examples/sign.png")
    assert second.split("#")[0].strip() == "./dev pytest -n 2"
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./dev pytest -n 2")


def test_the_main_job_prints_what_the_readme_shows() -> None:
    block = re.search(r"The first prints\n\n```\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    promised = [line.strip() for line in block.group(1).strip().splitlines()[1:]]
    shown = [
        line.strip() for line in run("-m", "siseon", "run", "text", "examples/sign.png").splitlines()[1:]
    ]
    assert shown == promised


def test_the_answer_has_the_shape_and_the_text_that_the_readme_shows() -> None:
    (block,) = blocks("json")
    shown = json.loads(block)
    real = json.loads(run("-m", "siseon", "run", "text", "examples/sign.png", "--json", "-"))["result"]
    assert _kept(real, shown) == shown
    assert list(real) == list(shown)


def _kept(real: Any, shown: Any) -> Any:
    """Of the real answer what the shown one has, with figures that differ from run to run taken from there."""
    if isinstance(shown, dict):
        assert set(real) == set(shown)
        own = {"trace_id", "queue_ms", "compute_ms", "elapsed_ms"}
        return {key: shown[key] if key in own else _kept(real[key], shown[key]) for key in shown}
    if isinstance(shown, list):
        return [_kept(one, other) for one, other in zip(real, shown, strict=False)]
    return round(real, 4) if isinstance(real, float) else real


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_examples_run(code: str) -> None:
    assert run("-c", code).startswith("5 lines; ['decode', ")


def test_the_two_model_example_runs_and_is_short(model_path, test_data) -> None:
    photo = next((test_data / "coco-dev" / "images").glob("*397133.jpg"))
    assert "oven" in run("examples/two_models.py", str(photo))
    source = (ROOT / "examples" / "two_models.py").read_text(encoding="utf-8")
    body = re.search(r"class Names.*?(?=\n\n\nasync def main)", source, flags=re.DOTALL)
    assert body is not None
    assert len(body.group().splitlines()) <= 15


@pytest.mark.parametrize("folder", ["text", "inspection"])
def test_every_application_has_a_readme_with_a_table_and_its_limits(folder: str) -> None:
    text = (ROOT / "src" / "siseon" / "applications" / folder / "README.md").read_text(encoding="utf-8")
    assert "|---|" in text
    assert "## What it cannot do" in text


async def test_the_examples_of_the_engine_run() -> None:
    text = (ROOT / "src" / "siseon" / "engine" / "README.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(code, names)
    async with names["Invert"]() as stage:
        answers = await stage.map([4.0, 0.0, 0.5], fallback=None, flow=names["night_job"])
    assert answers == [0.25, None, 2.0]


def test_the_map_of_the_engine_names_every_file() -> None:
    folder = ROOT / "src" / "siseon" / "engine"
    text = (folder / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    assert {name for name in files if f"`{name}`" not in text} == set()
