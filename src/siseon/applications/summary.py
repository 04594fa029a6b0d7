"""The lines that every result has on a terminal, around those of its application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from siseon.contracts import Result


def summary(name: str, size: tuple[int, int], result: Result[Any], found: Sequence[str]) -> str:
    """Name, (width, height) and time; what was found; what is missing. No rich markup: texts may hold brackets."""
    width, height = size
    lines = [f"{name}  ({width} × {height}, {result.elapsed_ms:.0f} ms)"]
    body = [*found, *(f"degraded: {entry}" for entry in result.degraded)]
    body += [f"note: {entry}" for entry in result.warnings]
    return "\n".join([*lines, *(f"  {line}" for line in body or ["nothing found"])])
