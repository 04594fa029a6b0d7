"""The network: a small U-Net that begins and ends at half the size, and knows what the whole picture looks like."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 11
WIDTHS = (16, 32, 64, 96, 128)
"""Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size."""
STRIDE = 32
"""Both sides of a picture are multiples of it."""


def conv(before: int, after: int, *, side: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(before, after, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """Two convolutions with a short cut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(width, width // 2, side=1), conv(width // 2, width))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        added: Tensor = x + self.body(x)
        return added


class SeaNet(nn.Module):
    """(n, 3, h, w) in −1 to 1 → (n, classes, h / 2, w / 2) logits; h and w are multiples of 32."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.start = nn.Sequential(conv(6, a, stride=2), conv(a, a))
        self.quarter = nn.Sequential(conv(a, b, stride=2), Block(b))
        self.eighth = nn.Sequential(conv(b, c, stride=2), Block(c), Block(c))
        self.sixteenth = nn.Sequential(conv(c, d, stride=2), Block(d), Block(d))
        self.bottom = nn.Sequential(conv(d, e, stride=2), Block(e), Block(e))
        self.whole = nn.Sequential(nn.Conv2d(e, e, 1), nn.ReLU(inplace=True))
        self.around = conv(2 * e, e, side=1)
        self.up = nn.ModuleList(conv(deep + same, same) for deep, same in ((e, d), (d, c), (c, b), (b, a)))
        self.refined = nn.ModuleList(Block(width) for width in (d, c, b))
        self.out = nn.Conv2d(a, CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at half the size."""
        # Oil is what differs from the water around it: the mean colour is told at once, not found at the bottom.
        half = self.start(torch.cat([x, x - x.mean((2, 3), keepdim=True)], 1))
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        bottom = self.bottom(sixteenth)
        whole = self.whole(bottom.mean((2, 3), keepdim=True))
        found = self.around(torch.cat([bottom, whole.expand_as(bottom)], 1))
        for place, same in enumerate((sixteenth, eighth, quarter, half)):
            found = self.up[place](torch.cat([functional.interpolate(found, scale_factor=2.0), same], 1))
            if place < len(self.refined):
                found = self.refined[place](found)
        logits: Tensor = self.out(found)
        return logits


class Exported(nn.Module):
    """The network as it is shipped: probabilities at full size instead of logits at half."""

    def __init__(self, network: SeaNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """(n, classes, h, w), enlarged from half the size; classes add up to 1."""
        logits = functional.interpolate(self.network(x), scale_factor=2.0, mode="bilinear")
        # A softmax over channels, spelt out: ONNX Runtime transposes for its own, which takes as long as all else here.
        powers = (logits - logits.amax(1, keepdim=True)).exp()
        return powers / powers.sum(1, keepdim=True)
