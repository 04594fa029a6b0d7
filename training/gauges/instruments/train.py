"""Trains the detector of instruments on drawn scenes, on the CPU, and keeps the average of its weights.

``python training/gauges/instruments/train.py --steps 7000 --out runs/detector.pt``. Scene and batch are functions of
the step's number and the order of sums is fixed with one thread, so that two runs on one kind of machine give the same
file.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1]))

from instruments.canvas import Pixels
from instruments.echoes import Sample, echo
from instruments.loss import Targets, loss_of, targets_of
from instruments.network import Detector, points
from instruments.palettes import chance
from instruments.scenes import Scene, scene

SIDE = 256
"""Pixels of the pictures: what a network has learnt of large dials at one size it does not know at a larger one."""
DRAWN = 320
"""Pixels at which every other scene is drawn, to be made smaller as photos are."""
BATCH = 16
USES = 4
"""Steps that learn from a scene, each from another echo of it."""
APART = 12
"""Steps between two uses of a scene."""
QUARTERED = 0.3
"""Share of pictures that show four scenes."""
WARM = 100
"""Steps until the rate is reached."""
KEPT = 0.998
"""Share of the averaged weights that a step keeps."""
AHEAD = 4
"""Batches that are drawn before they are needed."""
TOLD = 50

Batch = tuple[Tensor, Targets]


def main() -> None:
    """Parse what is asked for and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--first", type=int, default=0, help="number of the first scene")
    parser.add_argument("--rate", type=float, default=1.2e-3, help="of learning, at first")
    parser.add_argument("--last-rate", type=float, default=0.0, help="to which it falls along a cosine")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    network = Detector()
    if asked.start:
        network.load_state_dict(torch.load(asked.start))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    train(network, asked.steps, asked.first, (asked.rate, asked.last_rate), asked.out)


def train(network: Detector, steps: int, first: int, rates: tuple[float, float], out: Path) -> None:
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
        falling = 0.5 + 0.5 * math.cos(math.pi * step / steps)
        rate = min((step + 1) / WARM, 1.0) * (rates[1] + (rates[0] - rates[1]) * falling)
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
    with ThreadPoolExecutor(1) as artist:
        ahead = deque(artist.submit(batch, step, first) for step in range(min(AHEAD, steps)))
        for step in range(steps):
            yield ahead.popleft().result()
            if step + AHEAD < steps:
                ahead.append(artist.submit(batch, step + AHEAD, first))


def batch(step: int, first: int) -> Batch:
    """What the network gets in a step: new scenes, and echoes of those of earlier steps."""
    rng = np.random.default_rng([step, first, 2])
    groups = [step - APART * use for use in range(USES)]
    scenes = [
        one for group in groups for one in group_of(group % (APART * USES) if group < 0 else group, first)
    ]
    return together([echo(rng, _some(rng, one, scenes), SIDE) for one in scenes])


def _some(rng: np.random.Generator, one: Scene, others: Sequence[Scene]) -> list[Scene]:
    if not chance(rng, QUARTERED):
        return [one]
    return [one, *(others[index] for index in rng.choice(len(others), 3, replace=False))]


@lru_cache(maxsize=2 * APART * USES)
def group_of(group: int, first: int) -> tuple[Scene, ...]:
    """New scenes of a step."""
    count = BATCH // USES
    sides = SIDE, DRAWN
    return tuple(
        scene(index, side=sides[index % 2])
        for index in range(first + group * count, first + (group + 1) * count)
    )


def together(samples: Sequence[Sample]) -> Batch:
    """The pictures as the network gets them, and what it is told of them."""
    cells, strides = points(SIDE)
    targets = [
        targets_of(
            *(torch.from_numpy(part) for part in (boxes.astype(np.float32), kinds, counts)), cells, strides
        )
        for _, boxes, kinds, counts in samples
    ]
    return scaled([pixels for pixels, *_ in samples]), Targets(
        *(torch.stack([getattr(one, name) for one in targets]) for name in Targets.__dataclass_fields__)
    )


def scaled(pictures: Sequence[Pixels]) -> Tensor:
    """(n, 3, side, side) in −1 to 1."""
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return stacked.to(memory_format=torch.channels_last)


@torch.no_grad()
def _average(averaged: Detector, network: Detector, kept: float) -> None:
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - kept)
        else:
            mean.copy_(value)


if __name__ == "__main__":
    main()
