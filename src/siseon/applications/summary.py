"""The lines that every result has on a terminal, around those of its application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from siseon.contracts import Result

WAITED = 0.8
"""Share of the time of an answer: where less of it was work, both are told."""


def summary(name: str, size: tuple[int, int], result: Result[Any], found: Sequence[str]) -> str:
    """Name, (width, height) and time; what was found; what is missing. No rich markup: texts may hold brackets."""
    width, height = size
    lines = [f"{name}  ({width} × {height}, {_time(result)})"]
    body = [*found, *(f"degraded: {entry}" for entry in result.degraded)]
    body += [f"note: {entry}" for entry in result.warnings]
    return "\n".join([*lines, *(f"  {line}" for line in body or ["nothing found"])])


def _time(result: Result[Any]) -> str:
    """Of the answer; of many pictures at once each waits for the others most of its time."""
    work_ms = sum(timing.compute_ms for timing in result.timings)
    told = f"{result.elapsed_ms:.0f} ms"
    return (
        told if work_ms > WAITED * result.elapsed_ms else f"{work_ms:.0f} ms of work, answered after {told}"
    )
