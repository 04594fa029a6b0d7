"""Train the recogniser of displays and counters on generated strips, and write it as ONNX.

    python training/gauges/digital/train.py --out digits.onnx

The strip of each step follows from its number, so that two runs on one machine give the same weights. About half an
hour on one core; ``--steps`` makes it shorter. What the last line says of a validation on strips of the same
families is no measure of quality: that is ``siseon evaluate gauges --generated N --of displays``, on other families.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from network import Digits, Probabilities
from strips import Example, example
from torch import Tensor, nn

BATCH = 64
STEPS = 5500
RATE = 3e-3
STYLE_SHARE = 0.3
"""Of the loss."""
VALIDATION_SEED = 1


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", type=Path, help="weights of an earlier run")
    parser.add_argument("--rate", type=float, default=RATE)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(arguments.seed)
    digits = Digits()
    if arguments.resume is not None:
        digits.load_state_dict(torch.load(arguments.resume, weights_only=True))
    print(f"{sum(weight.numel() for weight in digits.parameters()):,} parameters", flush=True)
    train(digits, arguments.steps, arguments.seed, arguments.rate, arguments.out.with_suffix(".pt"))
    export(digits, arguments.out)


def train(digits: Digits, steps: int, seed: int, rate: float, keep: Path) -> None:
    """Adam with one cycle of the rate; weights are kept in a file now and then."""
    digits = digits.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(digits.parameters(), rate, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.1)
    ctc = nn.CTCLoss(zero_infinity=True)
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        batch = [example(step * BATCH + number, 1000 + seed) for number in range(BATCH)]
        strips, targets, lengths, styles = tensors(batch)
        with torch.autocast("cpu", torch.bfloat16):
            symbols, kinds = digits(strips)
        likely = symbols.float().log_softmax(2).transpose(0, 1)
        read = ctc(likely, targets, torch.full((BATCH,), likely.shape[0]), lengths)
        loss = read + STYLE_SHARE * nn.functional.cross_entropy(kinds.float(), styles)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(digits.parameters(), 5.0)
        optimizer.step()
        plan.step()
        running += float(loss.detach())
        if step % 100 == 99:
            pace = (step + 1) * BATCH / (time.monotonic() - started)
            print(f"step {step + 1}: loss {running / 100:.3f}, {pace:.0f} strips/s", flush=True)
            running = 0.0
        if step % 500 == 499:
            torch.save(digits.state_dict(), keep)
            print(validation(digits), flush=True)
            digits.train()
    torch.save(digits.state_dict(), keep)


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Strips, symbols of all in one row, how many each has, kinds."""
    pixels = np.stack([one.strip for one in batch])
    strips = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    targets = torch.tensor([symbol for one in batch for symbol in one.target], dtype=torch.long)
    lengths = torch.tensor([len(one.target) for one in batch])
    return strips, targets, lengths, torch.tensor([one.style for one in batch])


def validation(digits: Digits, number: int = 512) -> str:
    """Shares of strips that are read as they are, and whose kind is told, by the most likely path."""
    digits.eval()
    batch = [example(index, VALIDATION_SEED) for index in range(number)]
    strips, _, _, styles = tensors(batch)
    with torch.no_grad():
        symbols, kinds = digits(strips)
    paths = symbols.argmax(2).tolist()
    exact = sum(collapsed(path) == one.target for path, one in zip(paths, batch, strict=True))
    kind = int((kinds.argmax(1) == styles).sum())
    return f"validation: exact {exact / number:.1%}, kind {kind / number:.1%}"


def collapsed(path: list[int]) -> tuple[int, ...]:
    """Repeats merged, blanks taken out."""
    return tuple(one for one, before in zip(path, [0, *path[:-1]], strict=True) if one not in (0, before))


def export(digits: Digits, out: Path) -> None:
    """Write ONNX, and see that ONNX Runtime answers the same for batches of 1, 3 and 5."""
    import onnxruntime

    whole = Probabilities(digits.to(memory_format=torch.contiguous_format)).eval()
    strips = tensors([example(index, VALIDATION_SEED) for index in range(5)])[0]
    torch.onnx.export(
        whole,
        (strips[:2],),
        out,
        dynamo=False,
        opset_version=17,
        input_names=["strips"],
        output_names=["symbols", "styles"],
        dynamic_axes={name: {0: "batch"} for name in ("strips", "symbols", "styles")},
    )
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    for number in (1, 3, 5):
        with torch.no_grad():
            expected = whole(strips[:number])
        answers = session.run(None, {"strips": strips[:number].numpy()})
        off = max(
            float(np.abs(one.numpy() - other).max()) for one, other in zip(expected, answers, strict=True)
        )
        if off > 1e-3:
            raise SystemExit(f"a batch of {number} answers otherwise in ONNX Runtime: off by {off}")
    print(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
