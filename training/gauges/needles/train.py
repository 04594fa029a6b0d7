"""Train the finder of pointers, and write it as ONNX.

    python training/gauges/needles/train.py --out gauge-pointer.onnx

Pictures are drawn once, and shown turned, mirrored and in other colours each time. Two runs on one machine give the
same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from network import DIRECTIONS, Pointer, Probabilities
from numpy.typing import NDArray
from pictures import picture
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

BATCH = 64
STEPS = 4000
PICTURES = 30_000
RATE = 3e-3
WIDTH = 4.0
"""Degrees: standard deviation of what the network is to answer around the truth."""
AVERAGED = 0.997
"""How much of the averaged weights is kept at each step."""
LARGEST_FILE = 1_000_000
OFF = 1e-4
"""Of a probability."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--first", type=int, default=0, help="number of the first picture")
    parser.add_argument("--start", type=Path, help="weights of an earlier run")
    parser.add_argument("--rate", type=float, default=RATE)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    pointer = Pointer()
    if arguments.start is not None:
        pointer.load_state_dict(torch.load(arguments.start, weights_only=True))
    print(f"{sum(weight.numel() for weight in pointer.parameters()):,} parameters", flush=True)
    strips, angles = drawn(range(arguments.first, arguments.first + arguments.pictures))
    print(f"{len(strips):,} pictures", flush=True)
    export(train(pointer, strips, angles, arguments), arguments.out)


def drawn(numbers: range) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Strips (N, 24, 180, 3) and angles (N,) in degrees, not a number where there is no pointer."""
    strips, angles = [], []
    for number in numbers:
        one = picture(number)
        strips.append(one.strip)
        angles.append(np.nan if one.angle is None else one.angle)
    return np.stack(strips), np.array(angles, np.float32)


def train(
    pointer: Pointer,
    strips: NDArray[np.uint8],
    angles: NDArray[np.float32],
    arguments: argparse.Namespace,
) -> Pointer:
    """AdamW with one cycle of the rate; the weights are averaged over the last hundreds of steps, and kept in a file
    now and then."""
    steps, rate = arguments.steps, arguments.rate
    pointer = pointer.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(pointer.parameters(), rate, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.1)
    averaged = AveragedModel(pointer, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED), use_buffers=True)
    rng = np.random.default_rng(0)
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        chosen = rng.integers(0, len(strips), BATCH)
        shown, wanted = batch(rng, strips[chosen], angles[chosen])
        with torch.autocast("cpu", torch.bfloat16):
            answered = pointer(shown)
        loss = functional.cross_entropy(answered.float(), wanted)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(pointer.parameters(), 5.0)
        optimizer.step()
        plan.step()
        averaged.update_parameters(pointer)
        running += float(loss.detach())
        if step % 200 == 199:
            pace = (step + 1) * BATCH / (time.monotonic() - started)
            print(f"step {step + 1}: loss {running / 200:.4f}, {pace:.0f} pictures/s", flush=True)
            running = 0.0
            torch.save(averaged.module.state_dict(), arguments.out.with_suffix(".pt"))
    whole: Pointer = averaged.module.to(memory_format=torch.contiguous_format).eval()
    return whole


def batch(
    rng: np.random.Generator, strips: NDArray[np.uint8], angles: NDArray[np.float32]
) -> tuple[Tensor, Tensor]:
    """Each strip turned by any number of columns, half of them mirrored, colours mixed a little."""
    shown, turned = [], []
    columns = strips.shape[2]
    for strip, angle in zip(strips, angles, strict=True):
        if rng.random() < 0.5:  # column n is at n + 0.5 steps from the top
            strip, angle = strip[:, ::-1], -angle
        by = int(rng.integers(columns))
        mixed = np.eye(3) * rng.uniform(0.85, 1.15, 3) + rng.normal(0, 0.04, (3, 3))
        shown.append(np.roll(strip, by, axis=1).astype(np.float32) @ mixed.astype(np.float32))
        turned.append(angle + by * 360 / columns)
    pictures = torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2)
    return pictures, wanted_of(np.array(turned))


def wanted_of(angles: NDArray[np.floating]) -> Tensor:
    """(N, 90): a bell around the truth; nothing in particular where there is none."""
    directions = (np.arange(DIRECTIONS) + 0.5) * 360 / DIRECTIONS
    off = (angles[:, None] - directions + 180) % 360 - 180
    bell = np.exp(-0.5 * (off / WIDTH) ** 2)
    bell[np.isnan(angles)] = 1.0
    return torch.from_numpy((bell / bell.sum(axis=1, keepdims=True)).astype(np.float32))


def export(pointer: Pointer, out: Path) -> None:
    """Write ONNX, and see that ONNX Runtime answers the same for batches of 1, 3 and 5."""
    import onnxruntime

    torch.save(pointer.state_dict(), out.with_suffix(".pt"))
    whole = Probabilities(pointer).eval()
    strips = torch.from_numpy(drawn(range(5))[0]).permute(0, 3, 1, 2).float()
    torch.onnx.export(
        whole,
        (strips[:2],),
        str(out),
        dynamo=False,
        opset_version=17,
        input_names=["strips"],
        output_names=["likely"],
        dynamic_axes={name: {0: "batch"} for name in ("strips", "likely")},
    )
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    for number in (1, 3, 5):
        with torch.no_grad():
            expected = whole(strips[:number]).numpy()
        (answer,) = session.run(None, {"strips": strips[:number].numpy()})
        off = float(np.abs(expected - np.asarray(answer)).max())
        if off > OFF:
            raise SystemExit(f"a batch of {number} answers otherwise in ONNX Runtime: off by {off}")
    data = out.read_bytes()
    print(f"{out}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    if len(data) > LARGEST_FILE:
        raise SystemExit("too large to be shipped")


if __name__ == "__main__":
    main()
