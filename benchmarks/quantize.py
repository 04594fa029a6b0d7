"""What ``siseon models quantize`` makes of the networks that are here: accuracy, speed and size, or why it refuses.

Named against: each float network itself, on the same photos, in turn, as the command measures it. Half of the photos
calibrate and choose the layers that stay in float, the figures are of the other half; a refusal for speed has none.
Run: ``python benchmarks/quantize.py PHOTOS [--only NAME]``, with ``SISEON_MODEL_PATH`` set; the labels are
``instances.json`` beside the folder PHOTOS.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from machine import machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--only", help="of the models")
    options = parser.parse_args()
    coco = ["--coco", str(options.photos.parent / "instances.json")]
    runs = {
        "efficientnet-lite0": ["--crops-of", "yolox-nano"],
        "yolox-nano": coco,
        "nanodet-m-416": coco,
        "nanodet-m-416, no labels": [],
    }
    print(machine())
    heads = (
        "network | mark | float | int8 | faster, × | MB | weights, × with the other kind | layers in float"
    )
    print(f"| {heads} | outcome |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, words in runs.items():
        if options.only in (None, name):
            print(row(name, quantized(name.partition(",")[0], options.photos, words)), flush=True)


def quantized(name: str, photos: Path, words: list[str]) -> dict[str, Any]:
    """The command's figures; it exits with 1 where it refuses."""
    with tempfile.TemporaryDirectory() as made:
        command = ["siseon", "models", "quantize", name, "--photos", photos, *words, "--to", made, "--json"]
        done = subprocess.run(
            [sys.executable, "-m", *map(str, command)], stdout=subprocess.PIPE, text=True, check=False
        )
        return dict(json.loads(done.stdout))


def row(name: str, report: dict[str, Any]) -> str:
    marks, speed = report["held_out"], report["speed"]
    which = f"{report['photos'][1]} held out"
    if marks is None and report["chosen_with"]:
        marks, which = report["chosen_with"], f"{report['photos'][0]} to choose with"
    shown = [f"{value:.3f}" for value in marks] if marks else ["", ""]
    return (
        f"| {name} | {report['mark']}, {which} | {shown[0]} | {shown[1]} "
        f"| {speed['ratio']:.2f} ({speed['low']:.2f}–{speed['high']:.2f}) "
        f"| {report['float_bytes'] / 1e6:.1f} → {report['int8_bytes'] / 1e6:.1f} "
        f"| {'' if report['signed'] else 'un'}signed, {report['other_ratio']:.2f} "
        f"| {len(report['kept_float'])} of {report['layers']} | {report['refused'] or 'written'} |"
    )


if __name__ == "__main__":
    main()
