"""The needles of a dial: what leads from its hub outwards without a gap, and exactly where each points.

First the dial is unrolled and every angle asked how far something other than the face reaches from the hub: numerals
and titles do not, since they have no way to the hub. Then a strip along each such angle is sampled, and a straight
line fitted through the middle of the needle there.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.plane import on_circle
from siseon.applications.gauges.polar import ANGLES, STEP, face, sample, unwrap
from siseon.applications.gauges.strip import line_in

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Bools = NDArray[np.bool_]

RINGS = 36
HUB = 0.12
"""Radii of the scale at which a way outwards begins."""
FACE = (0.55, 0.95)
"""Radii of the scale between which most of what is seen is the face."""
GAP = 2
"""Rings that a reflection or a joint may hide."""
ASIDE = 0.012
"""Radii by which a way outwards may swerve from ring to ring: the hub is not exactly in the middle."""
LEAST_CONTRAST = 14.0
"""Of 255, between needle and face."""
NOISE_CONTRAST = 2.0
"""Times the difference that the flattest third of the face has."""
STRONG_CONTRAST = 0.35
"""Times the difference that the strongest things inside the scale have."""
COLOURED = 1.5
"""Times the least contrast that colours must have for needles to be looked for by colour alone."""
COLOURFUL = 0.3
"""Times all differences to the face."""
BONUS = 1.25
SHORTEST = 0.35
"""Radii of the scale; what reaches less far is not a needle."""
MOST = 4
"""Ways outwards that are looked at more closely."""
APART = 6.0
"""Degrees between two ways."""
SAME = 3.0
"""Degrees from a needle that was told by its colour within which the same one is seen again without."""
ONE_NEEDLE = 9.0
"""Degrees within which two ways are one needle."""

STRIP = (60, 109)
"""Samples along and across a needle."""
STRIP_HALF = 0.36
"""Radii of the scale to each side of it."""
ALONGSIDE = (0.25, 0.6)
"""Radii of the scale between which its sides are looked at: farther out are marks and numbers."""
ASIDE_OF = 0.17
"""Radii of the scale from its middle to where its sides are looked at."""
OTHER_COLOUR = 0.4
"""Sine of the angle between two differences to the face from which they are of two colours."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A needle, or its tail; lengths are in radii of the scale, angles in degrees clockwise from the top."""

    angle: float
    """Where its line crosses the scale, seen from the middle."""
    direction: float
    """Of its line, wherever that passes the middle."""
    deviation: float
    """Standard deviation of the angle, as the fit has it."""
    length: float
    width: float
    """In the middle of its length."""
    evenness: float
    """Share of its way that has its colour, 0 to 1."""
    blur: float
    """Standard deviation of the blur of its edges."""
    contrast: float
    lopsided: float
    """How far what is on its left differs from what is on its right, in contrasts: 0 for a needle on a face, 1 for the
    edge of something that covers the face."""
    coloured: bool
    """Told from the face, and from marks and letters, by its colour."""
    hue: tuple[float, float, float]
    """In which direction its colour differs from the face's: of length 1, as red, green and blue."""

    @property
    def reach(self) -> float:
        """How far it can be followed."""
        return self.length * self.evenness

    @property
    def score(self) -> float:
        """How much of a needle it is."""
        return self.reach * (BONUS if self.coloured else 1.0)


def find_needles(pixels: NDArray[np.uint8], to_picture: Floats, scale_radius: float) -> list[Needle]:
    """What leads outwards from the hub, the best first.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        to_picture: (3, 3) from the dial's plane.
        scale_radius: where the marks of the scale are, in the dial's plane.
    """
    radii = np.linspace(HUB, FACE[1], RINGS)
    polar = unwrap(pixels, to_picture, radii * scale_radius)
    difference = polar - face(polar[radii > FACE[0]])
    ground = polar - difference
    found: list[Needle] = []
    for coloured in (True, False):
        seen = _seen(difference, coloured)
        strength = np.sqrt((seen**2).sum(axis=2))
        least = _least_contrast(strength, radii)
        if coloured and not _colourful(strength[radii < FACE[0]], difference[radii < FACE[0]], least):
            continue
        for column in _peaks(_reach(strength > least, radii)):
            if any(_between(column * STEP, one.angle) < SAME for one in found):
                continue
            needle = _measured(pixels, to_picture, scale_radius, column, ground[0], least, coloured)
            if needle is not None:
                found.append(needle)
    return _distinct(found)


def _colourful(colours: Single, difference: Single, least: float) -> bool:
    """Whether colours differ enough from the face's for needles to be looked for by colour alone."""
    strong = np.percentile(colours, 97)
    return bool(
        strong > COLOURED * least and strong > COLOURFUL * np.percentile(np.abs(difference).max(axis=2), 97)
    )


def _distinct(found: list[Needle]) -> list[Needle]:
    """The best first; of those that lie close together, which are one needle seen with what touches it, one."""
    kept: list[Needle] = []
    for needle in sorted(found, key=lambda one: (-one.coloured, -one.reach * one.contrast)):
        if all(_between(needle.angle, other.angle) > ONE_NEEDLE for other in kept):
            kept.append(needle)
    return sorted(kept, key=lambda needle: -needle.score)


def _seen(difference: Single, coloured: bool) -> Single:
    """Of a difference to the face, all of it or what is colour."""
    return difference - difference.mean(axis=-1, keepdims=True) if coloured else difference


def _between(first: float, second: float) -> float:
    return abs((first - second + 180) % 360 - 180)


def _least_contrast(difference: Single, radii: Floats) -> float:
    """From which a difference to the face is something."""
    noise = float(np.percentile(difference[radii > FACE[0]], 30))
    strong = float(np.percentile(difference[radii < 0.75], 97))
    return max(LEAST_CONTRAST, NOISE_CONTRAST * noise, STRONG_CONTRAST * strong)


def _reach(other: Bools, radii: Floats) -> Floats:
    """(angles,): the radius to which a way from the hub leads at each angle."""
    asides = [max(1, round(np.degrees(ASIDE / radius) / STEP)) for radius in radii]
    here = np.empty_like(other)
    for aside in set(asides):  # rings of one width together
        rings = [ring for ring, one in enumerate(asides) if one == aside]
        wrapped = np.pad(other[rings].astype(np.uint8), ((0, 0), (aside, aside)), mode="wrap")
        here[rings] = cv2.dilate(wrapped, np.ones((1, 2 * aside + 1), np.uint8))[:, aside:-aside] > 0
    gap = ~here[GAP:]
    for back in range(1, GAP + 1):
        gap = gap & ~here[GAP - back : -back]
    over = np.zeros_like(here)
    over[GAP:] = np.logical_or.accumulate(gap, axis=0)
    return np.asarray(np.where(here & ~over, radii[:, None], 0.0).max(axis=0))


def _peaks(reach: Floats) -> list[int]:
    """Columns in the middle of those that reach farthest, one for each way."""
    left, found = reach.copy(), []
    around = round(APART / STEP)
    for _ in range(MOST):
        top = int(left.argmax())
        if left[top] < SHORTEST:
            break
        flat = np.roll(reach, ANGLES // 2 - top) >= 0.97 * reach[top]
        after = int(np.argmin(flat[ANGLES // 2 :])) or ANGLES // 2
        before = int(np.argmin(flat[ANGLES // 2 :: -1])) or ANGLES // 2
        middle = top + (after - before) // 2
        found.append(middle % ANGLES)
        gone = np.arange(-before - around, after + around + 1) + top
        left[gone % ANGLES] = 0
    return found


def _measured(
    pixels: NDArray[np.uint8],
    to_picture: Floats,
    scale_radius: float,
    column: int,
    ground: Single,
    least: float,
    coloured: bool,
) -> Needle | None:
    """The needle along a column; None where there is none of one colour."""
    start = column * STEP
    long, wide = np.linspace(0.0, 1.0, STRIP[0]), np.linspace(-STRIP_HALF, STRIP_HALF, STRIP[1])
    along, across = np.array(on_circle(start, 1.0)), np.array(on_circle(start + 90, 1.0))
    points = long[:, None, None] * along + wide[:, None] * across
    strip = sample(pixels, to_picture, points * scale_radius)
    angles = np.degrees(np.arctan2(points @ across, points @ along)) + start
    difference = _seen(strip - ground[np.round(angles / STEP).astype(int) % ANGLES], coloured)
    colour = _colour(difference, long, least)
    if colour is None:
        return None
    strength = float(colour @ colour)
    along_colour = difference @ colour / strength
    beside = ((difference - along_colour[..., None] * colour) ** 2).sum(axis=2)
    cover = np.clip(along_colour, 0, 1) * (beside < OTHER_COLOUR**2 * (difference**2).sum(axis=2))
    line = line_in(cover, long, wide)
    if line is None:
        return None
    hue = colour / np.sqrt(strength)
    return Needle(
        angle=(start + np.degrees(np.arctan2(line.offset + line.slope, 1.0))) % 360,
        direction=(start + np.degrees(np.arctan(line.slope))) % 360,
        deviation=float(np.degrees(line.deviation)),
        length=line.length,
        width=line.width,
        evenness=line.evenness,
        blur=line.blur,
        contrast=float(np.sqrt(strength)),
        lopsided=_lopsided(strip, line.offset + line.slope * long, long) / float(np.sqrt(strength)),
        coloured=coloured,
        hue=(float(hue[0]), float(hue[1]), float(hue[2])),
    )


def _lopsided(strip: Single, middle: Floats, long: Floats) -> float:
    """Between the medians of what is on both sides of a needle, whose ``middle`` is so many radii across the strip."""
    rows = np.flatnonzero((long > ALONGSIDE[0]) & (long < ALONGSIDE[1]))
    half = STRIP[1] // 2
    sides = []
    for away in (-ASIDE_OF, ASIDE_OF):
        columns = np.round((middle[rows] + away) / STRIP_HALF * half).astype(int) + half
        sides.append(np.median(strip[rows, np.clip(columns, 0, 2 * half)], axis=0))
    return float(np.linalg.norm(sides[0] - sides[1]))


def _colour(difference: Single, long: Floats, least: float) -> Single | None:
    """How the needle differs from the face: the median along the middle of the strip."""
    middle = STRIP[1] // 2
    core = difference[(long > 0.25) & (long < 0.6), middle - 2 : middle + 3]
    differs = (core**2).sum(axis=2) > least**2
    if differs.any(axis=1).mean() < SHORTEST:
        return None
    colour = np.median(core[differs], axis=0)
    return None if float(colour @ colour) < least**2 / 2 else np.asarray(colour, np.float32)
