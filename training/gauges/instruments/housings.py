"""What displays and counters are built into, which is no part of their box."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from instruments.canvas import Floats, Sheet, blend, polar
from instruments.dials import draw_dial
from instruments.faces import WORDS
from instruments.palettes import Split, chance, grey, hue, pick, shaded


class Part(NamedTuple):
    """An instrument on a sheet."""

    kind: int
    family: str
    outline: Floats | None
    """(N, 2) in pixels of the sheet; None: all that the sheet covers."""


class Drawn(NamedTuple):
    """A sheet, and the instruments that are on it."""

    sheet: Sheet
    parts: tuple[Part, ...]


def housed(rng: np.random.Generator, inner: Sheet, kind: int, family: str) -> Drawn:
    """A display or counter in a plate with a name, buttons, lamps, screws."""
    high, wide = inner.cover.shape
    left, right = (int(wide * value) for value in rng.uniform(0.03, 0.5, 2))
    above, below = (int(high * value) for value in rng.uniform(0.1, 1.6, 2))
    sheet = Sheet.blank(wide + left + right, high + above + below)
    across, down = (2 * half for half in sheet.middle)
    plate = grey(rng, 15, 240) if chance(rng, 0.75) else hue(rng, (0.2, 0.9), (0.2, 0.9))
    sheet.rectangle(0, 0, across, down, plate, solid=True)
    ink = shaded(plate, 0.45) if sum(plate) > 330 else grey(rng, 170, 245)
    for _ in range(int(rng.integers(0, 8))):
        at = float(rng.uniform(0.05, across - 0.05)), float(rng.uniform(0.05, down - 0.05))
        what = int(rng.integers(4))
        if what == 0:
            sheet.write(pick(rng, WORDS), at, float(rng.uniform(0.04, 0.12)), ink)
        elif what == 1:
            sheet.disc(at, float(rng.uniform(0.02, 0.08)), hue(rng, (0.3, 1.0), (0.3, 1.0)))
        elif what == 2:
            sheet.rectangle(
                *at, float(rng.uniform(0.05, 0.25)), float(rng.uniform(0.04, 0.12)), shaded(plate, 0.7)
            )
        else:
            sheet.write(str(rng.integers(10, 99999)), at, float(rng.uniform(0.04, 0.08)), ink)
    outline = _inset(sheet, inner, left, above)
    return Drawn(sheet, (Part(kind, family, outline),))


def water_meter(rng: np.random.Generator, counter: Sheet, family: str, split: Split) -> Drawn:
    """A round plate with a counter and small dials below it."""
    wide = counter.cover.shape[1]
    size = int(wide * float(rng.uniform(1.25, 1.7)))
    sheet = Sheet.blank(size, size)
    at, plate = sheet.middle, grey(rng, 200, 250)
    sheet.disc(
        at, 0.495, hue(rng, (0.1, 0.8), (0.2, 0.9)) if chance(rng, 0.6) else grey(rng, 20, 200), solid=True
    )
    sheet.disc(at, 0.495 * float(rng.uniform(0.85, 0.95)), plate)
    sheet.write(pick(rng, ("m³", "kWh", "NORA", "Q3 4")), (0.5, 0.16), 0.05, grey(rng, 10, 80))
    parts = [Part(2, family, _inset(sheet, counter, (size - wide) // 2, int(size * 0.3)))]
    for place in range(int(rng.integers(0, 4))):
        small = draw_dial(rng, "plain", split, max(20, int(size * float(rng.uniform(0.15, 0.22)))))
        x, y = polar(at, 120.0 + 40 * place, 0.3)
        left, top = int(x * size) - small.unit // 2, int(y * size) - small.unit // 2
        _inset(sheet, small, left, top)
        turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        rim = np.stack([np.sin(turns), np.cos(turns)], axis=1) * 0.495 + 0.5
        parts.append(Part(0, "of a meter", rim * small.unit + (left, top)))
    return Drawn(sheet, tuple(parts))


def _inset(sheet: Sheet, inner: Sheet, left: int, top: int) -> Floats:
    """Lay a sheet on another, as far as it has room there; returns its outline."""
    high, wide = inner.cover.shape
    blend(sheet.pixels, inner.pixels, inner.cover, left, top)
    return np.array(
        [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)], np.float64
    )
