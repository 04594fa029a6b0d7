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
from network import DIRECTIONS, MARKS, PHASES, Pointer, Probabilities
from numpy.typing import NDArray
from pictures import picture
from start import load
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from siseon.applications.gauges.pointer import hidden

BATCH = 64
STEPS = 4000
PICTURES = 30_000
RATE = 3e-3
WIDTH = 4.0
"""Degrees: standard deviation of what the network is to answer around the truth."""
AVERAGED = 0.997
"""How much of the averaged weights is kept at each step."""
HIDDEN = 0.2
"""Share of pictures whose pointer is hidden: what is left of it is none."""
ELSEWHERE = 0.15
"""Of these, where another place is hidden, and the pointer is still to be found."""
MISSED = 1.5
"""Degrees by which the pointer is not where it is hidden."""
MARKS_COUNT = 0.5
"""How much the marks count beside the pointer."""
LARGEST_FILE = 1_200_000
OFF = 1e-4
"""Of a probability."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--first", type=int, default=0, help="number of the first picture")
    parser.add_argument("--start", type=Path, help="weights of an earlier run, .pt or .onnx")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--half", action="store_true", help="in bfloat16: faster where the processor has it")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    pointer = Pointer()
    print(f"{sum(weight.numel() for weight in pointer.parameters()):,} parameters", flush=True)
    strips, angles = drawn(range(arguments.first, arguments.first + arguments.pictures))
    print(f"{len(strips):,} pictures", flush=True)
    if arguments.start is not None:
        load(pointer, arguments.start, torch.from_numpy(strips[:256]).permute(0, 3, 1, 2).float())
    export(train(pointer, strips, angles, arguments), arguments.out)


def drawn(numbers: range) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Strips (N, 24, 180, 3), and (N, 2) degrees of a pointer and a second one; not a number where there is none."""
    strips, angles = [], []
    for number in numbers:
        one = picture(number)
        strips.append(one.strip)
        angles.append([np.nan if angle is None else angle for angle in (one.angle, one.other)])
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
    started, running = time.monotonic(), np.zeros(2)
    for step in range(steps):
        chosen = rng.integers(0, len(strips), BATCH)
        shown, *wanted = batch(rng, strips[chosen], angles[chosen])
        with torch.autocast("cpu", torch.bfloat16, enabled=arguments.half):
            answers = pointer(shown)
        losses = [
            functional.cross_entropy(answer.float(), one) for answer, one in zip(answers, wanted, strict=True)
        ]
        optimizer.zero_grad()
        (losses[0] + MARKS_COUNT * losses[1]).backward()
        torch.nn.utils.clip_grad_norm_(pointer.parameters(), 5.0)
        optimizer.step()
        plan.step()
        averaged.update_parameters(pointer)
        running += [float(loss.detach()) for loss in losses]
        if step % 200 == 199:
            pace = (step + 1) * BATCH / (time.monotonic() - started)
            told = ", ".join(f"{value / 200:.4f}" for value in running)
            print(f"step {step + 1}: losses {told}, {pace:.0f} pictures/s", flush=True)
            running[:] = 0
            torch.save(averaged.module.state_dict(), arguments.out.with_suffix(".pt"))
    whole: Pointer = averaged.module.to(memory_format=torch.contiguous_format).eval()
    return whole


def batch(
    rng: np.random.Generator, strips: NDArray[np.uint8], angles: NDArray[np.float32]
) -> tuple[Tensor, Tensor, Tensor]:
    """Each strip turned by any number of columns, half of them mirrored, colours mixed a little; some with their
    pointer hidden, as the reader hides it for its second look."""
    shown, pointing, phases = [], [], []
    columns = strips.shape[2]
    for strip, pair in zip(strips, angles, strict=True):
        if not np.isnan(pair[0]) and rng.random() < HIDDEN:
            strip, pair = without(rng, strip, pair)
        if rng.random() < 0.5:  # column n is at n + 0.5 steps from the top
            strip, pair = strip[:, ::-1], -pair
        by = int(rng.integers(columns))
        mixed = np.eye(3) * rng.uniform(0.85, 1.15, 3) + rng.normal(0, 0.04, (3, 3))
        shown.append(np.roll(strip, by, axis=1).astype(np.float32) @ mixed.astype(np.float32))
        pointing.append(pair + by * 360 / columns)
        phases.append(by * 360 / columns)
    pictures = torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2)
    return pictures, wanted_of(np.array(pointing)), turned_by(np.array(phases))


def without(
    rng: np.random.Generator, strip: NDArray[np.uint8], pair: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A strip with its pointer hidden, and what is left to be found there; now and then it is another place that is
    hidden."""
    if rng.random() < ELSEWHERE:
        by = float(rng.uniform(60, 300))
        near = np.abs((pair - pair[0] - by + 180) % 360 - 180) < 60
        return hidden(strip, float(pair[0] + by) % 360), np.where(near, np.nan, pair).astype(np.float32)
    if np.isnan(pair[1]) or rng.random() < 0.5:
        gone, left = pair
    else:
        left, gone = pair
    at = float(gone + rng.normal(0, MISSED)) % 360
    return hidden(strip, at), np.array([left, np.nan], np.float32)


def wanted_of(angles: NDArray[np.floating]) -> Tensor:
    """(N, 90) for (N, 2): a bell around each pointer; nothing in particular where there is none."""
    directions = (np.arange(DIRECTIONS) + 0.5) * 360 / DIRECTIONS
    off = (angles[..., None] - directions + 180) % 360 - 180
    bells = np.nan_to_num(np.exp(-0.5 * (off / WIDTH) ** 2)).sum(axis=1)
    bells[np.isnan(angles).all(axis=1)] = 1.0
    return torch.from_numpy((bells / bells.sum(axis=1, keepdims=True)).astype(np.float32))


def turned_by(angles: NDArray[np.floating]) -> Tensor:
    """(N, 9) for (N,): a bell around how far the marks are turned."""
    step = 360 / MARKS
    off = (angles[:, None] - (np.arange(PHASES) + 0.5) * step / PHASES + step / 2) % step - step / 2
    bell = np.exp(-0.5 * (off / WIDTH) ** 2)
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
        output_names=["likely", "marks"],
        dynamic_axes={name: {0: "batch"} for name in ("strips", "likely", "marks")},
    )
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    for number in (1, 3, 5):
        with torch.no_grad():
            expected = [answer.numpy() for answer in whole(strips[:number])]
        answers = session.run(None, {"strips": strips[:number].numpy()})
        off = max(float(np.abs(one - answer).max()) for one, answer in zip(expected, answers, strict=True))
        if off > OFF:
            raise SystemExit(f"a batch of {number} answers otherwise in ONNX Runtime: off by {off}")
    data = out.read_bytes()
    print(f"{out}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    if len(data) > LARGEST_FILE:
        raise SystemExit("too large to be shipped")


if __name__ == "__main__":
    main()
