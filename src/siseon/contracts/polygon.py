"""A simple polygon in pixels of a frame; on the wire a closed ring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Polygon:
    """At least three different points."""

    points: NDArray[np.float32]
    """(N, 2) float32 x, y in pixels of ``frame``, read-only, the first not repeated at the end."""
    frame: Frame

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float32)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ContractViolation(f"polygon.points has shape {points.shape}, needs (N, 2)")
        if not np.isfinite(points).all():
            raise ContractViolation("polygon.points has a value that is not finite")
        if len(points) > 1 and (points[0] == points[-1]).all():
            points = points[:-1]
        if len({(x, y) for x, y in points.tolist()}) < 3:
            raise ContractViolation(f"a polygon needs three different points, got {points.tolist()}")
        points.setflags(write=False)
        object.__setattr__(self, "points", points)

    def to(self, frame: Frame) -> Polygon:
        """The same polygon in another frame (not clamped: a corner may lie outside).

        Raises:
            ContractViolation: the frames have no common root.
        """
        if frame is self.frame:
            return self
        return Polygon(self.frame.map_points(self.points, frame).astype(np.float32), frame)

    @property
    def area(self) -> float:
        """Square pixels (shoelace formula)."""
        x, y = self.points.T.astype(np.float64)
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 of the bounding box."""
        (x1, y1), (x2, y2) = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        return x1, y1, x2, y2

    def ring(self) -> list[list[float]]:
        """The closed ring of the wire: the first point stands again at the end."""
        points = [[float(x), float(y)] for x, y in self.points.tolist()]
        return [*points, points[0]]
