"""The models of a service, and the last minutes of those that are loaded."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter

from siseon.console.history import EVERY_S, GAP, KEPT, Line


class Stats(BaseModel):
    """What a model has done since it was loaded."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: int
    items: int
    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    resident_bytes: int


class Model(BaseModel):
    """A model as ``/v1/models`` tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str
    task: str
    licence: str
    loaded: bool
    workers: int
    providers: tuple[str, ...]
    pipelines: tuple[str, ...]
    weights: str
    """``here``, ``to pull`` or ``to bring``."""
    pulled_from: str | None
    sha256: str
    stats: Stats
    items_per_second: float

    @property
    def here(self) -> bool:
        """Whether any process has it loaded."""
        return self.loaded or self.workers > 0


MODELS = TypeAdapter(tuple[Model, ...])


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model did over the last minutes, look by look."""

    per_second: Line
    """Calls."""
    mean_ms: Line
    """Of the calls between two looks; None where there were none."""


@dataclass(frozen=True, slots=True)
class Known:
    """All models, and the pace of the loaded ones by name."""

    models: tuple[Model, ...]
    paces: Mapping[str, Pace]


class Paces:
    """Rings of the loaded models; one that is unloaded is forgotten."""

    def __init__(self) -> None:
        self._at = 0.0
        self._before: dict[str, Stats] = {}
        self._rings: dict[str, deque[tuple[float | None, float | None]]] = {}

    def add(self, at: float, models: Sequence[Model]) -> Known:
        """One more look, ``at`` seconds by a clock that never goes back."""
        apart, self._at = at - self._at, at
        loaded = {model.name: model.stats for model in models if model.here}
        if apart > GAP * EVERY_S:
            self._rings.clear()
        self._rings = {name: self._rings.get(name, _empty()) for name in loaded}
        for name, stats in loaded.items():
            self._rings[name].append(_since(self._before.get(name), stats, apart))
        self._before = loaded
        paces = {
            name: Pace(tuple(one for one, _ in ring), tuple(one for _, one in ring))
            for name, ring in self._rings.items()
        }
        return Known(tuple(models), paces)


def _empty() -> deque[tuple[float | None, float | None]]:
    return deque([(None, None)] * KEPT, maxlen=KEPT)


def _since(before: Stats | None, now: Stats, apart: float) -> tuple[float | None, float | None]:
    if before is None or now.calls < before.calls:  # it was loaded anew
        return None, None
    calls = now.calls - before.calls
    took = now.mean_ms * now.calls - before.mean_ms * before.calls
    mean = float(f"{max(0.0, took) / calls:.3g}") if calls else None
    return round(calls / max(apart, 0.1), 1), mean
