"""How far the lean loops give siseon's answers: boxes within a pixel and labels, lines and what was refused.

Run: ``python benchmarks/lean/agreement.py inspection FOLDER`` (or ``text``); ``--save FILE`` keeps siseon's own
answers, ``--against FILE`` compares with those kept before a change.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from siseon.applications.inspection import Inspection
from siseon.applications.text import Text, TextOptions
from siseon.contracts import Encoded
from siseon.models import ModelManager
from siseon.settings import Settings

PIXEL = 1.0
SCORE = 0.01
Answer = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pipeline", choices=["inspection", "text"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.suffix in (".jpg", ".png"))
    pictures = [Encoded(path.read_bytes(), path.name) for path in files]
    ours = asyncio.run(siseon_answers(options.pipeline, pictures))
    if options.save:
        options.save.write_text(json.dumps(ours))
    if options.against:
        print("siseon against its answers before:", agreement(json.loads(options.against.read_text()), ours))
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "answers.json"
        script = Path(__file__).with_name(f"{options.pipeline}.py")
        command = [sys.executable, str(script), str(options.folder), "--answers", str(kept)]
        subprocess.run(command, check=True, capture_output=True)
        print("lean loop against siseon:", agreement(ours, json.loads(kept.read_text())))


async def siseon_answers(pipeline: str, pictures: Sequence[Encoded]) -> list[Answer]:
    models = ModelManager(search_path=Settings().model_path)
    chain = (
        Inspection(models) if pipeline == "inspection" else Text(models, TextOptions(other_scripts=("none",)))
    )
    async with chain:
        outcomes = [await chain(picture) for picture in pictures]
    return [outcome.data.model_dump(mode="json") for outcome in outcomes]


def agreement(wanted: list[Answer], given: list[Answer]) -> str:
    """Counts of things that are the same, one line; the pictures at fault by name."""
    total = same = 0
    largest, furthest = 0.0, 0.0
    odd = []
    for want, have in zip(wanted, given, strict=True):
        before = total - same
        wants, haves = things(want), things(have)
        total += max(len(wants), len(haves))
        for (label, points, score), (other, other_points, other_score) in zip(wants, haves, strict=False):
            off = max(abs(a - b) for a, b in zip(points, other_points, strict=True))
            largest, furthest = max(largest, abs(score - other_score)), max(furthest, off)
            same += label == other and off <= PIXEL and abs(score - other_score) <= SCORE
        if total - same > before:
            odd.append(want["image_id"])
    return f"{same} of {total} the same, at most {furthest:.4f} px and {largest:.6f} of score apart; differ in {odd}"


def things(answer: Answer) -> list[tuple[str, list[float], float]]:
    """What a picture's answer holds, in its order: a label, coordinates, a score."""
    found = [(thing["class_name"], thing["box"], thing["score"]) for thing in answer.get("detections", ())]
    found += [
        (thing["class_name"], [float(thing["detection_index"])], thing["score"])
        for thing in answer.get("classifications", ())
    ]
    for kind in ("lines", "unread"):
        for line in answer.get(kind, ()):
            label = line.get("text") or line.get("reason") or ""
            found += [
                (f"{kind}: {label}", [value for point in one["polygon"] for value in point], one["score"])
                for label, one in [
                    (label, line),
                    *((f"ruby {one['text']}", one) for one in line.get("ruby", ())),
                ]
            ]
    return found


if __name__ == "__main__":
    main()
