"""What is measured: the cells of a server's line, their figures round by round, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

IN_PROCESS = "siseon in process"


@dataclass(frozen=True)
class Cell:
    """One way of loading a server."""

    name: str
    clients: int = 0
    """Of a closed loop."""
    of_saturation: float = 0.0
    """Rate of an open loop, as a part of the server's own saturation."""
    deadline: bool = False
    """Clients hang up when their time is over."""
    told: bool = True
    """... and say so beforehand."""


CLOSED = (Cell("1 client", clients=1), Cell("8 clients", clients=8), Cell("32 clients", clients=32))
OPEN = (Cell("50 %", of_saturation=0.5), Cell("80 %", of_saturation=0.8))
TOLD = Cell("120 % of saturation", of_saturation=1.2, deadline=True)
UNTOLD = Cell("120 % of saturation, without X-Request-Timeout", of_saturation=1.2, deadline=True, told=False)
OVERLOAD = (TOLD, UNTOLD)


def object_cells(counts: Sequence[int]) -> tuple[Cell, ...]:
    """One photo with so many objects, sent by as many clients as keep the cores busy."""
    return tuple(Cell(f"{count} objects", clients=8) for count in counts)


@dataclass(frozen=True)
class Measured:
    """Figures of a cell in one round."""

    answers: int
    seconds: float
    p50: float = float("nan")
    """Milliseconds, of the answers, as the other percentiles; NaN without answers."""
    p95: float = float("nan")
    p99: float = float("nan")
    refused: int = 0
    dropped: int = 0
    broken: int = 0
    offered: float = 0.0
    """Requests a second of an open loop."""
    cpu_seconds: float = 0.0
    """Of the server, while it was loaded."""
    client_share: float = 0.0
    """Of a core, used by the load generator."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    @property
    def share(self) -> float:
        """Answers in time, of those offered."""
        return self.rate / self.offered if self.offered else float("nan")

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the server's processor time for an answer."""
        return self.cpu_seconds / self.answers * 1000 if self.answers else float("nan")


def percentile(seconds: Sequence[float], percent: int) -> float:
    """Milliseconds, by nearest rank; NaN of none."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] * 1000 if ordered else float("nan")


@dataclass
class Results:
    """Everything that the tables show; kept in a file, so that a run may be made in pieces."""

    objects: tuple[Cell, ...]
    """The cells of photos with a known number of objects."""
    expected: list[Any] = field(default_factory=list)
    """Our answers for the first photos."""
    trials: dict[str, dict[str, float]] = field(default_factory=dict)
    """Answers a second of each setting, by server."""
    limit_trials: dict[str, dict[str, float]] = field(default_factory=dict)
    """Answers in time of each setting with limits, a second, by server."""
    cells: dict[str, dict[str, list[Measured]]] = field(default_factory=dict)
    """By server, cell and round."""
    memory_mb: dict[str, float] = field(default_factory=dict)
    """The most that was seen, by server."""
    seconds: float = 0.0
    """Time spent altogether."""
    again: int = 0
    """Cells that were measured once more, see ``steady``."""

    def add(self, server: str, cell: Cell, measured: Measured) -> None:
        """Put a round's figures behind those of the rounds before."""
        self.cells.setdefault(server, {}).setdefault(cell.name, []).append(measured)

    def rounds(self, server: str, cell: Cell) -> list[Measured]:
        """The figures of one cell, round by round."""
        return self.cells.get(server, {}).get(cell.name, [])

    def setting(self, server: str) -> str:
        """That with which all but the overload was measured."""
        trials = self.trials[server]
        return max(trials, key=trials.__getitem__)

    def limits(self, server: str) -> str:
        """That with which the overload was measured."""
        trials = self.limit_trials.get(server)
        return max(trials, key=trials.__getitem__) if trials else self.setting(server)

    def save(self, path: Path) -> None:
        """Write all of it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["objects"] = tuple(Cell(**cell) for cell in kept["objects"])
        kept["cells"] = {
            server: {name: [Measured(**one) for one in rounds] for name, rounds in cells.items()}
            for server, cells in kept["cells"].items()
        }
        return cls(**kept)
