"""Pixel coordinate systems: a size, and the map to the parent they were cut, scaled or warped from.

Convention: coordinates are continuous, x right and y down, with the origin at the outer corner of the first
pixel; pixel (i, j) covers [i, i + 1) × [j, j + 1). Resizing by s therefore multiplies coordinates by s,
without half-pixel shifts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from siseon.contracts.failure import ContractViolation

Matrix = NDArray[np.float64]
"""(3, 3) float64 homography that acts on column vectors (x, y, 1)."""
IDENTITY: Matrix = np.eye(3)
ROUNDING = 1e-6
"""Pixels: a side that fits exactly must not lose one to the last bit of its scale."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Frame:
    """A coordinate system of ``width`` × ``height`` pixels. Compared by identity: two crops differ."""

    width: int
    height: int
    parent: Frame | None = None
    to_parent: Matrix | None = None
    """Maps this frame's coordinates to the parent's; None for a root."""
    kind: str = "root"
    content: tuple[int, int, int, int] = (0, 0, 0, 0)
    """xyxy of the area that shows the parent: all of it, but for the padding of a letterbox."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ContractViolation(f"a frame of {self.width} × {self.height} pixels has no area")
        if (self.parent is None) != (self.to_parent is None):
            raise ContractViolation("a frame has a parent and a map to it, or neither")
        if self.to_parent is not None:
            if self.to_parent.shape != (3, 3) or not all(map(isfinite, self.to_parent.ravel().tolist())):
                raise ContractViolation("the map to the parent must be a finite 3 × 3 matrix")
            self.to_parent.setflags(write=False)
        if self.content == (0, 0, 0, 0):
            object.__setattr__(self, "content", (0, 0, self.width, self.height))

    @classmethod
    def root(cls, width: int, height: int) -> Frame:
        """The frame of a whole picture."""
        return cls(width, height)

    @property
    def root_frame(self) -> Frame:
        """The frame at the end of the chain of parents."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame

    @property
    def depth(self) -> int:
        """Number of parents."""
        return 0 if self.parent is None else self.parent.depth + 1

    def crop(self, x1: int, y1: int, x2: int, y2: int, *, kind: str = "crop") -> Frame:
        """The part [x1, x2) × [y1, y2), clamped to this frame.

        Raises:
            ContractViolation: nothing is left after clamping.
        """
        x1, y1 = max(0, int(x1)), max(0, int(y1))
        x2, y2 = min(self.width, int(x2)), min(self.height, int(y2))
        if x2 <= x1 or y2 <= y1:
            raise ContractViolation(f"the crop ({x1}, {y1}, {x2}, {y2}) of {self} is empty")
        return Frame(x2 - x1, y2 - y1, self, _scale_shift(1.0, 1.0, x1, y1), kind)

    def tile(self, x: int, y: int, width: int, height: int) -> Frame:
        """A window at (x, y), clamped to this frame; like ``crop``, by size."""
        return self.crop(x, y, x + width, y + height, kind="tile")

    def resize(self, width: int, height: int) -> Frame:
        """The same view with another number of pixels."""
        return Frame(
            width, height, self, _scale_shift(self.width / width, self.height / height, 0, 0), "resize"
        )

    def letterbox(
        self,
        width: int,
        height: int,
        *,
        anchor: Literal["center", "top_left"] = "center",
    ) -> Frame:
        """This view scaled to fit into width × height with its aspect kept, padded at the other sides.

        The content has a whole number of pixels, so its two scales may differ by less than a pixel; both are kept.
        It is truncated, as YOLOX's own code does: rounding adds a row of pixels that its networks did not see.
        """
        scale = min(width / self.width, height / self.height)
        inner_w = min(width, max(1, int(self.width * scale + ROUNDING)))
        inner_h = min(height, max(1, int(self.height * scale + ROUNDING)))
        left = (width - inner_w) // 2 if anchor == "center" else 0
        top = (height - inner_h) // 2 if anchor == "center" else 0
        sx, sy = self.width / inner_w, self.height / inner_h
        matrix = _scale_shift(sx, sy, -left * sx, -top * sy)
        return Frame(width, height, self, matrix, "letterbox", (left, top, left + inner_w, top + inner_h))

    def warp(self, matrix: Matrix, width: int, height: int, *, kind: str = "warp") -> Frame:
        """A view of width × height whose coordinates ``matrix`` (3, 3) maps into this frame.

        Raises:
            ContractViolation: the matrix is not finite or cannot be inverted.
        """
        matrix = np.array(matrix, dtype=np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-12:
            raise ContractViolation("a warp needs a finite 3 × 3 matrix that can be inverted")
        return Frame(width, height, self, matrix, kind)

    def matrix_to(self, other: Frame) -> Matrix:
        """(3, 3) float64 that maps this frame's coordinates to the other's.

        Raises:
            ContractViolation: the frames have no common root.
        """
        if other is self:
            return np.eye(3)
        if other is self.parent and self.to_parent is not None:
            return self.to_parent
        up, root = self._matrix_to_root()
        down, other_root = other._matrix_to_root()
        if root is not other_root:
            raise ContractViolation(
                f"{self} and {other} have no common root: their coordinates cannot be compared",
                hint="derive both frames from the frame of one image (crop, resize, letterbox, tile, warp)",
            )
        return np.asarray(np.linalg.solve(down, up), dtype=np.float64)

    def map_points(self, points: NDArray[np.floating], other: Frame) -> NDArray[np.float64]:
        """Map (N, 2) points of this frame to the other's coordinates, float64."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        matrix = self.matrix_to(other)
        mapped = points @ matrix[:, :2].T + matrix[:, 2]
        if matrix[2, 0] == 0.0 and matrix[2, 1] == 0.0 and matrix[2, 2] == 1.0:
            return np.asarray(mapped[:, :2])
        return np.asarray(mapped[:, :2] / mapped[:, 2:])

    def _matrix_to_root(self) -> tuple[Matrix, Frame]:
        matrix, frame = np.eye(3), self
        while frame.parent is not None and frame.to_parent is not None:
            matrix = frame.to_parent @ matrix
            frame = frame.parent
        return matrix, frame

    def __str__(self) -> str:
        return f"{self.kind} frame {self.width} × {self.height}"


def _scale_shift(sx: float, sy: float, tx: float, ty: float) -> Matrix:
    matrix = IDENTITY.copy()  # and four numbers take half the time of nine in lists
    matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2] = sx, sy, tx, ty
    return matrix
