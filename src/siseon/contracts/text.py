"""One line of text, where it stands and how sure the reader was."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.contracts.failure import ContractViolation
from siseon.contracts.polygon import Polygon


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line as read."""

    polygon: Polygon
    """Four corners, clockwise from the text's own top left."""
    text: str
    score: float
    """Mean confidence of the characters, in [0, 1]."""

    def __post_init__(self) -> None:
        if len(self.polygon.points) != 4:
            raise ContractViolation(f"a line has four corners, got {len(self.polygon.points)}")
        if not 0.0 <= self.score <= 1.0:
            raise ContractViolation(f"line.score = {self.score} is outside [0, 1]")
