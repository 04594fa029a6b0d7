"""Rectangles in pixels of a frame, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame

EDGE_TOLERANCE_PX = 1e-3
"""How far outside its frame a box may lie for the rounding of float32 maps; it is clamped then."""

Index = NDArray[np.bool_] | NDArray[np.integer] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes that are finite, have an area and lie inside their frame."""

    xyxy: NDArray[np.float32]
    """(N, 4) float32 x1, y1, x2, y2 in pixels of ``frame``, read-only, x2 > x1, y2 > y1."""
    frame: Frame

    def __post_init__(self) -> None:
        xyxy = _as_xyxy(self.xyxy, None)
        if len(xyxy):
            limit = np.array([self.frame.width, self.frame.height] * 2, np.float32)
            outside = (xyxy < -EDGE_TOLERANCE_PX) | (xyxy > limit + EDGE_TOLERANCE_PX)
            if outside.any():
                row = int(np.flatnonzero(outside.any(axis=1))[0])
                raise ContractViolation(
                    f"boxes.xyxy[{row}] = {xyxy[row].tolist()} lies outside the {self.frame}"
                )
            xyxy = np.clip(xyxy, 0, limit)
            _check_order(xyxy, None)
        xyxy.setflags(write=False)
        object.__setattr__(self, "xyxy", xyxy)

    @classmethod
    def from_model(cls, xyxy: ArrayLike, frame: Frame, *, stage: str) -> tuple[Boxes, NDArray[np.bool_]]:
        """Boxes as a detector gives them: clamped to the frame, without those of which nothing is left.

        Returns:
            The boxes, and the (N,) mask of those that were kept.

        Raises:
            ContractViolation: NaN, or x2 ≤ x1 or y2 ≤ y1 before clamping (centre and size given?).
        """
        array = _as_xyxy(xyxy, stage)
        _check_order(array, stage)
        clamped = np.clip(array, 0, np.array([frame.width, frame.height] * 2, np.float32))
        keep = (clamped[:, 2] > clamped[:, 0]) & (clamped[:, 3] > clamped[:, 1])
        return cls._of_valid(clamped[keep], frame), keep

    @classmethod
    def empty(cls, frame: Frame) -> Boxes:
        """No boxes."""
        return cls(np.empty((0, 4), np.float32), frame)

    def to(self, frame: Frame) -> Boxes:
        """The same boxes in another frame: the bounding box of the mapped corners, clamped.

        Raises:
            ContractViolation: no common root, or a box that lies wholly outside the other frame.
        """
        if frame is self.frame:
            return self
        if not len(self):
            return Boxes.empty(frame)
        clamped = np.clip(self._mapped(frame), 0, [frame.width, frame.height] * 2).astype(np.float32)
        gone = (clamped[:, 2] <= clamped[:, 0]) | (clamped[:, 3] <= clamped[:, 1])
        if gone.any():
            raise ContractViolation(f"{int(gone.sum())} of {len(self)} boxes lie outside the {frame}")
        if not np.isfinite(clamped).all():
            return Boxes(clamped, frame)  # names the row: a perspective may have no image of a point
        return Boxes._of_valid(clamped, frame)

    def _mapped(self, frame: Frame) -> NDArray[np.float64]:
        """(N, 4) bounding boxes of the mapped corners."""
        matrix = self.frame.matrix_to(frame)
        (sx, turn_x, tx), (turn_y, sy, ty), last = matrix.tolist()
        if not turn_x and not turn_y and sx > 0 and sy > 0 and last == [0.0, 0.0, 1.0]:
            return np.asarray(self.xyxy * np.array([sx, sy, sx, sy]) + np.array([tx, ty, tx, ty]))
        x1, y1, x2, y2 = self.xyxy.T.astype(np.float64)
        corners = np.stack([x1, y1, x2, y1, x2, y2, x1, y2], axis=1).reshape(-1, 2)
        mapped = self.frame.map_points(corners, frame).reshape(-1, 4, 2)
        return np.concatenate([mapped.min(axis=1), mapped.max(axis=1)], axis=1)

    @property
    def area(self) -> NDArray[np.float32]:
        """(N,) float32, square pixels."""
        return np.asarray((self.xyxy[:, 2] - self.xyxy[:, 0]) * (self.xyxy[:, 3] - self.xyxy[:, 1]))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, index: Index) -> Boxes:
        part = self.xyxy[index]
        return Boxes._of_valid(part, self.frame) if part.ndim == 2 else Boxes(part, self.frame)

    @classmethod
    def _of_valid(cls, xyxy: NDArray[np.float32], frame: Frame) -> Boxes:
        """Boxes from an array of this class's own making, which is not checked a second time."""
        xyxy.setflags(write=False)
        boxes = object.__new__(cls)
        object.__setattr__(boxes, "xyxy", xyxy)
        object.__setattr__(boxes, "frame", frame)
        return boxes


def iou(a: Boxes, b: Boxes) -> NDArray[np.float32]:
    """(N, M) float32 intersection over union; ``b`` is mapped to the frame of ``a``."""
    return iou_of(a.xyxy, b.to(a.frame).xyxy)


def iou_of(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, M) float32 intersection over union of (N, 4) and (M, 4) xyxy of one frame."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inner = np.clip(bottom_right - top_left, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (a, b)]
    return np.asarray(inner / (areas[0][:, None] + areas[1][None, :] - inner), dtype=np.float32)


def _as_xyxy(values: ArrayLike, stage: str | None) -> NDArray[np.float32]:
    try:
        array = np.array(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ContractViolation(f"boxes.xyxy is not an array of numbers: {error}", stage=stage) from None
    if array.size == 0:
        return np.empty((0, 4), np.float32)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ContractViolation(f"boxes.xyxy has shape {array.shape}, needs (N, 4)", stage=stage)
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise ContractViolation(f"boxes.xyxy[{row}] = {array[row].tolist()} is not finite", stage=stage)
    return array


def _check_order(xyxy: NDArray[np.float32], stage: str | None) -> None:
    wrong = (xyxy[:, 2] <= xyxy[:, 0]) | (xyxy[:, 3] <= xyxy[:, 1])
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ContractViolation(
            f"boxes.xyxy[{row}] = {xyxy[row].tolist()} must have x2 > x1 and y2 > y1",
            hint="is the model's output cx, cy, w, h? The decoder must convert it to xyxy",
            stage=stage,
        )
