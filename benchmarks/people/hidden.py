"""How much of a picture is hidden, and whether a face is seen all the same: ``python benchmarks/people/hidden.py
VIDEO_DEV FACES_DEV``.

Clips with close-ups made of them: a window of the clip, enlarged to 640 × 480, so that a head fills a fifth, half or
most of it; and the labelled faces, one after the other, each filling the picture. Twelve times a second, so mostly
between two looks, two detectors are asked for faces: UltraFace, by which they are hidden, and BlazeFace, by which they
are not. Of what either finds with a score of 0.5 or more, 97 % must be hidden.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.detect import FACES, Find
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.joining import joined
from siseon.contracts.wire import Box
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video, pictures
from siseon.models import ModelManager

CLIPS = ("two_people_hug.mp4", "crowd_faces.mp4", "arm_wrestling.mp4")
SIZE = (640, 480)
EVERY_MS = 80
SURE, COVERED = 0.5, 0.97
EVERY_FACE, FACE_PICTURES, FACE_FPS = 4, 16, 10


@dataclass(frozen=True)
class CloseUp:
    """A window of a clip, which moves with the head in it."""

    name: str
    clip: str
    from_s: float
    seconds: float
    window: tuple[int, int, int, int]
    """Left, top, width, height."""
    drift: float = 0.0
    """Pixels to the right a picture."""


CLOSE_UPS = (
    CloseUp("two, heads 1/5 of the width", "two_people_hug.mp4", 0, 2.6, (640, 200, 480, 360)),
    CloseUp("one, head 2/5", "two_people_hug.mp4", 0, 2.6, (924, 235, 200, 150)),
    CloseUp("out of focus, head 2/5", "crowd_faces.mp4", 2, 6, (424, 140, 240, 180), 0.74),
    CloseUp("out of focus, head 3/4", "crowd_faces.mp4", 12, 4, (105, 270, 200, 150)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", type=Path)
    parser.add_argument("faces", type=Path)
    asked = parser.parse_args()
    asyncio.run(_measure(asked.videos, asked.faces))


async def _measure(videos: Path, faces: Path) -> None:
    path = [Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    models = ModelManager(search_path=path)
    witnesses = [Find(models[name], FACES) for name in ("ultraface-rfb-320", "blazeface-back")]
    for one in witnesses:
        one.setup()
    print("| clip | of the picture is hidden: mean | median | over 80 % | faces | not hidden |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        async with People(models, PeopleOptions()) as people:
            for name, clip in _clips(videos, faces, Path(folder)):
                shares, found, seen = await _hidden(clip, people, witnesses)
                print(
                    f"| {name} | {np.mean(shares):.0%} | {np.median(shares):.0%}"
                    f" | {np.mean(np.array(shares) > 0.8):.0%} of the time | {found:,} | {seen} |",
                    flush=True,
                )


def _clips(videos: Path, faces: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for name in CLIPS:
        yield name, videos / name
    for number, one in enumerate(CLOSE_UPS):
        yield f"{one.clip}: {one.name}", _film(folder / f"{number}.mp4", _enlarged(videos, one), Fraction(25))
    yield "labelled faces", _film(folder / "faces.mp4", _one_by_one(faces), Fraction(FACE_FPS))


def _film(path: Path, shown: Iterable[NDArray[np.uint8]], rate: Fraction) -> Path:
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for pixels in shown:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        target.mux(stream.encode(None))
    return path


def _enlarged(videos: Path, one: CloseUp) -> Iterator[NDArray[np.uint8]]:
    left, top, wide, tall = one.window
    with av.open(str(videos / one.clip)) as film:
        stream, number = film.streams.video[0], 0
        for frame in film.decode(stream):
            if one.from_s <= (frame.time or 0.0) < one.from_s + one.seconds:
                x = round(left + one.drift * number)
                window = frame.to_ndarray(format="rgb24")[top : top + tall, x : x + wide]
                yield cv2.resize(window, SIZE, interpolation=cv2.INTER_CUBIC)
                number += 1


def _one_by_one(faces: Path) -> Iterator[NDArray[np.uint8]]:
    """Each for a moment, moving a pixel a picture."""
    side = SIZE[1]
    left = (SIZE[0] - side) // 2
    for path in sorted(faces.glob("*/*.jpg"))[::EVERY_FACE]:
        face = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        whole = cv2.GaussianBlur(cv2.resize(face, SIZE), (0, 0), 25)
        whole[:, left : left + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
        for at in range(FACE_PICTURES):
            yield np.roll(cv2.cvtColor(whole, cv2.COLOR_GRAY2RGB), at, axis=1)


async def _hidden(clip: Path, people: People, witnesses: list[Find]) -> tuple[list[float], int, int]:
    """Shares of pictures that are hidden; faces that were found, and those of them that are seen."""
    video = open_video(clip)
    hiding = Hiding([(await people(part)).data for part in parts_of(video, 10.0)])
    shares, found, seen = [], 0, 0
    for shown in pictures(video, list(range(0, video.duration_ms, EVERY_MS))):
        hidden = _mask(joined(hiding.areas(shown.t_ms, video.width, video.height)), video.width, video.height)
        shares.append(float(hidden.mean()))
        for witness in witnesses:
            (told,) = witness.process([shown.image])
            for xyxy in told.boxes.to(told.frame.root_frame).xyxy[told.scores >= SURE]:
                x1, y1, x2, y2 = np.round(xyxy.clip(0)).astype(int).tolist()
                found += 1
                seen += bool(hidden[y1:y2, x1:x2].mean() < COVERED)
    return shares, found, seen


def _mask(areas: Iterable[Box], width: int, height: int) -> NDArray[np.bool_]:
    hidden = np.zeros((height, width), bool)
    for area in areas:
        x1, y1, x2, y2 = (max(0, round(side)) for side in area)
        hidden[y1:y2, x1:x2] = True
    return hidden


if __name__ == "__main__":
    main()
