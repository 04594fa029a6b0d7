"""What the copies of a model in worker processes tell the original."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.models.find import Located


@dataclass(frozen=True, slots=True)
class InWorker:
    """The weights that a copy of a model in a worker process has loaded."""

    providers: tuple[str, ...]
    files: tuple[Located, ...]
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy of a model tells the original."""

    calls: list[tuple[float, int]]
    """Seconds and items of the calls since its last report."""
    weights: InWorker | None
    """None while it has none loaded."""
