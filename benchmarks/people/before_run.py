"""One run as the earlier system did it, in one process: ``python before_run.py CLIP OUT [--rate 5] [--our-sessions]``;
seconds as JSON.

Rebuilt from what its record tells (``docs/rows-people.md``, C13 to C26): five modules, all models loaded by each run
(C16); a tracker that takes every picture of the file, whose speed is told in pictures a second (C16, C22); all crops of
tracks of ten pictures or more go to the re-identification network one by one, at 256 × 128 (C20 calls that the state
before), and are kept in memory to the end (C21); tracks are compared by euclidean distance (C26), those that are
present together never joined; actions once a second for each person (C17); faces and expressions in a pass of their
own, twice a second, brought to people by intersection over face; the annotated video in another pass (C16, C22).

What the record does not tell is ours. The networks are those of our run, so its action network, which looked at clips
of pictures on a GPU, is a pose network here; a pass of its own for expressions follows from its tolerance of 15 ms
between two clocks. Distances are computed at once, without its index (Annoy), which costs next to nothing at these
numbers. Each call of a network may use all cores. Heads are not hidden, sound is left out, the camera's motion is not
followed, and no report is made: ours does all four.

Networks are opened as ONNX Runtime opens a file, with all cores for a call. ``--our-sessions`` takes those of siseon,
in which numbers too small to matter are zero (``models/denormals.py``) and YOLOX's first layer is one convolution.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from siseon.applications.people.appearance import LookByNetwork
from siseon.applications.people.crops import cut
from siseon.applications.people.detect import FACES as A_FACE
from siseon.applications.people.detect import PEOPLE, Find
from siseon.applications.people.faces import Express
from siseon.applications.people.faces.express import square
from siseon.applications.people.faces.owners import owners
from siseon.applications.people.footage import Sighting
from siseon.applications.people.motion import Camera
from siseon.applications.people.pose import FindPose, around
from siseon.applications.people.track import Track, Watched
from siseon.contracts import Crop, Image
from siseon.engine.machine import cores
from siseon.models import Model, ModelManager

DETECTOR, POSE, FACES = "yolox-nano", "movenet-lightning", "ultraface-rfb-320"
LOOKS, EXPRESSIONS = "osnet-x0-25-msmt17", "mini-xception"
LEAST_CROPS = 10
ALIKE = 0.4
STEPS = ("load", "tracker", "features", "actions", "expressions", "merge", "visualiser")


class Plain:
    """A model whose network was opened as ONNX Runtime opens it; all else is the model's."""

    def __init__(self, model: Model) -> None:
        self._model = model
        path = next(one.path for one in model.files if one.path.suffix == ".onnx")
        self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self._names = [one.name for one in self._session.get_outputs()]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def run(self, feeds: dict[str, np.ndarray], *, items: int) -> dict[str, np.ndarray]:
        return dict(zip(self._names, self._session.run(None, feeds), strict=True))


class Padded(Find):
    """A detector that is given squares, as it was then."""

    def _size_for(self, batch: Sequence[Image]) -> tuple[int, int]:
        return self._size()


class Run:
    """What is known so far, and how long each step took."""

    def __init__(self, clip: Path, out: Path, rate: float | None) -> None:
        self.clip, self.out = clip, out
        self.seconds: dict[str, float] = {}
        film = cv2.VideoCapture(str(clip))
        own = film.get(cv2.CAP_PROP_FPS)
        film.release()
        self.own_rate, self.rate = own, min(own, rate or own)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started

    def pictures(self, rate: float) -> Iterator[tuple[int, int, np.ndarray]]:
        """Number, milliseconds and pixels (BGR) of the pictures, at a rate; all are decoded."""
        film = cv2.VideoCapture(str(self.clip))
        number, due = 0, -1
        while True:
            there, pixels = film.read()
            if not there:
                return
            now = int(number * rate / self.own_rate + 1e-6)
            if now != due:
                yield number, round(number * 1000 / self.own_rate), pixels
            number, due = number + 1, now


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("clip", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--rate", type=float, help="pictures a second; the file's own without it")
    options.add_argument("--our-sessions", action="store_true")
    asked = options.parse_args()
    out = asked.out
    run = Run(asked.clip, out, asked.rate)
    out.mkdir(parents=True, exist_ok=True)
    with run.step("load"):
        models = ModelManager(
            search_path=[Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)],
            threads=cores(),
        )
        detect, looks = Padded(models[DETECTOR], PEOPLE), LookByNetwork(models[LOOKS])
        pose, faces = FindPose(models[POSE]), Padded(models[FACES], A_FACE)
        express, follow = Express(models[EXPRESSIONS]), Track("bytetrack", 0.4)
        for stage in (detect, looks, pose, faces, express, follow):
            stage.setup()
            if not asked.our_sessions and stage is not follow:
                stage.model = Plain(stage.model)
    with run.step("tracker"):
        sightings, crops, wide = _seen(run, detect)
        still = [Camera(np.eye(3), known=True)] * len(sightings)
        numbers = follow.process([Watched(sightings, still, run.rate)])[0]
    tracks = defaultdict(list)
    for shot, ids in enumerate(numbers):
        for row, one in enumerate(ids.tolist()):
            if one:
                tracks[one].append((shot, row))
    tracks = {one: places for one, places in tracks.items() if len(places) >= LEAST_CROPS}
    with run.step("features"):
        vectors = {
            one: np.stack([looks.process([[crops[place]]])[0][0] for place in places if place in crops])
            for one, places in tracks.items()
        }
    with run.step("actions"):
        points = {
            (one, place): pose.process([Crop(0, wide[place])])[0]
            for one, places in tracks.items()
            for place in places
            if place in wide
        }
    with run.step("expressions"):
        told = _expressions(run, faces, express, sightings)
    with run.step("merge"):
        people = _merged(tracks, vectors)
        (out / "people.json").write_text(json.dumps({str(one): ids for one, ids in people.items()}))
    with run.step("visualiser"):
        _visualise(run, sightings, tracks, people)
    counts = {"pictures": len(sightings), "crops": sum(map(len, vectors.values())), "poses": len(points)}
    counts |= {"expressions": told, "people": len(people)}
    print(json.dumps({"seconds": run.seconds, "counts": counts}))


def _seen(
    run: Run, detect: Find
) -> tuple[list[Sighting], dict[tuple[int, int], Image], dict[tuple[int, int], Image]]:
    """The people of each picture, all their crops, and once a second wider ones."""
    sightings: list[Sighting] = []
    crops: dict[tuple[int, int], Image] = {}
    wide: dict[tuple[int, int], Image] = {}
    second = -1
    for _, t_ms, pixels in run.pictures(run.rate):
        image = Image.from_array(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
        found = detect.process([image])[0]
        shot = len(sightings)
        sightings.append(Sighting(t_ms, found.boxes.xyxy, found.scores))
        for row, box in enumerate(found.boxes.xyxy):
            _keep(crops, (shot, row), image, box)
            if t_ms // 1000 != second:
                _keep(wide, (shot, row), image, around(box))
        second = t_ms // 1000
    return sightings, crops, wide


def _keep(kept: dict[tuple[int, int], Image], place: tuple[int, int], image: Image, box: np.ndarray) -> None:
    crop = cut(image, box)
    if crop is not None:
        kept[place] = Image.from_array(crop.pixels.copy())


def _expressions(run: Run, faces: Find, express: Express, sightings: list[Sighting]) -> int:
    told = 0
    times = np.array([one.t_ms for one in sightings])
    for _, t_ms, pixels in run.pictures(2.0):
        image = Image.from_array(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
        found = faces.process([image])[0]
        people = sightings[int(np.abs(times - t_ms).argmin())]
        for box, whose in zip(found.boxes.xyxy, owners(found.boxes.xyxy, people.xyxy), strict=True):
            crop = None if whose is None else cut(image, square(box))
            if crop is not None:
                express.process([Crop(0, crop)])
                told += 1
    return told


def _merged(tracks: dict[int, list[tuple[int, int]]], vectors: dict[int, np.ndarray]) -> dict[int, list[int]]:
    """Each track to the nearest earlier person that is not there at the same time."""
    people: dict[int, list[int]] = {}
    spans = {one: (places[0][0], places[-1][0]) for one, places in tracks.items()}
    means = {one: rows.mean(axis=0) / np.linalg.norm(rows.mean(axis=0)) for one, rows in vectors.items()}
    for one, (first, last) in spans.items():
        free = [
            (min(float(np.linalg.norm(means[one] - means[other])) for other in ids), number)
            for number, ids in people.items()
            if all(spans[other][1] < first or last < spans[other][0] for other in ids)
        ]
        far, number = min(free, default=(np.inf, 0))
        if far <= ALIKE:
            people[number].append(one)
        else:
            people[len(people) + 1] = [one]
    return people


def _visualise(
    run: Run,
    sightings: list[Sighting],
    tracks: dict[int, list[tuple[int, int]]],
    people: dict[int, list[int]],
) -> None:
    owner = {one: number for number, ids in people.items() for one in ids}
    boxes = defaultdict(list)
    for one, places in tracks.items():
        for shot, row in places:
            boxes[shot].append((owner[one], sightings[shot].xyxy[row]))
    times, target = np.array([one.t_ms for one in sightings]), None
    for _, t_ms, pixels in run.pictures(run.own_rate):
        if target is None:
            size = pixels.shape[1], pixels.shape[0]
            target = cv2.VideoWriter(
                str(run.out / "video.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), run.own_rate, size
            )
        for number, box in boxes[int(np.searchsorted(times, t_ms, "right")) - 1]:
            x1, y1, x2, y2 = (int(value) for value in box)
            cv2.rectangle(pixels, (x1, y1), (x2, y2), (0, 200, 140), 2)
            cv2.putText(pixels, str(number), (x1, y1), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 200, 140), 2)
        target.write(pixels)
    if target is not None:
        target.release()


if __name__ == "__main__":
    main()
