"""What the network is told of a batch: which points stand for which instrument, and how far each answer is off.

A point stands for an instrument where it lies near its middle, on the grids whose strides suit its size (the rule of
"FCOS", Tian et al., arXiv 1904.01355, with two neighbouring grids); the nearest one also beside a display that is lower
than a cell. Objectness learns the overlap of its own box,
boxes learn by GIoU (Rezatofighi et al., arXiv 1902.09630).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from instruments.network import CLASSES, STRIDES, boxes_of

NEAR = 1.5
"""Strides from an instrument's middle within which points stand for it."""
SIZES = ((0.0, 72.0), (44.0, 176.0), (112.0, 1e9))
"""Pixels of an instrument's longer side for which each grid stands."""


@dataclass(frozen=True)
class Targets:
    """Of a batch, one row a point: which instrument (−1: none), its box and kind; ``ignored`` ones teach nothing."""

    positive: Tensor
    boxes: Tensor
    kinds: Tensor
    ignored: Tensor


def targets_of(boxes: Tensor, kinds: Tensor, counts: Tensor, cells: Tensor, steps: Tensor) -> Targets:
    """Of one picture: ``boxes`` (m, 4) in pixels, ``kinds`` and ``counts`` (m,); cells and steps of ``points``."""
    count = len(cells)
    nothing = torch.zeros(count, dtype=torch.bool)
    if not len(boxes):
        return Targets(nothing, torch.zeros(count, 4), torch.zeros(count, dtype=torch.long), nothing)
    at = (cells + 0.5) * steps
    middle, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    longer = sides.max(1).values
    low, high = _sizes(steps)
    suits = (longer[None] >= low) & (longer[None] <= high)
    away = (at[:, None] - middle[None]).abs() / steps[:, None]
    inside = ((at[:, None] > boxes[None, :, :2]) & (at[:, None] < boxes[None, :, 2:])).all(-1)
    stands = suits & (away < NEAR).all(-1) & (inside | (away <= 0.5).all(-1))
    nearest = torch.where(stands, away.square().sum(-1) + 1e-6 * sides.prod(1)[None], torch.inf)
    best = nearest.min(1)
    positive = best.values.isfinite()
    ignored = (inside & ~counts[None]).any(1) & ~(positive & counts[best.indices])
    return Targets(positive & counts[best.indices], boxes[best.indices], kinds[best.indices], ignored)


def _sizes(steps: Tensor) -> tuple[Tensor, Tensor]:
    """Least and largest longer side for which each point stands, both (points, 1)."""
    low, high = torch.zeros_like(steps), torch.zeros_like(steps)
    for stride, (least, most) in zip(STRIDES, SIZES, strict=True):
        low[steps == stride], high[steps == stride] = least, most
    return low, high


def loss_of(raw: Tensor, targets: Targets, cells: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
    """The loss of a batch; ``targets`` are stacked. Also the mean overlap of the boxes, to be told."""
    predicted = boxes_of(raw, cells, steps)
    positive = targets.positive
    overlap, giou = _overlaps(predicted[positive], targets.boxes[positive])
    wanted = torch.zeros_like(raw[..., 4])
    wanted[positive] = overlap.detach().clamp(0, 1)
    many = positive.sum().clamp(min=1)
    said = raw[..., 4]
    off = functional.binary_cross_entropy_with_logits(said, wanted, reduction="none")
    objects = (off * ~targets.ignored).sum() / many
    kinds = functional.one_hot(targets.kinds[positive], CLASSES).float()
    classes = (
        functional.binary_cross_entropy_with_logits(raw[..., 5:][positive], kinds, reduction="sum") / many
    )
    return 2.0 * (1 - giou).sum() / many + objects + 0.5 * classes, overlap.mean()


def _overlaps(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and GIoU, row by row."""
    common = (torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])).clamp(
        min=0
    )
    inner = common.prod(1)
    union = (first[:, 2:] - first[:, :2]).prod(1) + (second[:, 2:] - second[:, :2]).prod(1) - inner
    hull = (torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])).prod(1)
    overlap = inner / union.clamp(min=1e-6)
    return overlap, overlap - (hull - union) / hull.clamp(min=1e-6)
