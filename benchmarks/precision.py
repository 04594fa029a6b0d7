"""OpenVINO in float32 and in bf16 against plain ONNX Runtime on the CPU, network by network, by processor time.

Named against: the CPU provider of the same build, one thread, in turn; denormal numbers are taken for zero in all. The
build must be onnxruntime-openvino. Run:
``pip install --target bench-out/openvino --no-deps onnxruntime-openvino``, then
``PYTHONPATH=bench-out/openvino python benchmarks/precision.py --models FOLDER [--rounds 7]``
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from machine import machine
from spread import spread

from siseon.models import ModelManager
from siseon.models.find import locate
from siseon.models.providers import OPENVINO

NETWORKS = {
    "ppocr-v6-det": (1, 3, 736, 736),
    "ppocr-v6-rec": (1, 3, 48, 320),
    "yolox-nano": (1, 3, 416, 416),
    "efficientnet-lite0": (1, 3, 224, 224),
}
BF16 = '{"CPU":{"INFERENCE_PRECISION_HINT":"bf16"}}'
WAYS = {
    "CPU": ("CPUExecutionProvider", {}),
    "float32": (OPENVINO, {"num_of_threads": "1"}),
    "bf16": (OPENVINO, {"device_type": "CPU", "num_of_threads": "1", "load_config": BF16}),
}
RUNS = 3
"""In a round."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if OPENVINO not in ort.get_available_providers():
        parser.error(f"onnxruntime {ort.__version__} has no OpenVINO: see the top of this script")
    manager = ModelManager(search_path=[options.models])
    print(machine(), f"\nin use: onnxruntime {ort.__version__}\n")
    print("| network | float32, of the CPU provider's time | bf16 | largest difference of an answer, bf16 |")
    print("|---|---|---|---|")
    for name, shape in NETWORKS.items():
        path = locate(manager[name].card, [options.models], manager.cache_dir)[0].path
        print(row(name, path, shape, options.rounds), flush=True)


def row(name: str, path: Path, shape: tuple[int, ...], rounds: int) -> str:
    sessions = {way: session(path, *how) for way, how in WAYS.items()}
    feeds = {
        sessions["CPU"].get_inputs()[0].name: np.random.default_rng(0).normal(size=shape).astype(np.float32)
    }
    answers = {way: each.run(None, feeds)[0] for way, each in sessions.items()}
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, each in sessions.items():
            began = time.process_time()
            for _ in range(RUNS):
                each.run(None, feeds)
            times[way].append(time.process_time() - began)
    cells = []
    for way in ("float32", "bf16"):
        ratios = [one / other for one, other in zip(times[way], times["CPU"], strict=True)]
        cells.append(spread(ratios))
    off = np.abs(answers["bf16"] - answers["CPU"]).max() / np.abs(answers["CPU"]).max()
    return f"| {name} | {' | '.join(cells)} | {off:.0%} of the largest |"


def session(path: Path, provider: str, options: dict[str, str]) -> ort.InferenceSession:
    stated = ort.SessionOptions()
    stated.intra_op_num_threads = 1
    stated.log_severity_level = 3
    stated.add_session_config_entry("session.set_denormal_as_zero", "1")
    return ort.InferenceSession(str(path), stated, providers=[provider], provider_options=[options])


if __name__ == "__main__":
    main()
