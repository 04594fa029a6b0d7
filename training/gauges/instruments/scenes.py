"""Pictures with instruments and with what looks like some, each a function of its number."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from instruments.camera import glass, paste, taken, view
from instruments.canvas import Floats, Pixels
from instruments.dials import FAMILIES, draw_dial
from instruments.displays import COUNTER, DIGITAL, draw_counter, draw_display
from instruments.grounds import ground
from instruments.housings import Drawn, Part, housed, water_meter
from instruments.lookalikes import draw_lookalike
from instruments.palettes import Split, chance, pick

CLASSES = ("analog", "digital", "counter")
SEEN = 0.55
"""Share of an instrument that must lie in the picture for it to be found; one of which less is seen may be or not."""
SMALLEST = (0.085, 0.028)
"""Shares of the picture's longer side that an instrument's longer and shorter side must have to be found; a smaller one
may be or not: nothing could be read of it."""
SHARES: dict[Split, tuple[float, float, float]] = {"training": (0.4, 0.34, 0.26), "unseen": (0.5, 0.28, 0.22)}
"""Of the classes; displays are the hardest to learn."""
OVERLAP = 0.12
"""Of two things' boxes, in shares of the smaller."""


@dataclass(frozen=True)
class Instrument:
    """One in a scene; ``box`` is (4,) x1, y1, x2, y2 in pixels, within the picture."""

    kind: int
    family: str
    box: Floats
    counts: bool
    """Whether it must be found; one that is hardly seen need not be, and is no mistake either."""


@dataclass(frozen=True)
class Scene:
    """(H, W, 3) uint8 RGB, and what is in it."""

    pixels: Pixels
    instruments: tuple[Instrument, ...]


def scene(index: int, split: Split = "training", *, side: int = 320, behind: Pixels | None = None) -> Scene:
    """The scene of that number; ``side`` is that of its longer side in pixels, ``behind`` a photo to put it before."""
    rng = np.random.default_rng([index, 0 if split == "training" else 1])
    aspect = float(pick(rng, (1.0, 4 / 3, 4 / 3, 3 / 2, 16 / 9, 3 / 4, 9 / 16)))
    width, height = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    with_photos = split == "training"
    pixels = ground(rng, width, height, with_photos=with_photos)
    if behind is not None:
        pixels = cv2.resize(behind, (width, height), interpolation=cv2.INTER_AREA)
    empty = chance(rng, 0.15)
    wanted = 0 if empty else int(rng.choice([1, 1, 1, 2, 2, 3, 4]))
    close = not empty and chance(rng, 0.25)
    kinds = [True] * wanted + [False] * int(rng.integers(0, 4) if not empty else rng.integers(2, 7))
    rng.shuffle(kinds)
    if close:
        kinds = [True]
    placed: list[Floats] = []
    found: list[Instrument] = []
    for wants in kinds:
        kind, family = _choose(rng, split) if wants else (-1, "")
        sized = _size(rng, min(width, height), close=close)
        drawn = _draw(rng, kind, family, split, sized)
        high, wide = drawn.sheet.cover.shape
        scale = sized / (min(high, wide) if kind <= 0 else max(high, wide))
        off = 0.25 if close else 0.5
        middle = (
            width * float(rng.uniform(0.5 - off, 0.5 + off)),
            height * float(rng.uniform(0.5 - off, 0.5 + off)),
        )
        corners = view(rng, wide * scale, high * scale, middle)
        bounds = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
        if any(_overlap(bounds, other) > OVERLAP for other in placed):
            continue
        if chance(rng, 0.4):
            reflected = ground(rng, 64, 64, with_photos=with_photos) if chance(rng, 0.4) else None
            glass(rng, drawn.sheet, reflected)
        shadow = float(rng.uniform(0, 0.6)) if chance(rng, 0.4) else 0.0
        box, matrix = paste(pixels, drawn.sheet, corners, shadow)
        if not box.any():
            continue
        placed.append(box)
        for part in drawn.parts:
            _note(found, part, box, matrix, width, height)
    return Scene(taken(rng, pixels), tuple(found))


def letterboxed(scene: Scene, side: int) -> tuple[Pixels, Floats]:
    """The picture in a square on grey, as the service prepares it, and its instruments' boxes there."""
    height, width = scene.pixels.shape[:2]
    scale = side / max(width, height)
    wide, high = round(width * scale), round(height * scale)
    left, top = (side - wide) // 2, (side - high) // 2
    square = np.full((side, side, 3), 114, np.uint8)
    same = (wide, high) == (width, height)
    square[top : top + high, left : left + wide] = (
        scene.pixels if same else cv2.resize(scene.pixels, (wide, high), interpolation=cv2.INTER_AREA)
    )
    boxes = np.array([one.box for one in scene.instruments]).reshape(-1, 4)
    return square, boxes * scale + (left, top, left, top)


def _choose(rng: np.random.Generator, split: Split) -> tuple[int, str]:
    kind = int(rng.choice(3, p=SHARES[split]))
    return kind, pick(rng, (FAMILIES, DIGITAL, COUNTER)[kind][split])


def _size(rng: np.random.Generator, least: int, *, close: bool) -> float:
    """Pixels of a thing's side: of a dial the smaller, of a display the longer."""
    if close:
        return least * float(rng.uniform(0.75, 1.3))
    return least * float(np.exp(rng.uniform(np.log(0.12), np.log(0.85))))


def _draw(rng: np.random.Generator, kind: int, family: str, split: Split, sized: float) -> Drawn:
    # Drawn a little larger than seen: the camera makes it smaller, which is what smooths it.
    size = int(np.clip(sized * 1.15, 40, 300))
    match kind:
        case 0:
            sheet = draw_dial(rng, family, split, size)
        case 1:
            sheet = draw_display(rng, family, max(14, size // 3))
        case 2:
            sheet = draw_counter(rng, family, max(14, size // 4))
        case _:
            return Drawn(draw_lookalike(rng, size), ())
    if kind == 0:
        return Drawn(sheet, (Part(kind, family, None),))
    if kind == 2 and chance(rng, 0.3):
        return water_meter(rng, sheet, family, split)
    if chance(rng, 0.6):
        return housed(rng, sheet, kind, family)
    return Drawn(sheet, (Part(kind, family, None),))


def _note(found: list[Instrument], part: Part, box: Floats, matrix: Floats, width: int, height: int) -> None:
    if part.outline is not None:
        points = np.concatenate([part.outline, np.ones((len(part.outline), 1))], axis=1) @ matrix.T
        points = points[:, :2] / points[:, 2:]
        box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    clipped = np.array([max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)])
    sides = clipped[2:] - clipped[:2]
    if (sides < 2).any():
        return
    seen = float(sides.prod() / (box[2:] - box[:2]).prod())
    long, short = (least * max(width, height) for least in SMALLEST)
    counts = seen >= SEEN and sides.max() >= long and sides.min() >= short
    found.append(Instrument(part.kind, part.family, clipped, bool(counts)))


def _overlap(first: Floats, second: Floats) -> float:
    common = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    if (common <= 0).any():
        return 0.0
    smaller = min(float((one[2:] - one[:2]).prod()) for one in (first, second))
    return float(common.prod()) / max(smaller, 1e-9)
