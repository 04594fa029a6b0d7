"""One figure: load a running server once, or ask it what it finds in the first photos."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cells import Cell, Measured, percentile
from servers import HERE, Running, Server, ask

from siseon.contracts import Frame
from siseon.contracts.boxes import Boxes, iou

SAME_BOX_IOU = 0.9
"""The naive service reads a photo with a colour profile as it is, which moves boxes a little."""
NEAR = 0.1
"""Part of the crops by which a server may differ that resizes otherwise."""
DEADLINE_S = 0.5
OVERLOAD_LEAD_S = 3.0
"""At 120 % a queue without limits grows past the deadline in 2.5 s; what counts is what comes after."""
OVERLOAD_S = 4.0
"""What counts then, at least: eight times as long as a client waits."""


def load(
    up: Running, photos: Sequence[Path], cell: Cell, seconds: float, saturation: float = 0.0
) -> Measured:
    """Run the load generator once."""
    offered = saturation * cell.of_saturation
    how = ["--clients", str(cell.clients)] if cell.clients else ["--rate", str(offered)]
    if cell.deadline:
        seconds = max(seconds, OVERLOAD_S)
        how += ["--deadline", str(DEADLINE_S), "--lead", str(OVERLOAD_LEAD_S)]
        how += [] if cell.told else ["--untold"]
    ports = ",".join(map(str, up.ports))
    cpu = up.cpu_seconds()
    figures = output("load.py", "--ports", ports, "--seconds", str(seconds), *how, *photos)
    latencies = figures["latencies"]
    return Measured(
        answers=len(latencies),
        seconds=figures["seconds"],
        p50=percentile(latencies, 50),
        p95=percentile(latencies, 95),
        p99=percentile(latencies, 99),
        refused=sum(figures["refused"].values()),
        dropped=figures["dropped"],
        broken=figures["broken"],
        offered=offered,
        cpu_seconds=up.cpu_seconds() - cpu,
        client_share=figures["cpu_share"],
    )


def in_process(
    photos: Sequence[Path], clients: int, seconds: float, answers: int
) -> tuple[list[Any], Measured]:
    """Our pipeline without HTTP: its answers for the first photos, and its figures."""
    how = ["--clients", str(clients), "--seconds", str(seconds), "--answers", str(answers)]
    got = output("inprocess.py", *how, *photos)
    return got["expected"], Measured(**got["figures"])


def check(server: Server, up: Running, photos: Sequence[Path], expected: Sequence[Any]) -> None:
    """Stop unless the server finds in the first photos what ours finds."""
    for photo, ours in zip(photos, expected, strict=False):
        its = ask(up.port, photo).json()
        its = its[0] if isinstance(its, list) else its.get("data", its)
        same = (
            _labels(its) == _labels(ours) and _overlap(its, ours)
            if server.resizes_alike
            else _near(its, ours)
        )
        if not same:
            raise SystemExit(
                f"{server.name} does not answer as ours does for {photo.name}: their speeds cannot be compared\n"
                f"its:  {json.dumps(its)}\nours: {json.dumps(ours)}"
            )


def _near(its: Any, ours: Any) -> bool:
    """Whether there is about as much to classify."""
    difference = len(its["classifications"]) - len(ours["classifications"])
    return abs(difference) <= max(1, NEAR * len(ours["classifications"]))


def _labels(answer: Any) -> list[tuple[str, str | None]]:
    """Of each detection its class, and the class that the classifier gave."""
    classes = {found["detection_index"]: found["class_name"] for found in answer["classifications"]}
    return [(found["class_name"], classes.get(at)) for at, found in enumerate(answer["detections"])]


def _overlap(its: Any, ours: Any) -> bool:
    """Whether each pair of boxes is as good as the same."""
    boxes = [
        Boxes(np.array([found["box"] for found in answer["detections"]], np.float32), frame)
        for frame in (Frame.root(ours["width"], ours["height"]),)
        for answer in (its, ours)
    ]
    return bool((iou(*boxes).diagonal() >= SAME_BOX_IOU).all())


def output(script: str, *arguments: str | Path) -> Any:
    """What a script of this folder prints, as JSON."""
    command = [sys.executable, HERE / script, *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
