"""What networks cost as their files have them, against as siseon rewrites them when it loads them (``models.rewrite``).

Both sessions in one thread, denormal numbers taken for zero, run by run in turn; each runs once uncounted before, so
that the caches hold what is its own. Processor time: medians with the range of five parts of the runs.
Run: ``GLIBC_TUNABLES=glibc.malloc.hugetlb=1 python benchmarks/rewrite.py [--photo FILE]``
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import onnxruntime as ort
from denormals import NETWORKS
from machine import machine
from spread import spread

from siseon.contracts import Image, ModelError
from siseon.models import ModelManager
from siseon.models.denormals import Flushed
from siseon.models.find import locate
from siseon.models.preprocess import prepare
from siseon.models.rewrite import rewritten
from siseon.settings import Settings

PARTS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--runs", type=int, default=50, help="of each session; large networks run a fifth as often"
    )
    parser.add_argument("--photo", type=Path, default=Path(__file__).parents[1] / "examples" / "sign.png")
    options = parser.parse_args()
    models = ModelManager(search_path=Settings().model_path)
    photo = Image.from_array(cv2.cvtColor(cv2.imread(str(options.photo)), cv2.COLOR_BGR2RGB))
    print(machine())
    print(
        f"ms of the processor, median of {options.runs} runs (range of the medians of {PARTS} parts of them)\n"
    )
    print("| network | as its file has it | rewritten | the first against the second | largest difference |")
    print("|---|---|---|---|---|")
    for name, size in NETWORKS.items():
        try:
            (weights,) = locate(models.cards[name], models.search_path, models.cache_dir)
        except ModelError:
            continue
        changed = rewritten(weights.path)
        if changed is not None:
            pixels, _ = prepare([photo], models.cards[name].input, size)
            runs = options.runs // 5 if size[0] * size[1] > 500_000 else options.runs
            print(_row(name, (str(weights.path), changed), pixels, max(PARTS, runs)))


def _row(name: str, networks: tuple[str | bytes, ...], pixels: np.ndarray, runs: int) -> str:
    settings = ort.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 3
    sessions = [ort.InferenceSession(one, settings, providers=["CPUExecutionProvider"]) for one in networks]
    feeds = {sessions[0].get_inputs()[0].name: pixels}
    took: tuple[list[float], list[float]] = ([], [])
    with Flushed():
        answers = [session.run(None, feeds)[0] for session in sessions]
        for number in range(runs):
            for place in (0, 1) if number % 2 else (1, 0):
                sessions[place].run(None, feeds)
                start = time.thread_time()
                sessions[place].run(None, feeds)
                took[place].append(1000 * (time.thread_time() - start))
    parts = [[median(part) for part in np.array_split(one, PARTS)] for one in took]
    ratios = [first / second for first, second in zip(*parts, strict=True)]
    apart = float(np.abs(answers[0] - answers[1]).max())
    cells = [spread(part, "{:.1f}") for part in parts]
    return f"| {name} | {' | '.join(cells)} | {spread(ratios)} × | {apart:.1e} |"


if __name__ == "__main__":
    main()
