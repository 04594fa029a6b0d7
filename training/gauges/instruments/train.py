"""Trains the detector of instruments on drawn scenes, on the CPU, and keeps the average of its weights.

``python training/gauges/instruments/train.py --steps 7000 --out runs/detector.pt``. Scene and batch are functions of
the step's number and the order of sums is fixed with one thread, so that two runs on one kind of machine give the same
file.
"""

from __future__ import annotations

import argparse
import math
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1]))

from instruments.loss import Targets, loss_of, targets_of
from instruments.network import Detector, points
from instruments.scenes import Scene, letterboxed, scene

SIDE = 256
"""Pixels of the pictures: what a network has learnt of large dials at one size it does not know at a larger one."""
USES = 2
"""Steps that learn from a batch, each from another mirror image: drawing costs as much as learning ("data echoing",
Choi et al., arXiv 1907.05550)."""
BATCH = 16
FASTEST = 1.2e-3
"""Largest rate of learning."""
WARM = 50
"""Steps until it is reached."""
KEPT = 0.995
"""Share of the averaged weights that a step keeps."""
TOLD = 50

Batch = tuple[Tensor, Targets]


def main() -> None:
    """Parse what is asked for and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--first", type=int, default=0, help="number of the first scene")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    network = Detector()
    if asked.start:
        network.load_state_dict(torch.load(asked.start))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    train(network, asked.steps, asked.first, asked.out)


def train(network: Detector, steps: int, first: int, out: Path) -> None:
    """Keeps the average of the last weights, batch statistics included, every now and then and at the end."""
    network = network.to(memory_format=torch.channels_last).train()
    averaged = Detector()
    averaged.load_state_dict(network.state_dict())
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    others = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]
    )
    cells, strides = points(SIDE)
    began, lost, overlapped = time.monotonic(), 0.0, 0.0
    for step, (pictures, targets) in enumerate(batches(steps, first)):
        rate = FASTEST * min((step + 1) / WARM, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16):
            raw = network(pictures)
        loss, overlap = loss_of(raw.float(), targets, cells, strides)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        _average(averaged, network, min(KEPT, (step + 1) / (step + 10)))
        lost, overlapped = lost + loss.item() / TOLD, overlapped + overlap.item() / TOLD
        if (step + 1) % TOLD == 0:
            seen = (step + 1) * BATCH / (time.monotonic() - began)
            print(f"step {step + 1} loss {lost:.3f} overlap {overlapped:.3f} {seen:.1f} scenes/s", flush=True)
            lost, overlapped = 0.0, 0.0
            torch.save(averaged.state_dict(), out)
    torch.save(averaged.state_dict(), out)


def batches(steps: int, first: int) -> Iterator[Batch]:
    """Drawn by another thread while the network learns: OpenCV and PyTorch both let go of the interpreter."""
    made: queue.Queue[Batch] = queue.Queue(maxsize=4)

    def make() -> None:
        for step in range(0, steps, USES):
            start = first + step // USES * BATCH
            scenes = [scene(index, side=SIDE) for index in range(start, start + BATCH)]
            for use in range(USES):
                made.put(batch(scenes, mirrored=use == 1))

    threading.Thread(target=make, daemon=True).start()
    for _ in range(steps):
        yield made.get()


def batch(scenes: Sequence[Scene], *, mirrored: bool = False) -> Batch:
    """The scenes as the network gets them."""
    cells, strides = points(SIDE)
    pictures, targets = [], []
    for drawn in scenes:
        square, boxes = letterboxed(drawn, SIDE)
        if mirrored:
            square, boxes = (
                square[:, ::-1, ::-1],
                np.stack([SIDE - boxes[:, 2], boxes[:, 1], SIDE - boxes[:, 0], boxes[:, 3]], 1),
            )
        pictures.append(square)
        kinds = torch.tensor([one.kind for one in drawn.instruments], dtype=torch.long)
        counts = torch.tensor([one.counts for one in drawn.instruments], dtype=torch.bool)
        targets.append(targets_of(torch.from_numpy(boxes).float(), kinds, counts, cells, strides))
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return stacked.to(memory_format=torch.channels_last), Targets(
        *(torch.stack([getattr(one, name) for one in targets]) for name in Targets.__dataclass_fields__)
    )


@torch.no_grad()
def _average(averaged: Detector, network: Detector, kept: float) -> None:
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - kept)
        else:
            mean.copy_(value)


if __name__ == "__main__":
    main()
