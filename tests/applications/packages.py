"""Packages that bring applications, as if somebody had installed them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

BRIGHTNESS = (Path(__file__).parent / "foreign" / "brightness.py").read_text(encoding="utf-8")


def installed(folder: Path, name: str, module: str, entries: Mapping[str, str]) -> None:
    """A package of one module, as an installer leaves it, with its entry points."""
    (folder / f"{name}.py").write_text(module, encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"{key} = {value}" for key, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[siseon.applications]", *lines, ""]), encoding="utf-8")


def environment_of(packages: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(packages), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "100"}
