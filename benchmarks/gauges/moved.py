"""How often a calibrated dial is found again that was pushed, and how often one that was mirrored or turned is.

``python benchmarks/gauges/moved.py --dials 200 --first 0`` draws dials that are calibrated in one picture and looked
for in another, in which the needle is elsewhere and the light another.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated import Photo, photo
from siseon.applications.gauges.plane import on_circle, project
from siseon.applications.gauges.registration import Reference

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

RIM = np.array([on_circle(angle, 1.0) for angle in range(0, 360, 20)])
PLACED = 2.0
"""Pixels by which the rim may be off where it is said to be."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dials", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.dials)
    cases: dict[str, Callable[[Photo, Photo, np.random.Generator], Pixels]] = {
        "pushed": lambda _, now, __: now.image.pixels,
        "mirrored, left to right": lambda _, now, __: moved(now, np.diag([-1.0, 1.0])),
        "mirrored, top to bottom": lambda _, now, __: moved(now, np.diag([1.0, -1.0])),
        "turned by 20° to 60°": lambda _, now, rng: moved(
            now, turn(rng.choice([-1, 1]) * rng.uniform(20, 60))
        ),
        "turned by a division": lambda before, now, rng: moved(
            now, turn(rng.choice([-1, 1]) * division(before))
        ),
        "turned by 60° to 180°": lambda _, now, rng: moved(
            now, turn(rng.choice([-1, 1]) * rng.uniform(60, 180))
        ),
    }
    found = dict.fromkeys(cases, 0)
    misplaced = 0
    for index in numbers:
        before = photo(index, "evaluation")
        reference = Reference(before.image.pixels, before.to_picture, numbered=True)
        rng = np.random.default_rng([index, 9])
        now = pushed(before, index, rng)
        for name, seen in cases.items():
            motion = reference.motion_to(relit(seen(before, now, rng), rng))
            found[name] += motion is not None
            if name == "pushed" and motion is not None:
                off = project(motion @ before.to_picture, RIM) - project(now.to_picture, RIM)
                misplaced += bool(np.abs(off).max() > PLACED)
    print(f"{'a dial that was':26} {'pictures':>8} {'found again':>12}")
    for name, number in found.items():
        print(f"{name:26} {len(numbers):>8} {number:>12}")
    print(f"found more than {PLACED:g} pixels beside where it is: {misplaced}")


def pushed(before: Photo, index: int, rng: np.random.Generator) -> Photo:
    """The same dial before a camera that was pushed, with its needle elsewhere."""
    motion = np.eye(3)
    motion[:2, :2] = rng.uniform(0.95, 1.05) * turn(rng.uniform(-6, 6))
    middle = before.points((0.0,), 0.0)[0]
    motion[:2, 2] = middle - motion[:2, :2] @ middle + rng.uniform(-25, 25, 2)
    value = float(rng.uniform(min(before.dial.numerals), max(before.dial.numerals)))
    return photo(index, "evaluation", view=motion @ before.to_picture, value=value)


def moved(now: Photo, linear: Floats) -> Pixels:
    """The picture turned or mirrored around the middle of its dial."""
    middle = now.points((0.0,), 0.0)[0]
    matrix = np.column_stack([linear, middle - linear @ middle])
    size = now.image.width, now.image.height
    return np.asarray(
        cv2.warpAffine(now.image.pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def turn(degrees: float) -> Floats:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def division(one: Photo) -> float:
    """Degrees between two numbers of its scale, in the middle of it."""
    return float(np.median(np.diff(one.dial.angles)))


def relit(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Darker or lighter, and from another side."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    towards = rng.uniform(0, 2 * np.pi)
    slope = (x / width - 0.5) * np.cos(towards) + (y / height - 0.5) * np.sin(towards)
    light = rng.uniform(0.6, 1.15) * (1 + 0.5 * slope)
    noisy = pixels * light[..., None] + rng.normal(0, 3, pixels.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


if __name__ == "__main__":
    main()
