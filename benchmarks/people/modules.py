"""Each of the five modules alone, and what lies between them: ``python benchmarks/people/modules.py VIDEO_DEV``.

On ten seconds of a clip each, as the pipeline gives them to the module: a stage is made and warmed, then its
``process`` runs over all of its items, one call after the other, in one thread. Rounds take turns over the modules. *A
second of video* is what the module costs for one, in milliseconds: 1,000 keep one core busy. The annotated video
(*visualiser*) and what all chunks say together (*telling*) are told too, so that the sum is the whole.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from clips import beginning
from machine import machine
from spread import spread

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.appearance import LookAtColours, LookByNetwork
from siseon.applications.people.crops import best, cut, held, worth
from siseon.applications.people.detect import FACES, PEOPLE, Find
from siseon.applications.people.faces import Express
from siseon.applications.people.faces.express import square
from siseon.applications.people.footage import ReadFootage, Sighting, Wanted
from siseon.applications.people.motion import CameraMotion, Walk
from siseon.applications.people.pose import FindPose, around
from siseon.applications.people.render import rendered
from siseon.applications.people.timeline.build import timeline_of
from siseon.applications.people.track import SURE, Track, Watched
from siseon.contracts import Crop
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.film.parts import VideoPart
from siseon.media.film.reading import open_video
from siseon.models import ModelManager

CLIPS = ("arm_wrestling.mp4", "one-by-one-person-detection.mp4", "crowd_faces.mp4")
START_MS = {"one-by-one-person-detection.mp4": 8_000}
SECONDS = 10


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, help="of the clips")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clips", nargs="+", choices=CLIPS, default=CLIPS)
    asked = options.parse_args()
    print(machine())
    began = time.perf_counter()
    models = ModelManager(
        search_path=[Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    )
    with tempfile.TemporaryDirectory(prefix="siseon-modules-") as root:
        for name in asked.clips:
            last = START_MS.get(name, 0) / 1000 + SECONDS
            _measure(models, beginning(asked.folder / name, Path(root) / name, last), asked.rounds)
    print(f"all of it took {time.perf_counter() - began:.0f} s")


def _measure(models: ModelManager, path: Path, rounds: int) -> None:
    start = START_MS.get(path.name, 0)
    end = min(start + SECONDS * 1000, open_video(path).duration_ms)
    work = _work(models, VideoPart(path, 0, start, end))
    took: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, (_, _, run) in work.items():
            began = time.perf_counter()
            run()
            took[name].append(time.perf_counter() - began)
    print(f"| {path.name} | items | items/s | a second of video, ms |\n|---|---|---|---|")
    for name, (items, seconds, _) in work.items():
        rates = [items / one for one in took[name]]
        costs = [one * 1000 / seconds for one in took[name]]
        print(f"| {name} | {items:,} | {_figures(rates)} | {_figures(costs)} |")
    print(flush=True)


def _work(models: ModelManager, part: VideoPart) -> dict[str, tuple[int, float, Callable[[], object]]]:
    """By name: how many items, of how many seconds of video, and what runs over all of them."""
    options = PeopleOptions()
    read = ReadFootage(longest=options.longest, bounds=DEFAULT_BOUNDS)
    detect, faces = Find(models[options.detector], PEOPLE), Find(models["ultraface-rfb-320"], FACES)
    pose, express = FindPose(models["movenet-lightning"]), Express(models["mini-xception"])
    looks, colours = LookByNetwork(models["osnet-x0-25-msmt17"]), LookAtColours()
    for stage in (detect, faces, pose, express, looks):
        stage.setup()
    motion = CameraMotion()
    footage = read.process([Wanted(part, options.rate)])[0]
    images = [shot.image for shot in footage.shots]
    sightings = [
        Sighting(shot.t_ms, found.boxes.to(found.frame.root_frame).xyxy, found.scores)
        for shot, found in zip(footage.shots, (detect.process([one])[0] for one in images), strict=True)
    ]
    walk = Walk(images, [one.xyxy[one.scores >= SURE] for one in sightings])
    watched = Watched(sightings, motion.process([walk])[0], options.rate)
    track = {name: Track(name, options.least_score) for name in ("bytetrack", "botsort", "ocsort")}
    tracklets = held(track["bytetrack"].process([watched])[0])
    size = footage.frame.width, footage.frame.height
    worths = [worth(one, size) for one in sightings]
    chosen = [moment for one in tracklets for moment in best(one, worths)]
    crops = [
        crop
        for one in chosen
        if (crop := cut(images[one.shot], sightings[one.shot].xyxy[one.row])) is not None
    ]
    bodies = [
        Crop(0, crop)
        for one in tracklets
        for shot, row in zip(one.shots[::5].tolist(), one.rows[::5].tolist(), strict=True)
        if (crop := cut(images[shot], around(sightings[shot].xyxy[row]))) is not None
    ]
    found = [faces.process([one])[0] for one in images]
    squares = [
        Crop(0, crop)
        for image, some in zip(images, found, strict=True)
        for box in some.boxes.to(some.frame.root_frame).xyxy
        if (crop := cut(image, square(box))) is not None
    ]
    seen = asyncio.run(_seen(models, part))
    video, whole = open_video(part.path), timeline_of([seen])
    pictures = round(video.duration_ms / 1000 * _rate(part.path))
    rows: dict[str, tuple[int, Callable[[], object]]] = {
        "decoding": (len(images), lambda: read.process([Wanted(part, options.rate)])),
        "object detector (yolox-nano)": (len(images), lambda: [detect.process([one]) for one in images]),
        "camera's motion": (len(images), lambda: motion.process([walk])),
    }
    for name, one in track.items():
        rows[f"tracker ({name})"] = (len(images), lambda one=one: one.process([watched]))
    rows |= {
        "re-identification (osnet, 16 in a call)": (len(crops), lambda: looks.process([crops])),
        "re-identification (colours)": (len(crops), lambda: colours.process([crops])),
        "action detector (movenet, once a second)": (
            len(bodies),
            lambda: [pose.process([one]) for one in bodies],
        ),
        "faces (ultraface)": (len(images), lambda: [faces.process([one]) for one in images]),
        "expressions (mini-xception)": (len(squares), lambda: [express.process([one]) for one in squares]),
        "telling (merging, actions)": (1, lambda: timeline_of([seen])),
    }
    seconds = (part.end_ms - part.start_ms) / 1000
    work = {name: (items, seconds, run) for name, (items, run) in rows.items() if items}
    work["visualiser (whole clip)"] = (
        pictures,
        video.duration_ms / 1000,
        lambda: rendered(video, [seen], whole, part.path.with_suffix(".annotated.mp4")),
    )
    return work


async def _seen(models: ModelManager, part: VideoPart):
    async with People(models, PeopleOptions(appearance="osnet-x0-25-msmt17")) as people:
        return (await people(part)).data


def _rate(path: Path) -> float:
    import av

    with av.open(str(path)) as film:
        return float(film.streams.video[0].average_rate or 0)


def _figures(values: list[float]) -> str:
    middle = statistics.median(values)
    return spread(values, f"{{:,.{0 if middle >= 100 else 1 if middle >= 10 else 2}f}}")


if __name__ == "__main__":
    main()
