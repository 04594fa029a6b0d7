"""How often a scratch on the glass of a dial, or the shadow of a cable, is taken for its needle.

``python benchmarks/gauges/lines.py --dials 200 --first 0`` lays such lines over generated dials, from the hub outwards
or across the whole dial, always to where the scale is: over dials that have lost their needle, where any reading is
wrong, and over whole ones, where that of the needle is right. ``--start``: radii of the rim at which lines from the hub
begin, 0.08 at its edge instead of in the middle.
"""

from __future__ import annotations

import argparse
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.plane import on_circle, project, radius_of
from siseon.applications.gauges.reading import known_of, read_dial

Pixels = NDArray[np.uint8]
Kind = Literal["scratch", "shadow"]

WRONG = 0.02
"""Of full scale."""
BESIDE = 0.015
"""Radii by which a line passes the middle: standard deviation."""
APART = 25.0
"""Degrees from the needle, at least."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dials", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--start", type=float, default=0.0)
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.dials)
    print(f"{'over dials':14} {'line':22} {'dials':>6} {'read':>5} {'wrong':>6}")
    for bare in (True, False):
        photos = [photo(index, "evaluation", family="no needle" if bare else None) for index in numbers]
        for kind in ("scratch", "shadow"):
            for across in (False, True):
                read = wrong = 0
                for index, one in zip(numbers, photos, strict=True):
                    rng = np.random.default_rng([index, 11])
                    pixels = lined(one, kind, across, rng, arguments.start)
                    value = read_dial(pixels, known_of(calibration_of(one, seed=index))).value
                    if value is not None:
                        read += 1
                        ends = min(one.dial.numerals), max(one.dial.numerals)
                        wrong += bare or abs(value - one.value) > WRONG * (ends[1] - ends[0])
                name = f"{kind} {'across' if across else 'from the hub'}"
                who = "without needle" if bare else "with a needle"
                print(f"{who:14} {name:22} {len(numbers):>6} {read:>5} {wrong:>6}")


def lined(one: Photo, kind: Kind, across: bool, rng: np.random.Generator, start: float = 0.0) -> Pixels:
    """The photo with a line over it."""
    radius = radius_of(one.to_picture)
    ends = line(one, across, kind, rng, start)
    wide = rng.uniform(0.8, 2.5) if kind == "scratch" else radius * rng.uniform(0.02, 0.07)
    cover = np.zeros(one.image.pixels.shape[:2], np.uint8)
    first, last = (tuple(round(float(value) * 16) for value in end) for end in ends)
    cv2.line(cover, (first[0], first[1]), (last[0], last[1]), (255,), max(1, round(wide)), cv2.LINE_AA, 4)
    soft = rng.uniform(0.4, 0.9) if kind == "scratch" else rng.uniform(0.6, 3.0)
    share = (cv2.GaussianBlur(cover, (0, 0), soft) / 255.0)[..., None]
    under = one.image.pixels.astype(np.float64)
    if kind == "shadow":
        over = under * rng.uniform(0.4, 0.75)
    else:
        light = rng.uniform(190, 255) if rng.random() < 0.6 else rng.uniform(20, 120)
        strength = rng.uniform(0.4, 1.0)
        over = strength * light + (1 - strength) * under
    return np.clip(under * (1 - share) + over * share, 0, 255).astype(np.uint8)


def line(one: Photo, across: bool, kind: Kind, rng: np.random.Generator, start: float) -> NDArray[np.float64]:
    """(2, 2) its ends in the picture."""
    angles = np.arange(one.dial.angles[0], one.dial.angles[-1])
    angle = float(rng.choice(angles[np.abs(angles - one.dial.angle_of(one.value)) > APART]))
    beside = np.array(on_circle(angle + 90, rng.normal(0, BESIDE)))
    far = 1.6 if kind == "shadow" or across else rng.uniform(0.65, 1.15)
    near = -far if across else start
    return project(one.to_picture, np.array([on_circle(angle, far), on_circle(angle, near)]) + beside)


if __name__ == "__main__":
    main()
