"""Small dials of meters, read without their ends being known: 0 at the top, clockwise to 10.

``python benchmarks/gauges/needles.py FOLDER``: crops of real dials; the value of one is the first part of its name
(``2.4_x.jpg``), and the middle of a crop is taken for that of its dial. Told are all, every second
one from the first and from the second on, and each that is refused or farther off than 0.2.
``python benchmarks/gauges/needles.py --generated 1000``: drawn ones; pointers and letters are none of the training.
``python benchmarks/gauges/needles.py --covered 500``: the same with a second pointer, or with a bar across them.
``python benchmarks/gauges/needles.py --beside PHOTOS``: calibrations laid anywhere on photos without a dial.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from siseon.applications.gauges import Calibration
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.meter import read_meter_dial
from siseon.applications.gauges.plane import on_circle, project
from siseon.applications.gauges.pointer import MODEL, PointerFinder
from siseon.applications.gauges.reading import Known, known_of
from siseon.media import read_file
from siseon.media.decode import decode
from siseon.models import ModelManager

sys.path.insert(0, str(Path(__file__).parents[2] / "training" / "gauges" / "needles"))

from pictures import Picture, picture

TURN = 10.0
SCALE_RADIUS = 0.85
"""Of half a crop's side."""
NEAR = 0.2
"""That readings are to be within, of what somebody has noted."""
FAR = 0.5
"""From which a reading is plainly wrong."""

FINER = 4
"""Pixels that what is laid over a dial is drawn with for each of the picture."""

Outline = Callable[[np.random.Generator, float], np.ndarray]
Read = tuple[float | None, Reading]
"""The truth, None where there is no pointer, and what is read."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--covered", type=int, default=0)
    parser.add_argument("--beside", type=Path)
    arguments = parser.parse_args()
    model = ModelManager()[MODEL]
    with model.acquire():
        finder = PointerFinder(model)
        if arguments.folder is not None:
            paths = sorted(arguments.folder.glob("*.jpg"))
            found = list(crops(paths, finder))
            for number, pair in enumerate(found):
                if far := far_off(*pair):
                    print(f"{paths[number].name[:24]:26} {'odd' if number % 2 else 'even'} {far}")
            for name, part in (("crops", found), ("even ones", found[::2]), ("odd ones", found[1::2])):
                tell(name, part)
        if arguments.generated:
            tell("drawn dials", list(drawn(arguments.generated, finder)))
        for outline in (pointer, bar) if arguments.covered else ():
            found = [pair for pair in drawn(arguments.covered, finder, outline) if pair[0] is not None]
            tell(f"drawn dials with another {outline.__name__}", found)
        if arguments.beside is not None:
            found = list(beside(sorted(arguments.beside.glob("*.jpg")), finder))
            read = [one.quality for one in found if one.value is not None]
            print(
                f"{len(found)} places without a dial, {len(read)} read, {read.count('good')} of them as good"
            )


def beside(paths: list[Path], finder: PointerFinder) -> Iterator[Reading]:
    """Where a camera was pushed, or somebody pointed at the wrong thing, and no picture of before tells it."""
    rng = np.random.default_rng(3)
    for path in paths:
        image = decode(read_file(path).data)
        for _ in range(5):
            radius = float(rng.uniform(20, 120))
            middle = [
                rng.uniform(radius, max(radius + 1, side - radius)) for side in (image.width, image.height)
            ]
            to_picture = np.array([[radius, 0, middle[0]], [0, radius, middle[1]], [0, 0, 1]])
            known = Known(to_picture, 1.0, np.array([0.0, 360.0]), np.array([0.0, TURN]), None, turn=TURN)
            yield read_meter_dial(image.pixels, known, finder)


def crops(paths: list[Path], finder: PointerFinder) -> Iterator[Read]:
    """Each by a calibration that knows nothing but its size."""
    for path in paths:
        image = decode(read_file(path).data)
        middle = np.array([image.width, image.height]) / 2

        def at(angle: float, radius: float, middle: np.ndarray = middle) -> list[float]:
            return (middle + np.array(on_circle(angle, radius)) * middle).tolist()

        calibration = Calibration.model_validate(
            {
                "width": image.width,
                "height": image.height,
                "centre": middle.tolist(),
                "rim": [at(angle, 1.0) for angle in (0, 90, 180, 270)],
                "scale": [
                    {"at": at(angle, SCALE_RADIUS), "value": TURN * angle / 360}
                    for angle in (0, 90, 180, 270)
                ],
                "turn": TURN,
            }
        )
        yield float(path.name.split("_")[0]), read_meter_dial(image.pixels, known_of(calibration), finder)


def drawn(number: int, finder: PointerFinder, outline: Outline | None = None) -> Iterator[Read]:
    """Each by a middle and a radius that are a little off."""
    for index in range(number):
        one = picture(index, "unseen")
        if outline is not None:
            one = covered(one, outline, np.random.default_rng([index, 21]))
        known = Known(one.believed, 1.0, np.array([0.0, 360.0]), np.array([0.0, TURN]), None, turn=TURN)
        value = None if one.angle is None else one.angle / 360 * TURN
        yield value, read_meter_dial(one.pixels, known, finder)


def pointer(rng: np.random.Generator, angle: float) -> np.ndarray:
    """(N, 2) outline in radii of the scale: a second one, elsewhere."""
    at, wide, long, tail = angle + rng.uniform(40, 320), *rng.uniform((0.04, 0.7, 0.0), (0.1, 1.0, 0.3))
    along, across = np.array(on_circle(at, 1.0)), wide * np.array(on_circle(at + 90, 1.0))
    return np.array([-tail * along + across, across, long * along, -across, -tail * along - across])


def bar(rng: np.random.Generator, _: float) -> np.ndarray:
    """(N, 2) the same of something that lies across the dial."""
    at, half, beside = rng.uniform(0, 360), rng.uniform(0.04, 0.2), rng.uniform(-0.8, 0.8)
    along, across = 2 * np.array(on_circle(at, 1.0)), np.array(on_circle(at + 90, 1.0))
    near, far = (beside - half) * across, (beside + half) * across
    return np.array([along + near, along + far, far - along, near - along])


def covered(one: Picture, outline: Outline, rng: np.random.Generator) -> Picture:
    """The picture with a shape over it, of a colour that is far from most of it."""
    side = one.pixels.shape[0]
    places = project(one.believed, outline(rng, one.angle or 0.0)) * FINER
    cover = np.zeros((side * FINER, side * FINER), np.uint8)
    cv2.fillPoly(cover, [np.round(places * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(cover, (0, 0), FINER * rng.uniform(0.4, 1.0))
    share = cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA)[..., None] / 255
    ground = np.median(one.pixels.reshape(-1, 3), axis=0)
    colours = rng.uniform(10, 245, (50, 3))
    colour = colours[int(np.argmax(np.abs(colours - ground).sum(axis=1) > 150))]
    return one._replace(pixels=(one.pixels * (1 - share) + colour * share).astype(np.uint8))


def far_off(truth: float | None, reading: Reading) -> str:
    """What became of one that is not within ``NEAR``; nothing of the others."""
    if truth is None or reading.value is None:
        return str(reading.reason)
    off = (reading.value - truth + TURN / 2) % TURN - TURN / 2
    return f"noted {truth:.1f}, read {reading.value:.2f}, {reading.quality}" if abs(off) > NEAR else ""


def tell(what: str, found: list[Read]) -> None:
    """How far off they are."""
    without = [reading for truth, reading in found if truth is None]
    pairs = [(truth, reading) for truth, reading in found if truth is not None]
    read = [
        (reading.value, reading.uncertainty, truth) for truth, reading in pairs if reading.value is not None
    ]
    values, stated, truths = np.array(read, float).T
    errors = np.abs((values - truths + TURN / 2) % TURN - TURN / 2)
    good = np.array([reading.quality == "good" for _, reading in pairs if reading.value is not None])
    print(
        f"{len(pairs)} {what}, {len(read)} read; {sum(one.value is not None for one in without)} of {len(without)} "
        "without a pointer are read"
    )
    print(
        f"median error {np.median(errors):.3f}, within {NEAR} {(errors <= NEAR).mean():.1%} of those read, "
        f"{(errors <= NEAR).sum() / len(pairs):.1%} of all; over {FAR}: {(errors > FAR).sum()}; "
        f"within the stated uncertainty {(errors <= stated).mean():.1%}; "
        f"good {good.sum()}, of them over {FAR}: {(errors[good] > FAR).sum()}"
    )


if __name__ == "__main__":
    main()
