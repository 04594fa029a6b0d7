"""What a network costs where denormal numbers are computed with, against taking them for zero (``models.denormals``).

The same session and input in the same thread, in turn with and without; processor time, medians and ranges over the
rounds. How much it is depends on the processor: some take denormal numbers like any other.
Run: ``python benchmarks/denormals.py [--photo FILE]``
"""

from __future__ import annotations

import argparse
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from machine import machine
from spread import spread

from siseon.contracts import Image, ModelError
from siseon.models import ModelManager
from siseon.models.denormals import Flushed
from siseon.models.find import locate
from siseon.models.preprocess import prepare
from siseon.settings import Settings

NETWORKS = {
    "ppocr-v6-det": (736, 736),
    "ppocr-v6-rec": (320, 48),
    "yolox-nano": (416, 416),
    "efficientnet-lite0": (224, 224),
    "osnet-x0-25-msmt17": (128, 256),
    "ultraface-rfb-320": (320, 240),
}
"""By card, with the (width, height) of their input."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--photo", type=Path, default=Path(__file__).parents[1] / "examples" / "sign.png")
    options = parser.parse_args()
    settings = Settings()
    models = ModelManager(search_path=settings.model_path)
    photo = Image.from_array(cv2.cvtColor(cv2.imread(str(options.photo)), cv2.COLOR_BGR2RGB))
    print(machine())
    print(f"{options.rounds} rounds; ms of the processor, median (range)\n")
    print("| network | computed with | taken for zero | the first against the second | largest difference |")
    print("|---|---|---|---|---|")
    for name, size in NETWORKS.items():
        card = models.cards[name]
        try:
            (weights,) = locate(card, models.search_path, models.cache_dir)
        except ModelError:
            continue
        pixels, _ = prepare([photo], card.input, size)
        print(_row(name, weights.path, pixels, options.rounds))


def _row(name: str, path: Path, pixels: np.ndarray, rounds: int) -> str:
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 3
    session = ort.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    feeds = {session.get_inputs()[0].name: pixels}

    def run(mode: AbstractContextManager[None]) -> tuple[float, np.ndarray]:
        with mode:
            start = time.process_time()
            answer = session.run(None, feeds)
            return 1000 * (time.process_time() - start), answer[0]

    run(nullcontext())
    pairs = [(run(nullcontext()), run(Flushed())) for _ in range(rounds)]
    plain, zero = ([pair[place][0] for pair in pairs] for place in (0, 1))
    ratios = [one / other for one, other in zip(plain, zero, strict=True)]
    apart = float(np.abs(pairs[0][0][1] - pairs[0][1][1]).max())
    cells = [spread(way, "{:.1f}") for way in (plain, zero)]
    return f"| {name} | {' | '.join(cells)} | {spread(ratios)} × | {apart:.1e} |"


if __name__ == "__main__":
    main()
