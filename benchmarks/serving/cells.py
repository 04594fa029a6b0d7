"""What is measured: the cells of a server's line, and the figures of all rounds put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

IN_PROCESS = "siseon in process"


@dataclass(frozen=True)
class Cell:
    """One way of loading a server."""

    name: str
    clients: int = 0
    """Of a closed loop."""
    of_saturation: float = 0.0
    """Rate of an open loop, as a part of the server's own saturation."""


CLOSED = (Cell("1 client", clients=1), Cell("8 clients", clients=8), Cell("32 clients", clients=32))
OPEN = (Cell("50 %", of_saturation=0.5), Cell("80 %", of_saturation=0.8))
OVERLOAD = Cell("120 %", of_saturation=1.2)


@dataclass
class Measured:
    """Figures of a cell; those of several rounds are added."""

    answers: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Seconds, of the answers."""
    refused: int = 0
    dropped: int = 0
    broken: int = 0
    offered: float = 0.0
    """Requests a second of an open loop, the mean of the rounds."""
    cpu_seconds: float = 0.0
    """Of the server, while it was loaded."""
    client_share: float = 0.0
    """Of a core, used by the load generator: the highest of the rounds."""
    rates: list[float] = field(default_factory=list)
    """Answers a second, a round each."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """Milliseconds, by nearest rank; NaN without answers."""
        ordered = sorted(self.latencies)
        if not ordered:
            return float("nan")
        return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] * 1000

    def add(self, other: Measured) -> None:
        """Put another round's figures to these."""
        rounds = len(self.rates)
        self.offered = (self.offered * rounds + other.offered) / (rounds + 1)
        self.client_share = max(self.client_share, other.client_share)
        self.rates.append(other.rate)
        self.latencies += other.latencies
        for name in ("answers", "seconds", "refused", "dropped", "broken", "cpu_seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Results:
    """Everything that the tables show."""

    objects: tuple[Cell, ...]
    """The cells of photos with a known number of objects."""
    settings: dict[str, str] = field(default_factory=dict)
    """The fastest of each server, by server."""
    trials: dict[str, dict[str, float]] = field(default_factory=dict)
    """Answers a second of each setting, by server."""
    cells: dict[str, dict[str, Measured]] = field(default_factory=dict)
    """By server and cell."""
    memory_mb: dict[str, float] = field(default_factory=dict)

    def add(self, server: str, cell: Cell, measured: Measured) -> None:
        """Put a round's figures to those of the rounds before."""
        self.cells.setdefault(server, {}).setdefault(cell.name, Measured()).add(measured)

    def servers(self) -> list[str]:
        """Those that were measured over HTTP, in the order of the tables."""
        return list(self.settings)

    def of(self, server: str, cell: Cell) -> Measured:
        """The figures of one cell."""
        return self.cells[server][cell.name]

    def to_json(self) -> dict[str, object]:
        """Raw figures, latencies included."""
        return asdict(self)


def object_cells(counts: Sequence[int]) -> tuple[Cell, ...]:
    """One photo with so many objects, sent by as many clients as keep the cores busy."""
    return tuple(Cell(f"{count} objects", clients=8) for count in counts)
