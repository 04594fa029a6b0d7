"""Vectors of people's looks: what makes them cheaper, one thing at a time, and what it costs in telling who is who.

    python benchmarks/people/features.py VIDEO_DEV --rounds 3

Every clip is detected and tracked once, at its own rate, in chunks of ten seconds. Then each way makes the vectors of
all its tracks (of ten pictures or more) from the same crops of memory; rounds take turns. The first way, the earlier
system's, takes so long that ``--first-rounds`` has its own number: every crop, one in a call, all cores for it, a
plain session. *Crops* and seconds are of all clips together; ratios are to the same rounds of the first way.

Who is who: each track is cut in two, and one vector made of either half. *Same* are the halves of one track, and tracks
of one person of the clip of six, whose times are known; *others* were seen together, or are of two of the six.
Precision and recall of joining all pairs within the distance that ``conclude`` takes; *nearest*: how many halves have
their own other half as the nearest of all that were seen with it. The rules of merging come on top of that and are not
at work here. OSNet only: colours have no network and another distance.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from before_run import Plain
from machine import machine
from spread import spread

from siseon.applications.people.appearance import LookAtColours, LookByNetwork, look_of
from siseon.applications.people.conclude import ALIKE, ALIKE_BY_NETWORK
from siseon.applications.people.crops import Held, best, cut, held, worth
from siseon.applications.people.detect import PEOPLE, Find
from siseon.applications.people.footage import ReadFootage, Sighting, Wanted
from siseon.applications.people.motion import CameraMotion, Walk
from siseon.applications.people.track import SURE, Track, Watched
from siseon.contracts import Image
from siseon.engine.machine import cores
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video
from siseon.models import ModelManager, WeightFile
from siseon.models.find import sha256_of
from siseon.models.preprocess import prepare

NETWORK = "osnet-x0-25-msmt17"
CLIPS = ("arm_wrestling.mp4", "one-by-one-person-detection.mp4", "pedestrians.mp4", "two_people_hug.mp4")
SIX = "one-by-one-person-detection.mp4"
CHUNK_S, LEAST = 10.0, 10
MOST_S = {"pedestrians.mp4": 1.0, "arm_wrestling.mp4": 3.0}
MOST_OF_OTHERS_S = 40.0
"""Of a clip that is looked at: of the six, two people and the change between them; of those with many people as much as
three rounds have eight minutes for."""
OUR_RATE = 5.0
CALIBRATION = 200
"""Crops, of every second track."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One box of a track."""

    t_ms: int
    worth: float
    crop: Image


@dataclass(frozen=True, slots=True)
class Person:
    """A track of one chunk."""

    chunk: tuple[str, int]
    owner: int | None
    """Which of the six."""
    moments: Sequence[Moment]

    @property
    def span(self) -> tuple[int, int]:
        return self.moments[0].t_ms, self.moments[-1].t_ms


Choose = Callable[[Sequence[Moment]], list[Moment]]
Compute = Callable[[Sequence[Sequence[Image]]], list[NDArray[np.float32]]]
"""Of the crops of each track."""


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument(
        "--first-rounds", type=int, default=1, help="of the first way, which takes so much longer"
    )
    options.add_argument("--clips", nargs="+", choices=CLIPS, default=CLIPS)
    asked = options.parse_args()
    print(machine())
    began = time.perf_counter()
    people = [one for name in asked.clips for one in _tracked(asked.folder, name)]
    with tempfile.TemporaryDirectory(prefix="siseon-int8-") as folder:
        ways = _ways(Path(folder), people)
        earlier = next(iter(ways))
        took: dict[str, list[float]] = {name: [] for name in ways}
        vectors: dict[str, list[NDArray[np.float32]]] = {}
        counts: dict[str, int] = {}
        for number in range(asked.rounds):
            for name, (choose, compute, _) in ways.items():
                if name in vectors and name == earlier and number >= asked.first_rounds:
                    continue
                crops = [[one.crop for one in choose(person.moments)] for person in people]
                started = time.perf_counter()
                vectors[name] = compute(crops)
                took[name].append(time.perf_counter() - started)
                counts[name] = sum(map(len, crops))
    print(f"{len(people)} tracks\n")
    print("| way | crops | s | faster | precision | recall | nearest |\n|---|---|---|---|---|---|---|")
    first = took[earlier]
    for name, (choose, _, within) in ways.items():
        ratios = [one / other for one, other in zip(first, took[name], strict=False)]
        precision, recall, nearest = _judged(people, choose, vectors[name], within)
        print(
            f"| {name} | {counts[name]:,} | {spread(took[name])} | {spread(ratios)} | {precision} | {recall}"
            f" | {nearest} |"
        )
    print(f"\nall of it took {time.perf_counter() - began:.0f} s")


def _ways(folder: Path, people: Sequence[Person]) -> dict[str, tuple[Choose, Compute, float]]:
    """Each with the crops that it takes, and the distance within which two are one."""
    path = [Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    wide, narrow = ModelManager(search_path=path, threads=cores()), ModelManager(search_path=path, threads=1)
    card = wide[NETWORK].card
    weights = folder / "int8.onnx"
    _int8(narrow, people, weights)
    quantised = card.model_copy(
        update={
            "name": "int8",
            "files": (WeightFile(name=weights.name, sha256=sha256_of(weights), size=weights.stat().st_size),),
        }
    )
    small = ModelManager(search_path=[folder], threads=1, cards=[quantised])
    alone, beside = _loaded(LookByNetwork(wide[NETWORK])), _loaded(LookByNetwork(narrow[NETWORK]))
    eighth, colours = _loaded(LookByNetwork(small["int8"])), LookAtColours()
    plain = _loaded(LookByNetwork(ModelManager(search_path=path)[NETWORK]))
    plain.model = Plain(plain.model)
    rows: dict[str, tuple[Choose, Compute, float]] = {
        "every crop, one in a call, all cores, as ONNX Runtime opens it": (
            list,
            _one_by_one(plain),
            ALIKE_BY_NETWORK,
        ),
        "every crop, one in a call, all cores": (list, _one_by_one(alone), ALIKE_BY_NETWORK),
        "every crop, 16 in a call, all cores": (list, _together(alone), ALIKE_BY_NETWORK),
        "every crop, one in a call, a thread a core": (list, _spread(_one_by_one(beside)), ALIKE_BY_NETWORK),
        "every crop, int8, a thread a core": (list, _spread(_one_by_one(eighth)), ALIKE_BY_NETWORK),
        "5 a second, one in a call, all cores": (_at_our_rate, _one_by_one(alone), ALIKE_BY_NETWORK),
    }
    for most in (12, 6, 3):
        ours = " (ours)" if most == 12 else ""
        rows[f"the best {most}, 16 in a call, a thread a core{ours}"] = (
            _best(most),
            _spread(_together(beside)),
            ALIKE_BY_NETWORK,
        )
    rows["the best 12, int8, a thread a core"] = (_best(12), _spread(_together(eighth)), ALIKE_BY_NETWORK)
    rows["the best 12, colours, no network"] = (
        _best(12),
        _spread(_together(colours)),
        ALIKE[colours.descriptor],
    )
    return rows


def _loaded(stage: LookByNetwork) -> LookByNetwork:
    stage.setup()
    return stage


def _int8(models: ModelManager, people: Sequence[Person], target: Path) -> None:
    """Static, in QDQ form, a scale per channel; opset 13 has those."""
    import onnx
    from onnx import version_converter
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    model = models[NETWORK]
    with model.acquire():
        port, source = model.input_name, next(one.path for one in model.files if one.path.suffix == ".onnx")
    crops = [one.crop for person in people[::2] for one in person.moments]
    some = iter(crops[:: max(1, len(crops) // CALIBRATION)])

    class Reader(CalibrationDataReader):
        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            crop = next(some, None)
            return None if crop is None else {port: prepare([crop], model.card.input)[0]}

    logging.getLogger().setLevel(logging.ERROR)  # biases that are clipped are part of what is measured
    newer, folded = target.with_name("newer.onnx"), target.with_name("folded.onnx")
    onnx.save(version_converter.convert_version(onnx.load(source), 13), newer)
    quant_pre_process(newer, folded, skip_symbolic_shape=True)
    quantize_static(
        folded, target, Reader(), per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip


def _one_by_one(stage: LookByNetwork) -> Compute:
    return lambda tracks: [
        np.concatenate([stage.process([[crop]])[0] for crop in crops])
        if crops
        else np.empty((0, 0), np.float32)
        for crops in tracks
    ]


def _together(stage: LookByNetwork | LookAtColours) -> Compute:
    return lambda tracks: [stage.process([crops])[0] for crops in tracks]


def _spread(compute: Compute) -> Compute:
    """The tracks over a thread a core."""

    def over(tracks: Sequence[Sequence[Image]]) -> list[NDArray[np.float32]]:
        with ThreadPoolExecutor(cores()) as threads:
            return [one for part in threads.map(compute, ([track] for track in tracks)) for one in part]

    return over


def _best(most: int) -> Choose:
    def choose(moments: Sequence[Moment]) -> list[Moment]:
        some = _at_our_rate(moments)
        places = np.arange(len(some))
        track = Held(1, places, np.zeros(len(some), np.int64))
        found = best(track, [np.array([one.worth]) for one in some], most)
        return [some[one.shot] for one in found]

    return choose


def _at_our_rate(moments: Sequence[Moment]) -> list[Moment]:
    kept, before = [], -1
    for one in moments:
        now = int(one.t_ms * OUR_RATE / 1000)
        if now != before:
            kept.append(one)
        before = now
    return kept


def _tracked(folder: Path, name: str) -> list[Person]:
    """The tracks of a clip's chunks, at its own rate."""
    path = [Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    video = open_video(folder / name)
    truth = json.loads((folder / "truth.json").read_text())
    rate = min(30.0, float(truth[name]["fps"]))
    windows = (
        [(low / rate, high / rate) for low, high in truth[SIX]["present_in_frames"]] if name == SIX else []
    )
    read = ReadFootage(longest=1280, bounds=DEFAULT_BOUNDS)
    detect = Find(ModelManager(search_path=path, threads=cores())["yolox-nano"], PEOPLE)
    detect.setup()
    motion, track, found = CameraMotion(), Track("bytetrack", 0.4), []
    most_ms = round(MOST_S.get(name, MOST_OF_OTHERS_S) * 1000)
    for whole in parts_of(video, CHUNK_S):
        if whole.start_ms >= most_ms:
            break
        part = replace(whole, end_ms=min(whole.end_ms, most_ms))
        footage = read.process([Wanted(part, rate)])[0]
        sightings = [
            Sighting(shot.t_ms, one.boxes.to(one.frame.root_frame).xyxy, one.scores)
            for shot in footage.shots
            for one in detect.process([shot.image])
        ]
        images = [shot.image for shot in footage.shots]
        cameras = motion.process([Walk(images, [one.xyxy[one.scores >= SURE] for one in sightings])])[0]
        numbers = track.process([Watched(sightings, cameras, rate)])[0]
        size = footage.frame.width, footage.frame.height
        worths = [worth(one, size) for one in sightings]
        for one in held(numbers):
            moments = []
            for shot, row in zip(one.shots.tolist(), one.rows.tolist(), strict=True):
                crop = cut(images[shot], sightings[shot].xyxy[row])
                if crop is not None:
                    pixels = Image.from_array(crop.pixels.copy())
                    moments.append(Moment(sightings[shot].t_ms, float(worths[shot][row]), pixels))
            if len(moments) >= LEAST:
                found.append(Person((name, part.number), _owner(moments, windows), moments))
    return found


def _owner(moments: Sequence[Moment], windows: Sequence[tuple[float, float]]) -> int | None:
    middle = moments[len(moments) // 2].t_ms / 1000
    return next((at for at, (low, high) in enumerate(windows) if low - 1 <= middle <= high + 1), None)


def _judged(
    people: Sequence[Person], choose: Choose, vectors: Sequence[NDArray[np.float32]], within: float
) -> tuple[str, str, str]:
    halves: list[tuple[int, NDArray[np.float32]]] = []
    for at, (person, rows) in enumerate(zip(people, vectors, strict=True)):
        qualities = np.array([max(one.worth, 0.05) for one in choose(person.moments)])
        cuts = len(rows) // 2
        for part in (slice(0, cuts), slice(cuts, None)):
            look = look_of(rows[part], qualities[part])
            if look is not None:
                halves.append((at, look.vector))
    right = wrong = missed = 0
    nearest: list[bool] = []
    best_own: dict[int, float] = {}
    best_other: dict[int, float] = {}
    for (i, (one, a)), (j, (other, b)) in combinations(enumerate(halves), 2):
        same = _same(people[one], people[other], one == other)
        if same is None:
            continue
        far = float(np.linalg.norm(a - b))
        right, wrong, missed = (
            right + (same and far <= within), wrong + (not same and far <= within), missed + (same and far > within),
        )  # fmt: skip
        for half in (i, j):
            kept = best_own if one == other else None if same else best_other
            if kept is not None:
                kept[half] = min(kept.get(half, np.inf), far)
    nearest = [best_own[half] < best_other[half] for half in best_own if half in best_other]
    return (
        f"{right / max(1, right + wrong):.3f}",
        f"{right / max(1, right + missed):.3f} of {right + missed}",
        f"{np.mean(nearest):.3f} of {len(nearest)}" if nearest else "none",
    )


def _same(one: Person, other: Person, own: bool) -> bool | None:
    """None: not known."""
    if own:
        return True
    if one.owner is not None and other.owner is not None:
        return one.owner == other.owner
    meet = one.span[0] <= other.span[1] and other.span[0] <= one.span[1]
    return False if one.chunk == other.chunk and meet else None


if __name__ == "__main__":
    main()
