"""The detector: a small convolutional network, boxes on three grids, in the form that the decoder ``yolox`` reads."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
CLASSES = 3
WIDTHS = (16, 32, 64, 96, 128)
NECK = 56
LARGEST = 5.0
"""Bound of the logarithm of a box's side in strides, so that its exponential stays a number."""
LUMA = (0.3, 0.5, 0.2)
"""Shares of red, green and blue in what the network sees: instruments are told by their shapes, and what it would learn
of the colours that were drawn is wrong of others."""
PRIOR = -4.6
"""Logit of 1 %: what a point says before it has learnt anything."""


def conv(before: int, after: int, *, side: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation, activation; ReLU, since it is the fastest in bfloat16 and on any CPU."""
    return nn.Sequential(
        nn.Conv2d(before, after, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """A bottleneck with a short cut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(width, width // 2, side=1), conv(width // 2, width))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        added: Tensor = x + self.body(x)
        return added


class Detector(nn.Module):
    """(n, 3, side, side) in −1 to 1 → (n, points, 5 + classes): offsets, log sizes, objectness, classes (0–1)."""

    grey: Tensor

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.register_buffer(
            "grey", torch.tensor(LUMA).expand(3, 3)[..., None, None].clone(), persistent=False
        )
        self.start = nn.Sequential(conv(3, a, stride=2), conv(a, b, stride=2), Block(b))
        self.eight = nn.Sequential(conv(b, c, stride=2), Block(c), Block(c))
        self.sixteen = nn.Sequential(conv(c, d, stride=2), Block(d), Block(d))
        self.thirty_two = nn.Sequential(conv(d, e, stride=2), Block(e), Block(e))
        self.around = conv(4 * e, e, side=1)
        self.lateral = nn.ModuleList(conv(width, NECK, side=1) for width in (c, d, e))
        self.merged = nn.ModuleList(conv(NECK, NECK) for _ in STRIDES)
        self.head = nn.Sequential(conv(NECK, NECK), conv(NECK, NECK))
        self.out = nn.Conv2d(NECK, 5 + CLASSES, 1)
        nn.init.constant_(self.out.bias[4:5], PRIOR)

    def forward(self, x: Tensor) -> Tensor:
        """Raw: logits instead of probabilities; (n, points, 5 + classes)."""
        eight = self.eight(self.start(functional.conv2d(x, self.grey)))
        sixteen = self.sixteen(eight)
        thirty_two = self.thirty_two(sixteen)
        seen = [thirty_two]  # and wider and wider: a dial may be as large as the picture
        for _ in range(3):
            seen.append(functional.max_pool2d(seen[-1], 5, 1, 2))
        thirty_two = self.around(torch.cat(seen, 1))
        levels = [side(level) for side, level in zip(self.lateral, (eight, sixteen, thirty_two), strict=True)]
        levels[1] = levels[1] + functional.interpolate(levels[2], scale_factor=2.0)
        levels[0] = levels[0] + functional.interpolate(levels[1], scale_factor=2.0)
        outputs = [
            self.out(self.head(merge(level))) for merge, level in zip(self.merged, levels, strict=True)
        ]
        return torch.cat([output.flatten(2) for output in outputs], 2).transpose(1, 2)


class Exported(nn.Module):
    """The detector as it is shipped: sizes bounded, probabilities instead of logits."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, x: Tensor) -> Tensor:
        """See ``Detector``."""
        raw = self.detector(x)
        sizes = raw[..., 2:4].clamp(-LARGEST, LARGEST)
        return torch.cat([raw[..., :2], sizes, raw[..., 4:].sigmoid()], -1)


def points(side: int) -> tuple[Tensor, Tensor]:
    """(P, 2) cells as x, y and (P, 1) strides, in the order of the output."""
    cells, steps = [], []
    for stride in STRIDES:
        count = side // stride
        y, x = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
        cells.append(torch.stack([x.flatten(), y.flatten()], 1))
        steps.append(torch.full((count * count, 1), stride))
    return torch.cat(cells).float(), torch.cat(steps).float()


def boxes_of(raw: Tensor, cells: Tensor, steps: Tensor) -> Tensor:
    """(n, P, 4) x1, y1, x2, y2 in pixels of the input."""
    middle = (raw[..., :2] + cells) * steps
    half = raw[..., 2:4].clamp(-LARGEST, LARGEST).exp() * steps / 2
    return torch.cat([middle - half, middle + half], -1)
