"""Pointers of the small dials of meters, in families: drawn around the middle of a sheet, at an angle.

Lengths are in radii of the scale. An outline is written for a pointer that points along the first coordinate, one side
of it only, and mirrored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Rng = np.random.Generator
Split = Literal["training", "unseen"]
Colour = tuple[int, int, int]

SIDE = 208
"""Pixels of a sheet."""
RADIUS = 72.0
"""Of them, from the middle to the outer ends of the marks."""
MIDDLE = (SIDE - 1) / 2
SHIFT = 5
"""Bits of a pixel that OpenCV's pens keep."""
CROSSING = 0.9
"""Radii at which a pointer's line is read off the scale."""


class Pen(NamedTuple):
    """What a pointer is drawn with."""

    sheet: Pixels
    """(SIDE, SIDE, 3), drawn on."""
    cover: Pixels
    """(SIDE, SIDE), all that is of the pointer: for its shadow."""
    at: Floats
    """(2,) what it turns around."""
    along: Floats
    """(2,) where it points."""

    def shape(self, outline: list[tuple[float, float]], colour: Colour) -> None:
        """One side from tail to tip, mirrored."""
        whole = np.array(outline + [(along, -across) for along, across in reversed(outline)])
        self.polygon(whole, colour)

    def polygon(self, points: Floats, colour: Colour) -> None:
        """Of (along, across)."""
        across = np.array([-self.along[1], self.along[0]])
        places = self.at + points[:, :1] * self.along + points[:, 1:] * across
        fixed = [np.round((MIDDLE + places * RADIUS) * (1 << SHIFT)).astype(np.int32)]
        cv2.fillPoly(self.sheet, fixed, colour, cv2.LINE_AA, SHIFT)
        cv2.fillPoly(self.cover, fixed, (255,), cv2.LINE_AA, SHIFT)

    def disc(self, along: float, radius: float, colour: Colour, across: float = 0.0) -> None:
        """On its line, or beside it."""
        turns = np.linspace(0, 2 * np.pi, 40)
        self.polygon(
            np.stack([along + radius * np.cos(turns), across + radius * np.sin(turns)], axis=1), colour
        )

    def sector(self, inner: float, outer: float, half: float, colour: Colour) -> None:
        """Of a ring around its middle, opposite the tip, to half an angle in degrees on each side."""
        turns = np.radians(180 + np.linspace(-half, half, 30))
        rim = np.stack([np.cos(turns), np.sin(turns)], axis=1)
        self.polygon(np.concatenate([rim * outer, rim[::-1] * inner]), colour)

    def turned(self, degrees: float) -> Pen:
        """For another arm."""
        turn = np.radians(degrees)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return self._replace(along=matrix @ self.along)


Draw = Callable[[Rng, Pen, float, Colour], None]


def shaded(colour: Colour, by: float) -> Colour:
    """Darker or lighter."""
    red, green, blue = (int(np.clip(part * by, 0, 255)) for part in colour)
    return red, green, blue


def drop(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A disc that runs out into a tip."""
    disc = float(rng.uniform(0.2, 0.42))
    blunt = float(rng.uniform(0.0, 0.05))
    neck = float(rng.uniform(0.45, 1.0))
    pen.disc(0.0, disc, colour)
    bent = disc + (long - disc) * float(rng.uniform(0.2, 0.5))
    waist = disc * (1 - bent / long) * neck + blunt
    _tab(rng, pen, disc, colour, 0.15)
    pen.shape([(0.0, disc * 0.98), (disc * 0.5, disc * 0.86), (bent, waist), (long, blunt)], colour)
    _hub(rng, pen, colour, 0.4)


def dart(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A plate with a straight back, whose sides meet in a tip."""
    wide, back = float(rng.uniform(0.14, 0.36)), float(rng.uniform(0.15, 0.5))
    shoulder = float(rng.uniform(-0.1, 0.35))
    belly = wide * float(rng.uniform(0.35, 0.75))
    blunt = float(rng.uniform(0.0, 0.04))
    middle = shoulder + (long - shoulder) * 0.5
    pen.shape(
        [(-back, wide * rng.uniform(0.7, 1.1)), (shoulder, wide), (middle, belly), (long, blunt)], colour
    )
    _hub(rng, pen, colour, 0.4)


def taper(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A narrow one, with or without a tail."""
    wide, tail = float(rng.uniform(0.03, 0.1)), float(rng.choice([0.0, rng.uniform(0.1, 0.4)]))
    pen.shape([(-tail, wide * rng.uniform(0.4, 1.2)), (0.0, wide), (long, rng.uniform(0.0, 0.03))], colour)
    hub = shaded(colour, float(rng.uniform(0.2, 1.1)))
    pen.disc(0.0, float(rng.uniform(0.08, 0.2)), hub)
    _hub(rng, pen, colour, 0.5)


def paddle(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A bar on a disc, which may stand in a dark ring, beside its middle where it is seen from the side."""
    disc = float(rng.uniform(0.16, 0.36))
    if rng.random() < 0.5:
        beside = rng.uniform(-0.08, 0.08, 2) if rng.random() < 0.5 else np.zeros(2)
        dark = shaded(colour, float(rng.uniform(0.15, 0.5)))
        pen.disc(float(beside[0]), disc * float(rng.uniform(1.1, 1.35)), dark, float(beside[1]))
    wide = float(rng.uniform(0.04, 0.11))
    pen.shape([(0.0, wide), (long, wide * rng.uniform(0.7, 1.2))], colour)
    _tab(rng, pen, disc, colour, 0.4)
    pen.disc(0.0, disc, colour)
    _hub(rng, pen, colour, 0.3)


def blade(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A body around the hub and a rod from it, with a short tail."""
    body, rod = float(rng.uniform(0.1, 0.2)), float(rng.uniform(0.03, 0.07))
    tail = float(rng.uniform(0.15, 0.4))
    end = float(rng.uniform(0.15, 0.4))
    pen.shape(
        [
            (-tail, rod),
            (-tail * 0.4, body),
            (end * 0.4, body),
            (end, rod * 1.3),
            (long, rod * rng.uniform(0.3, 1)),
        ],
        colour,
    )
    _hub(rng, pen, colour, 0.9)


def star(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """Three arms, of which the wide one points, or the one that narrows to a tip."""
    side = float(rng.uniform(0.9, 1.3))
    broad = rng.random() < 0.35
    thin = float(rng.uniform(0.05, 0.12) if broad else rng.uniform(0.015, 0.04))
    for degrees in (120.0, 240.0):
        arm = pen.turned(degrees)
        arm.shape([(0.0, thin), (side, thin)], colour)
        if not broad and rng.random() < 0.7:
            at = float(rng.uniform(0.75, 0.95))
            arm.shape([(at, thin * 2.2), (at + 0.1, thin * 2.2)], shaded(colour, 0.85))
    wide = float(rng.uniform(0.15, 0.32))
    pen.shape([(-0.05, wide * 0.6), (0.1, wide), (long, rng.uniform(0.0, 0.03))], colour)
    _hub(rng, pen, colour, 0.5)


def fan(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A sector of a disc as a counterweight."""
    pen.sector(
        0.0,
        float(rng.uniform(0.6, 1.05)),
        float(rng.uniform(65, 100)),
        shaded(colour, float(rng.uniform(0.5, 1))),
    )
    wide = float(rng.uniform(0.08, 0.2))
    pen.shape([(-0.1, wide), (0.1, wide), (long, wide * rng.uniform(0.1, 0.7))], colour)
    if rng.random() < 0.6:
        pen.disc(0.0, wide * 1.2, shaded(colour, float(rng.uniform(0.7, 1.2))))
    _hub(rng, pen, colour, 0.4)


def loaded(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A large arrow that carries a block of metal, which may be on a plate broader than itself, to one side of it."""
    if rng.random() < 0.5:
        _plated(rng, pen, long, colour)
        return
    wide, back = float(rng.uniform(0.3, 0.62)), float(rng.uniform(0.3, 1.1))
    neck = float(rng.uniform(0.0, 0.3))
    pen.shape([(-back, wide * 0.8), (neck, wide * 0.9), (neck, wide), (long, 0.02)], colour)
    grey = int(rng.integers(110, 240))
    metal = shaded((grey, grey, grey - 15), float(rng.uniform(0.8, 1.1)))
    block, front = wide * float(rng.uniform(0.5, 0.85)), float(rng.uniform(-back * 0.4, neck * 0.5))
    pen.shape([(-back * 0.9, block), (front, block)], shaded(metal, 0.6))
    pen.shape([(-back * 0.85, block * 0.85), (front - 0.04, block * 0.85)], metal)


def _plated(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    wide, neck = float(rng.uniform(0.25, 0.6)), float(rng.uniform(-0.35, 0.1))
    half, aside = float(rng.uniform(0.4, 0.9)), float(rng.uniform(-0.25, 0.25))
    back = neck - float(rng.uniform(0.4, 1.0))
    pen.shape([(neck - 0.1, wide), (neck, wide), (long * 1.1, float(rng.uniform(0.01, 0.04)))], colour)
    if rng.random() < 0.4:  # the disc that it is turned by
        pen.disc(0.0, wide * float(rng.uniform(0.4, 0.8)), shaded(colour, float(rng.uniform(0.75, 0.95))))
    plate = np.array([(back, -half), (neck, -half), (neck, half), (back, half)])
    plate[:, 1] += aside
    pen.polygon(plate, shaded(colour, float(rng.uniform(0.85, 1.05))))
    grey = rng.uniform(110, 240) * rng.uniform(0.6, 1.0, 3)
    if rng.random() < 0.4:  # it mirrors what is around it
        grey = grey * rng.choice([0.55, 1.0], 3)
    metal = (int(grey[0]), int(grey[1]), int(grey[2]))
    middle, inner = plate.mean(axis=0), float(rng.uniform(0.55, 0.8))
    rim = float(rng.uniform(0.4, 1.9))
    for share, by in ((inner, rim), (inner * float(rng.uniform(0.84, 0.96)), 1.0)):
        pen.polygon(_rounded(middle + (plate - middle) * share, 0.12), shaded(metal, by))


def _rounded(corners: Floats, share: float) -> Floats:
    """A polygon whose corners are cut by a share of its sides."""
    before, after = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0)
    cut = np.stack([corners + (before - corners) * share, corners + (after - corners) * share], axis=1)
    return cut.reshape(-1, 2)


def banded(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A drop on a bright disc, with half a ring of its colour behind it."""
    outer = float(rng.uniform(0.65, 0.95))
    pen.sector(outer * 0.6, outer, float(rng.uniform(70, 95)), colour)
    grey = int(rng.integers(150, 235))
    pen.sector(
        0.0, outer * float(rng.uniform(0.6, 0.75)), float(rng.uniform(80, 120)), (grey, grey, grey - 12)
    )
    disc = float(rng.uniform(0.12, 0.22))
    pen.disc(0.0, disc, colour)
    pen.shape([(0.0, disc), (disc, disc * 0.8), (long * 0.7, 0.01)], colour)


def lance(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A thin rod with a diamond before its tip."""
    rod, head = float(rng.uniform(0.02, 0.04)), float(rng.uniform(0.07, 0.14))
    pen.shape([(-rng.uniform(0.1, 0.3), rod), (long - 0.35, rod), (long - 0.25, head), (long, 0.0)], colour)
    pen.disc(0.0, float(rng.uniform(0.08, 0.15)), colour)


def leaf(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """Bent sides on both ends."""
    turns = np.linspace(0, 1, 12)
    wide = float(rng.uniform(0.1, 0.22))
    tail = float(rng.uniform(0.1, 0.3))
    pen.shape(
        [(-tail + (long + tail) * float(t), wide * float(np.sin(np.pi * t**0.7))) for t in turns], colour
    )
    _hub(rng, pen, colour, 0.7)


def spade(rng: Rng, pen: Pen, long: float, colour: Colour) -> None:
    """A bar that ends in an arrow's head, and a disc at the tail."""
    bar, head = float(rng.uniform(0.03, 0.07)), float(rng.uniform(0.1, 0.18))
    pen.shape([(-0.25, bar), (long - 0.35, bar), (long - 0.35, head), (long, 0.0)], colour)
    pen.disc(-0.25, head * 0.8, colour)
    _hub(rng, pen, colour, 0.8)


POINTERS: dict[Split, tuple[Draw, ...]] = {
    "training": (drop, drop, dart, dart, taper, taper, paddle, blade, star, fan, loaded, loaded, banded),
    "unseen": (lance, leaf, spade),
}
SECONDS: tuple[Draw, ...] = (taper, taper, blade, paddle, dart)
"""Those that do not cover most of a dial, and so of its first pointer."""


def _tab(rng: Rng, pen: Pen, disc: float, colour: Colour, share: float) -> None:
    """What juts out behind a disc."""
    if rng.random() < share:
        wide = float(rng.uniform(0.03, 0.1))
        out = disc + float(rng.uniform(0.04, 0.12))
        pen.shape([(-out, wide), (-disc * 0.7, wide * float(rng.uniform(0.8, 1.6)))], colour)


def _hub(rng: Rng, pen: Pen, colour: Colour, share: float) -> None:
    if rng.random() < share:
        by = float(rng.choice([rng.uniform(0.2, 0.8), rng.uniform(1.1, 2.5)]))
        pen.disc(float(rng.uniform(-0.02, 0.02)), float(rng.uniform(0.03, 0.1)), shaded(colour, by))
