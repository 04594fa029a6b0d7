"""Whether a head without a body, shown between two looks, is seen: ``python benchmarks/people/bodiless.py VIDEO_DEV``.

Heads of ``two_people_hug.mp4``, so many pixels high, are laid for three pictures of 25 a second over an empty street of
640 × 360, each time elsewhere. A head counts as hidden where 97 % of its middle is, in all three pictures.
Such a spot is no person to any detector; *more* is how much of all other pictures is hidden on the average.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from between import EVERY, FIRST, FPS, SIZE, _film, _slowly
from hidden import COVERED, _mask

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.detect import FACES, Find
from siseon.applications.people.heads import face_head
from siseon.applications.people.hiding import Hiding
from siseon.applications.people.joining import joined
from siseon.contracts import Image
from siseon.contracts.wire import Box
from siseon.media.film.parts import parts_of
from siseon.media.film.reading import open_video
from siseon.models import ModelManager

STREET, GUESTS = "car-detection.mp4", "two_people_hug.mp4"
SHOWN = 3
"""Pictures in a row."""
TALL = (24, 40, 60)
"""Pixels of a head."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("videos", type=Path)
    asyncio.run(_measure(parser.parse_args().videos))


async def _measure(videos: Path) -> None:
    models = ModelManager(
        search_path=[Path(one) for one in os.environ["SISEON_MODEL_PATH"].split(os.pathsep)]
    )
    heads = _heads(videos / GUESTS, Find(models["ultraface-rfb-320"], FACES))
    street = list(_slowly(videos / STREET))
    print("| head, pixels | shown | not hidden | more |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        async with People(models, PeopleOptions()) as people:
            for tall in TALL:
                shown, places = _with_heads(street, heads, tall)
                clip = _film(Path(folder) / "clip.mp4", iter(shown))
                video = open_video(clip)
                chunks = [(await people(part)).data for part in parts_of(video, 10.0)]
                hiding = Hiding(chunks, end_ms=video.duration_ms)
                seen, more = set(), []
                for number in range(len(shown)):
                    hidden = _mask(joined(hiding.areas(number * 1000 // FPS, *SIZE)), *SIZE)
                    if number not in places:
                        more.append(hidden.mean())
                        continue
                    visit, (x1, y1, x2, y2) = places[number]
                    if hidden[y1:y2, x1:x2].mean() < COVERED:
                        seen.add(visit)
                visits = {visit for visit, _ in places.values()}
                print(f"| {tall} | {len(visits)} | {len(seen)} | {np.mean(more):.1%} |", flush=True)


def _heads(path: Path, find: Find) -> list[NDArray[np.uint8]]:
    """Square pictures of heads, without what is around them as far as that is known."""
    find.setup()
    heads = []
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            if number % 12:
                continue
            pixels = frame.to_ndarray(format="rgb24")
            (found,) = find.process([Image.from_array(pixels)])
            for box in found.boxes.to(found.frame.root_frame).xyxy[found.scores >= 0.8]:
                area = np.round(np.clip(face_head(Box(*box.tolist())), 0, None)).astype(int)
                heads.append(pixels[area[1] : area[3], area[0] : area[2]])
    return heads


def _with_heads(
    street: list[NDArray[np.uint8]], heads: list[NDArray[np.uint8]], tall: int
) -> tuple[list[NDArray[np.uint8]], dict[int, tuple[int, tuple[int, int, int, int]]]]:
    """The pictures, and by number of a picture that of the visit and where the head's middle is."""
    random = np.random.default_rng(tall)
    shown, places = [one.copy() for one in street], {}
    for visit, first in enumerate(range(FIRST, len(street) - SHOWN, EVERY)):
        head = heads[visit % len(heads)]
        wide = max(4, round(tall * head.shape[1] / head.shape[0]))
        small = cv2.resize(head, (wide, tall), interpolation=cv2.INTER_AREA)
        x, y = int(random.integers(0, SIZE[0] - wide)), int(random.integers(0, SIZE[1] - tall))
        for number in range(first, first + SHOWN):
            shown[number][y : y + tall, x : x + wide] = small
            places[number] = visit, (x + wide // 4, y + tall // 4, x + 3 * wide // 4, y + 3 * tall // 4)
    return shown, places


if __name__ == "__main__":
    main()
