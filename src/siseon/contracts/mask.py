"""Masks as COCO run-length encoding: column-major, full-frame, compressed counts.

Source of the format: the COCO API (github.com/cocodataset/cocoapi, ``common/maskApi.c``): runs of zeros and
ones in turn, each from the third on stored as the difference to the run two before, in groups of 5 bits with
a continuation bit, offset by 48 into printable ASCII.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.contracts.failure import ContractViolation
from siseon.contracts.frame import Frame

BITS = 5
CONTINUES = 1 << BITS
SIGN = 1 << (BITS - 1)
ASCII_OFFSET = 48
MAX_GROUPS = 8
"""Groups of 5 bits in one run: 40 bits, more than any frame has pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """The pixels of one object in a frame."""

    counts: bytes
    """COCO compressed counts, ASCII."""
    frame: Frame

    @classmethod
    def encode(cls, pixels: NDArray[np.bool_] | NDArray[np.uint8], frame: Frame) -> Mask:
        """From an (H, W) array of booleans, or of 0 and 1.

        Raises:
            ContractViolation: the array's size is not the frame's.
        """
        if pixels.shape != (frame.height, frame.width):
            raise ContractViolation(
                f"mask pixels have shape {pixels.shape}, the {frame} needs (height, width)"
            )
        flat = (pixels != 0).ravel(order="F")
        return cls._of_edges(np.flatnonzero(flat[1:] != flat[:-1]) + 1, frame, first=bool(flat[0]))

    @classmethod
    def encode_part(cls, pixels: NDArray[np.bool_], left: int, top: int, frame: Frame) -> Mask:
        """From the (h, w) booleans of a window whose first pixel is (left, top); nothing is inside beyond it.

        Costs what the window has pixels, however large the frame is.

        Raises:
            ContractViolation: the window leaves the frame.
        """
        height, width = pixels.shape
        if left < 0 or top < 0 or left + width > frame.width or top + height > frame.height:
            raise ContractViolation(f"a mask's window {left, top, width, height} leaves the {frame}")
        padded = np.zeros((width, height + 2), np.bool_)
        padded[:, 1:-1] = pixels.T
        column, row = np.nonzero(padded[:, 1:] != padded[:, :-1])
        edges = (column + left) * frame.height + row + top
        # A run that reaches a column's foot goes on at the next one's head: the two edges there are none.
        touch = np.flatnonzero(edges[1:] == edges[:-1])
        edges = np.delete(edges, np.concatenate([touch, touch + 1]))
        first = bool(len(edges)) and edges[0] == 0
        inner = edges[(edges > 0) & (edges < frame.width * frame.height)]
        return cls._of_edges(inner, frame, first=first)

    @classmethod
    def _of_edges(cls, edges: NDArray[np.int64], frame: Frame, *, first: bool) -> Mask:
        """``edges``: places where the column-major pixels change; ``first``: the value at place 0."""
        starts = np.concatenate([[0, 0] if first else [0], edges])
        runs = np.diff(np.append(starts, frame.width * frame.height))
        return cls(_compress(runs.astype(np.int64)), frame)

    @classmethod
    def from_wire(cls, wire: dict[str, object], frame: Frame | None = None) -> Mask:
        """From ``{"size": [h, w], "counts": "..."}``; without a frame, in a root frame of its own size.

        Raises:
            ContractViolation: another size than the frame's, or runs that do not add up to it.
        """
        size, counts = wire.get("size"), wire.get("counts")
        if frame is None:
            frame = _root_of(size)
        if size not in ([frame.height, frame.width], (frame.height, frame.width)):
            raise ContractViolation(f"mask.size is {size}, the frame has [{frame.height}, {frame.width}]")
        if not isinstance(counts, str | bytes):
            raise ContractViolation(
                f"mask.counts is {type(counts).__name__}, needs compressed COCO counts as text"
            )
        mask = cls(counts if isinstance(counts, bytes) else counts.encode("ascii", "replace"), frame)
        mask.runs()
        return mask

    def to_wire(self) -> dict[str, object]:
        """``{"size": [h, w], "counts": "..."}`` as pycocotools reads it."""
        return {"size": list(self.size), "counts": self.counts.decode("ascii")}

    def runs(self) -> NDArray[np.int64]:
        """Lengths of the runs of zeros and ones in turn, column-major.

        Raises:
            ContractViolation: damaged counts, or a sum that is not height × width.
        """
        runs = _expand(self.counts)
        if (runs < 0).any() or int(runs.sum()) != self.frame.width * self.frame.height:
            raise ContractViolation(
                f"mask.counts add up to {int(runs.sum())} pixels, the {self.frame} has another number"
            )
        return runs

    def pixels(self) -> NDArray[np.bool_]:
        """(H, W) booleans."""
        runs = self.runs()
        values = np.zeros(len(runs), dtype=np.bool_)
        values[1::2] = True
        return np.repeat(values, runs).reshape(self.frame.width, self.frame.height).T

    def to(self, frame: Frame) -> Mask:
        """The same pixels in a frame that is shifted or scaled against this one; nearest pixel, not blended.

        Raises:
            ContractViolation: no common root, or a frame that is turned or in perspective.
        """
        if frame is self.frame:
            return self
        matrix = frame.matrix_to(self.frame)
        if np.abs(matrix - np.diag(np.diag(matrix)))[:2, :2].any() or matrix[2].tolist() != [0, 0, 1]:
            raise ContractViolation(f"a mask cannot be moved from {self.frame} to {frame}: it is turned")
        columns = np.floor(matrix[0, 0] * (np.arange(frame.width) + 0.5) + matrix[0, 2]).astype(np.int64)
        rows = np.floor(matrix[1, 1] * (np.arange(frame.height) + 0.5) + matrix[1, 2]).astype(np.int64)
        # A ring of nothing around the pixels stands for all that lies beyond them.
        padded = np.pad(self.pixels(), 1)
        columns = np.clip(columns, -1, self.frame.width) + 1
        rows = np.clip(rows, -1, self.frame.height) + 1
        return Mask.encode(padded[np.ix_(rows, columns)], frame)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the frame."""
        return self.frame.height, self.frame.width

    @property
    def area(self) -> int:
        """Pixels inside."""
        return int(self.runs()[1::2].sum())

    @property
    def bbox(self) -> tuple[int, int, int, int]:
        """x1, y1, x2, y2 of the pixels inside; zeros for an empty mask."""
        ends = np.cumsum(self.runs())
        starts, ends = ends[:-1:2], ends[1::2]  # of the runs of ones, column by column
        starts, ends = starts[ends > starts], ends[ends > starts]
        if not len(starts):
            return 0, 0, 0, 0
        height = self.frame.height
        x1, x2 = int(starts[0]) // height, (int(ends[-1]) - 1) // height + 1
        if ((ends - 1) // height > starts // height).any():  # goes on at the next column's head
            return x1, 0, x2, height
        return x1, int((starts % height).min()), x2, int(((ends - 1) % height).max()) + 1


def _root_of(size: object) -> Frame:
    if (
        not isinstance(size, list | tuple)
        or len(size) != 2
        or not all(isinstance(side, int) for side in size)
    ):
        raise ContractViolation(f"mask.size is {size!r}, needs [height, width]")
    return Frame.root(size[1], size[0])


def _compress(runs: NDArray[np.int64]) -> bytes:
    deltas = runs.copy()
    deltas[3:] -= runs[1:-2]
    # A value ends with the group after which only its sign is left: n groups hold [-2^(5n-1), 2^(5n-1)).
    magnitude = np.where(deltas < 0, ~deltas, deltas)
    groups = np.ones(len(deltas), np.int64)
    for n in range(1, MAX_GROUPS):
        groups += magnitude >= (1 << (BITS * n - 1))
    place = np.arange(groups.max())
    chunks = (deltas[:, None] >> (BITS * place)) & (CONTINUES - 1)
    chunks |= np.where(place < groups[:, None] - 1, CONTINUES, 0)
    codes: NDArray[np.uint8] = (chunks[place < groups[:, None]] + ASCII_OFFSET).astype(np.uint8)
    return codes.tobytes()


def _expand(counts: bytes) -> NDArray[np.int64]:
    codes = np.frombuffer(counts, dtype=np.uint8).astype(np.int64) - ASCII_OFFSET
    if not len(codes) or (codes < 0).any() or (codes >= 2 * CONTINUES).any() or codes[-1] & CONTINUES:
        raise ContractViolation("mask.counts are empty, cut off, or no COCO compressed counts")
    ends = np.flatnonzero((codes & CONTINUES) == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > MAX_GROUPS:
        raise ContractViolation("mask.counts have a run longer than any frame")
    place = np.arange(len(codes)) - np.repeat(starts, lengths)
    values = np.add.reduceat((codes & (CONTINUES - 1)) << (BITS * place), starts)
    values -= np.where(codes[ends] & SIGN, np.int64(1) << (BITS * lengths), 0)
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    return np.asarray(runs, dtype=np.int64)
