"""Trains the network of the sea on drawn scenes, on the CPU, and keeps the average of its weights.

``python training/oilspill/train.py --steps 4000 --out runs/sea.pt``. Scene and batch are functions of the step's
number and the order of sums is fixed with one thread, so that two runs on one kind of machine give the same file.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[1]))

from oilspill.network import SeaNet
from oilspill.scenes import IGNORED, Scene, scene

SIDE = 192
USES = 2
"""Steps that learn from a batch, each from another mirror image: drawing costs as much as learning ("data echoing",
Choi et al., arXiv 1907.05550)."""
BATCH = 12
FASTEST = 2e-3
"""Largest rate of learning."""
WARM = 60
"""Steps until it is reached."""
KEPT = 0.99
"""Share of the averaged weights that a step keeps."""
TOLD = 25
AHEAD = 3
"""Batches that are drawn before they are needed."""
WEIGHTS = (1.0, 2.5, 3.0, 2.5, 3.0, 2.5, 2.0, 2.0, 1.0, 2.0, 1.0)
"""Of the classes: those that are rare count more."""
OIL = slice(1, 7)
WHETHER = 1.0
"""Weight of whether it is oil at all, beside of which class."""


def main() -> None:
    """Parse what is asked for and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--first", type=int, default=0, help="number of the first scene")
    parser.add_argument(
        "--side", type=int, default=SIDE, help="pixels of the scenes: smaller ones teach faster at first"
    )
    parser.add_argument("--rate", type=float, default=FASTEST, help="largest rate of learning")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    network = SeaNet()
    if asked.start:
        network.load_state_dict(torch.load(asked.start))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    train(network, asked.steps, asked.first, asked.rate, asked.side, asked.out)


def train(network: SeaNet, steps: int, first: int, fastest: float, side: int, out: Path) -> None:
    """Keeps the average of the last weights, batch statistics included, every now and then and at the end."""
    network = network.to(memory_format=torch.channels_last).train()
    averaged = SeaNet()
    averaged.load_state_dict(network.state_dict())
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    others = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]
    )
    # Where a processor has no such instructions, they take ten times as long.
    fast_halves = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    began, lost = time.monotonic(), 0.0
    for step, (pictures, labels) in enumerate(batches(steps, first, side)):
        rate = fastest * min((step + 1) / WARM, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=fast_halves):
            logits = network(pictures)
        loss = loss_of(logits.float(), labels)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        _average(averaged, network, min(KEPT, (step + 1) / (step + 10)))
        lost += loss.item() / TOLD
        if (step + 1) % TOLD == 0:
            seen = (step + 1) * BATCH / (time.monotonic() - began)
            print(f"step {step + 1} loss {lost:.3f} {seen:.1f} scenes/s", flush=True)
            lost = 0.0
            torch.save(averaged.state_dict(), out)
    torch.save(averaged.state_dict(), out)


def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of the class, and of whether it is oil."""
    weights = torch.tensor(WEIGHTS)
    chances = functional.log_softmax(logits, 1)
    which = functional.nll_loss(chances, labels, weights, ignore_index=IGNORED)
    oil = chances[:, OIL].logsumexp(1)
    not_oil = torch.cat([chances[:, : OIL.start], chances[:, OIL.stop :]], 1).logsumexp(1)
    counts = labels != IGNORED
    is_oil = (labels >= OIL.start) & (labels < OIL.stop)
    whether = -torch.where(is_oil, oil, not_oil)[counts].mean()
    return which + WHETHER * whether


def batches(steps: int, first: int, side: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Drawn by another thread while the network learns: OpenCV and PyTorch both let go of the interpreter."""
    with ThreadPoolExecutor(1) as drawing:
        firsts = iter(range(first, first + -(-steps // USES) * BATCH, BATCH))
        ahead = deque(drawing.submit(_drawn, start, side) for start in islice(firsts, AHEAD))
        while ahead:
            scenes = ahead.popleft().result()
            ahead.extend(drawing.submit(_drawn, start, side) for start in islice(firsts, 1))
            for use in range(USES):
                yield batch(scenes, mirrored=use == 1)


def _drawn(first: int, side: int) -> list[Scene]:
    return [scene(index, side=side) for index in range(first, first + BATCH)]


def batch(scenes: list[Scene], *, mirrored: bool = False) -> tuple[Tensor, Tensor]:
    """(n, 3, h, w) in −1 to 1 and (n, h / 2, w / 2) numbers of ``CLASSES``."""
    pixels = np.stack([one.pixels[:, ::-1] if mirrored else one.pixels for one in scenes])
    labels = np.stack([one.label[:, ::-1] if mirrored else one.label for one in scenes])
    pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    return pictures.to(memory_format=torch.channels_last), torch.from_numpy(
        labels[:, ::2, ::2].astype(np.int64)
    )


@torch.no_grad()
def _average(averaged: SeaNet, network: SeaNet, kept: float) -> None:
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - kept)
        else:
            mean.copy_(value)


if __name__ == "__main__":
    main()
