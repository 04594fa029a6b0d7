"""What quantising a network gave: figures, and why it is refused where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from siseon.applications.inspection.quantize.speed import Speed


@dataclass(slots=True)
class Report:
    """Marks are of the photos that were held out, unless they are of those to choose with."""

    model: str
    mark: str
    """What is measured."""
    labelled: bool
    photos: tuple[int, int]
    """To calibrate and choose with, and held out."""
    may_lose: float
    layers: int
    float_bytes: int = 0
    int8_bytes: int = 0
    chosen_with: tuple[float, float] | None = None
    """Marks of float and int8 on the photos to choose with; of int8 throughout where no choice was good."""
    held_out: tuple[float, float] | None = None
    speed: Speed | None = None
    signed: bool = False
    """Whether the weights are."""
    other_ratio: float = 0.0
    """How much faster than float it is with weights of the other kind, in int8 throughout."""
    kept_float: Sequence[str] = field(default=())
    """Names of the layers that stay in float."""
    refused: str = ""
    """Why nothing was written."""
    card: Path | None = None

    def document(self) -> dict[str, object]:
        """As JSON has it."""
        return {**asdict(self), "card": None if self.card is None else str(self.card)}
