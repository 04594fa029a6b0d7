"""Whether somebody is seen who is shown between two looks only: ``python benchmarks/people/between.py VIDEO_DEV``.

Made-up clips of 25 pictures a second: clips played ten and five times too fast; an empty street in which a picture of
people comes for 80 or 120 ms, over two fifths of it or a quarter; and a scene that is faded in and out again within a
fifth of a second, from one that goes on. In every picture faces are sought by two detectors, and people by a third:
of a face 97 % must be hidden, of a head, as it lies in an upright box, the middle. *Whole* is how many of the pictures
are hidden as a whole.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from hidden import COVERED, SURE, _mask

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.detect import FACES, PEOPLE, Find
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.joining import joined
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager

SIZE = (640, 360)
FPS, SECONDS = 25, 4
FIRST, EVERY = 6, 15
"""The first picture of a visit, after the look at 200 ms, and pictures from one visit to the next, a multiple of what
lies between two looks."""
UPRIGHT = 0.6
"""Width by height of boxes, at most, in which it is known where the head is."""
Pixels = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("videos", type=Path)
    parser.add_argument("--only", default="", help="clips whose name begins so")
    asked = parser.parse_args()
    asyncio.run(_measure(asked.videos, asked.only))


async def _measure(videos: Path, only: str) -> None:
    models = ModelManager(
        search_path=[Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    )
    faces = [Find(models[name], FACES) for name in ("ultraface-rfb-320", "blazeface-back")]
    people_too = Find(models["yolox-nano"], PEOPLE)
    for one in (*faces, people_too):
        one.setup()
    print(
        "| clip | pictures | whole | faces | not hidden | heads | not hidden |\n|---|---|---|---|---|---|---|"
    )
    with TemporaryDirectory() as folder:
        async with People(models, PeopleOptions()) as people:
            for name, shown in _clips(videos):
                if not name.startswith(only):
                    continue
                clip = _film(Path(folder) / "clip.mp4", shown)
                counts = await _counted(clip, people, faces, people_too)
                print(f"| {name} | {' | '.join(map(str, counts))} |", flush=True)


def _clips(videos: Path) -> Iterator[tuple[str, Iterator[Pixels]]]:
    for name, fast in (
        ("pedestrians", 10),
        ("arm_wrestling", 10),
        ("one-by-one-person-detection", 10),
        ("arm_wrestling", 5),
    ):
        yield f"{name}, {fast} times too fast", _played(videos / f"{name}.mp4", fast)
    street, guests = videos / "car-detection.mp4", videos / "two_people_hug.mp4"
    for share in (0.4, 0.25):
        for count in (2, 3):
            visit = partial(_inset, share=share)
            yield f"inset of {share:g}, {count * 40} ms", _visited(street, guests, count, visit)
    for shares in ((0.5, 1.0, 0.5), (0.35, 0.6, 0.35), (0.25, 0.25, 0.25)):
        yield f"faded in to {max(shares):g}", _visited(street, guests, 3, partial(_faded, shares=shares))


def _played(path: Path, fast: int) -> Iterator[Pixels]:
    with av.open(str(path)) as film:
        shown = 0
        for number, frame in enumerate(film.decode(video=0)):
            if number % fast == 0 and shown < FPS * SECONDS:
                shown += 1
                yield _small(frame)


def _visited(
    path: Path, guests: Path, count: int, visit: Callable[[Pixels, Pixels, int], Pixels]
) -> Iterator[Pixels]:
    """Pictures of one film; now and then a few of another one in them, between two looks."""
    with av.open(str(guests)) as film:
        others = [_small(frame) for frame in film.decode(video=0)]
    for number, pixels in enumerate(_slowly(path)):
        at = (number - FIRST) % EVERY
        yield visit(pixels, others[number % len(others)], at) if number >= FIRST and at < count else pixels


def _slowly(path: Path) -> Iterator[Pixels]:
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            if number >= FPS * SECONDS:
                return
            yield _small(frame)


def _inset(pixels: Pixels, other: Pixels, _at: int, share: float) -> Pixels:
    wide, tall = round(SIZE[0] * share), round(SIZE[1] * share)
    changed = pixels.copy()
    changed[20 : 20 + tall, 30 : 30 + wide] = cv2.resize(other, (wide, tall), interpolation=cv2.INTER_AREA)
    return changed


def _faded(pixels: Pixels, other: Pixels, at: int, shares: Sequence[float]) -> Pixels:
    return np.asarray(cv2.addWeighted(other, shares[at], pixels, 1 - shares[at], 0), np.uint8)


def _small(frame: av.VideoFrame) -> Pixels:
    return np.asarray(
        cv2.resize(frame.to_ndarray(format="rgb24"), SIZE, interpolation=cv2.INTER_AREA), np.uint8
    )


def _film(path: Path, shown: Iterator[Pixels]) -> Path:
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=Fraction(FPS), options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for pixels in shown:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        target.mux(stream.encode(None))
    return path


async def _counted(clip: Path, people: People, faces: list[Find], people_too: Find) -> tuple[int, ...]:
    video = open_video(clip)
    hiding = Hiding([(await people(part)).data for part in parts_of(video, 10.0)], end_ms=video.duration_ms)
    count = whole = found = seen = heads = shown_heads = 0
    for shown in pictures(video, range(0, video.duration_ms, 1000 // FPS)):
        hidden = _mask(joined(hiding.areas(shown.t_ms, *SIZE)), *SIZE)
        count, whole = count + 1, whole + bool(hidden.all())
        for witness in faces:
            for x1, y1, x2, y2 in _sure(witness, shown.image):
                found += 1
                seen += bool(hidden[y1:y2, x1:x2].mean() < COVERED)
        for x1, y1, x2, y2 in _sure(people_too, shown.image):
            if x2 - x1 <= UPRIGHT * (y2 - y1):
                heads += 1
                middle = (
                    slice(y1 + (y2 - y1) // 12, y1 + (y2 - y1) // 6 + 1),
                    slice((x1 + x2) // 2 - 1, (x1 + x2) // 2 + 2),
                )
                shown_heads += not hidden[middle].all()
    return count, whole, found, seen, heads, shown_heads


def _sure(witness: Find, image: object) -> list[list[int]]:
    (told,) = witness.process([image])
    boxes = told.boxes.to(told.frame.root_frame).xyxy[told.scores >= SURE]
    return np.round(boxes.clip(0)).astype(int).tolist()


if __name__ == "__main__":
    main()
