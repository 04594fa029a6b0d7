"""The serving comparison: ours, the naive service, LitServe, BentoML and Ray Serve on the same photos and cores.

Run: ``python benchmarks/serving/run.py`` (about 13 minutes on two cores); ``--only siseon,litserve`` for a part,
``--seconds`` and ``--rounds`` for the time spent. Progress goes to the standard error, the tables to the
standard output.

Every round measures every server once, in turn, and the figures of all rounds are put together: a machine that
becomes slower meanwhile does so for all of them. What the cells mean is in the README beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cells import CLOSED, IN_PROCESS, OPEN, OVERLOAD, Cell, Measured, Results, object_cells
from photos import compose
from servers import HERE, OUT, SERVERS, Running, Server, ask, chosen, install, running
from tables import show

from siseon.contracts import Frame
from siseon.contracts.boxes import Boxes, iou

sys.path.append(str(HERE.parent))
from machine import machine

CHECKED = 5
"""Photos whose answers are compared before a server is measured."""
SAME_BOX_IOU = 0.9
"""The naive service reads a photo with a colour profile as it is, which moves boxes a little."""
WARM_UP_S = 2.0
TRIAL_CLIENTS = 16
NEAR = 0.1
"""Part of the crops by which a server may differ that resizes otherwise."""
DEADLINE_S = 0.5
OVERLOAD_LEAD_S = 4.0
"""At 120 % a queue grows past the deadline in 2.5 s; what counts is what comes after."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [server.name for server in SERVERS]
    parser.add_argument("--only", default="", help=f"some of {','.join(names)}")
    parser.add_argument("--seconds", type=float, default=4.0, help="of a cell in a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--photos", type=Path, help="a folder of JPEGs; SISEON_TEST_DATA/coco-dev/images")
    parser.add_argument("--json", type=Path, help="a file for all figures")
    options = parser.parse_args()
    unknown = set(filter(None, options.only.split(","))) - set(names)
    if unknown:
        parser.error(f"no server is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    photos = _photos(options.photos)
    servers = chosen(options.only.split(",") if options.only else ())
    started = time.monotonic()
    for server in servers:
        install(server)
    objects = compose(photos, OUT / "photos")
    expected = _in_process(photos, 0.1, CHECKED)["expected"]
    results = Results(object_cells(list(objects)))
    for server in servers:
        trials = _try_settings(server, photos, expected, options.seconds)
        results.trials[server.name] = trials
        results.settings[server.name] = max(trials, key=trials.__getitem__)
    for number in range(options.rounds):
        # Forwards and backwards in turn: no server is always the first or the last.
        for server in servers if number % 2 == 0 else reversed(servers):
            setting = results.settings[server.name]
            _say(f"round {number + 1} of {options.rounds}: {server.name}, {setting}")
            with running(server, setting, photos[0]) as up:
                _check(server, up, photos, expected)
                _measure(server.name, up, photos, list(objects.values()), options.seconds, results)
        figures = _in_process(photos, options.seconds, 0)["figures"]
        results.add(IN_PROCESS, CLOSED[-1], Measured(**figures))
    print(machine())
    print(
        f"{options.rounds} rounds of {options.seconds:g} s a cell, {time.monotonic() - started:.0f} s altogether\n"
    )
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results.to_json(), indent=1), encoding="utf-8")


def _try_settings(
    server: Server, photos: Sequence[Path], expected: Sequence[Any], seconds: float
) -> dict[str, float]:
    """Answers a second of each setting; nothing is tried where there is one only."""
    if len(server.settings) == 1:
        return {server.settings[0]: 0.0}
    trials = {}
    for setting in server.settings:
        with running(server, setting, photos[0]) as up:
            _check(server, up, photos, expected)
            _load(up, photos, Cell("warm-up", clients=TRIAL_CLIENTS), WARM_UP_S)
            trials[setting] = _load(up, photos, Cell("trial", clients=TRIAL_CLIENTS), seconds).rate
        _say(f"{server.name}, {setting}: {trials[setting]:.1f} answers a second")
    return trials


def _measure(
    name: str, up: Running, photos: Sequence[Path], objects: Sequence[Path], seconds: float, results: Results
) -> None:
    """All cells of one server in one round. Its saturation is its best closed loop of this round."""
    _load(up, photos, Cell("warm-up", clients=TRIAL_CLIENTS), WARM_UP_S)
    saturation = 0.0
    for cell in CLOSED:
        cpu = up.cpu_seconds()
        measured = _load(up, photos, cell, seconds)
        measured.cpu_seconds = up.cpu_seconds() - cpu
        results.add(name, cell, measured)
        saturation = max(saturation, measured.rate)
    for cell, photo in zip(results.objects, objects, strict=True):
        results.add(name, cell, _load(up, [photo], cell, seconds))
    for cell in (*OPEN, OVERLOAD):
        results.add(name, cell, _load(up, photos, cell, seconds, saturation))
    results.memory_mb[name] = max(results.memory_mb.get(name, 0.0), up.memory_mb())


def _load(
    up: Running, photos: Sequence[Path], cell: Cell, seconds: float, saturation: float = 0.0
) -> Measured:
    """Run the load generator once."""
    offered = saturation * cell.of_saturation
    how = ["--clients", str(cell.clients)] if cell.clients else ["--rate", str(offered)]
    if cell is OVERLOAD:
        how += ["--deadline", str(DEADLINE_S), "--lead", str(OVERLOAD_LEAD_S)]
    figures = _output("load.py", "--port", str(up.port), "--seconds", str(seconds), *how, *photos)
    return Measured(
        answers=len(figures["latencies"]),
        seconds=figures["seconds"],
        latencies=figures["latencies"],
        refused=sum(figures["refused"].values()),
        dropped=figures["dropped"],
        broken=figures["broken"],
        offered=offered,
        client_share=figures["cpu_share"],
    )


def _check(server: Server, up: Running, photos: Sequence[Path], expected: Sequence[Any]) -> None:
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
                f"{server.name} does not answer as ours does for {photo.name}: their speeds can not be compared\n"
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


def _in_process(photos: Sequence[Path], seconds: float, answers: int) -> Any:
    clients = CLOSED[-1].clients
    return _output(
        "inprocess.py",
        "--clients",
        str(clients),
        "--seconds",
        str(seconds),
        "--answers",
        str(answers),
        *photos,
    )


def _output(script: str, *arguments: str | Path) -> Any:
    command = [sys.executable, HERE / script, *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _photos(folder: Path | None) -> list[Path]:
    folder = folder or Path(os.environ.get("SISEON_TEST_DATA", ".")) / "coco-dev" / "images"
    photos = sorted(folder.glob("*.jpg"))
    if not photos:
        raise SystemExit(f"there are no .jpg files in {folder}: give --photos FOLDER or set SISEON_TEST_DATA")
    return photos


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
