"""The network: a dial unrolled goes in, how likely the pointer is in each of ninety directions comes out, and how
likely the ten marks of the scale are turned by so much."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

DIRECTIONS = 90
"""Columns of the answer, of 4 degrees each; the first is the top."""
MARKS = 10
PHASES = DIRECTIONS // MARKS
"""How far the marks are turned, in steps of 4 degrees: turned by 36, they look the same."""
DILATIONS = (1, 2, 4, 8, 16)
"""Of the layers that look around the dial: together they see all of it."""


class Layer(nn.Module):
    """A convolution whose columns go around: what is beyond the last is the first."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        wide = 4 if stride[1] == 2 else 3  # so that a column of the outcome lies between two
        self.convolution = nn.Conv2d(inputs, outputs, (3, wide), stride, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, rings: Tensor) -> Tensor:
        """(N, inputs, radii, columns)."""
        around = torch.cat([rings[..., -1:], rings, rings[..., :1]], dim=3)
        return functional.relu(self.norm(self.convolution(functional.pad(around, (0, 0, 1, 1)))))


class Around(nn.Module):
    """Adds what is seen some columns to both sides."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.inner = nn.Conv1d(channels, channels, 3, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)
        self.outer = nn.Conv1d(channels, channels, 1)

    def forward(self, columns: Tensor) -> Tensor:
        """(N, channels, columns)."""
        by = self.dilation
        around = torch.cat([columns[..., -by:], columns, columns[..., :by]], dim=2)
        seen: Tensor = self.outer(functional.relu(self.norm(self.inner(around))))
        return functional.relu(columns + seen)


class Pointer(nn.Module):
    """Turning the dial turns the answer: no layer knows where the top is."""

    def __init__(self) -> None:
        super().__init__()
        self.rings = nn.Sequential(
            Layer(3, 20, (1, 2)),
            Layer(20, 24, (2, 1)),
            Layer(24, 40, (2, 1)),
            Layer(40, 40),
            Layer(40, 64, (2, 1)),
        )
        self.flat = nn.Sequential(nn.Conv1d(192, 72, 1, bias=False), nn.BatchNorm1d(72), nn.ReLU())
        self.around = nn.Sequential(*(Around(72, by) for by in (*DILATIONS, *DILATIONS[:3])))
        self.last = nn.Conv1d(72, 1, 1)
        self.marks = nn.Sequential(*(Around(72, by) for by in DILATIONS[:2]), nn.Conv1d(72, 1, 1))

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, 90) and (N, 9) of (N, 3, 24, 180) RGB, 0 to 255.

        Brightness and contrast of a picture do not matter.
        """
        centred = strips - strips.mean(dim=(2, 3), keepdim=True)
        spread = centred.square().mean(dim=(1, 2, 3), keepdim=True).add(1.0).sqrt()
        seen = self.rings(centred / spread)
        columns = self.around(self.flat(seen.flatten(1, 2)))
        pointer, marks = self.last(columns)[:, 0], self.marks(columns)[:, 0]
        return pointer, marks.unflatten(1, (MARKS, PHASES)).mean(dim=1)


class Probabilities(nn.Module):
    """What is exported."""

    def __init__(self, pointer: Pointer) -> None:
        super().__init__()
        self.pointer = pointer

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 90) and (N, 9), each row sums to 1."""
        pointer, marks = self.pointer(strips)
        return functional.softmax(pointer, dim=1), functional.softmax(marks, dim=1)
