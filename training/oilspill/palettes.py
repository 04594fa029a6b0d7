"""Colours and the families that scenes are drawn from: those of ``unseen`` are drawn for measurement only.

Colours are RGB in 0 to 1, as a camera shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from oilspill.fields import Floats

T = TypeVar("T")
Colour = tuple[float, float, float]
HELD_OUT = ("sea", "sun", "oil")
"""What a family is unseen in: sea state, height of the sun, colours of oil."""

WATERS: tuple[Colour, ...] = (
    (0.02, 0.10, 0.24), (0.03, 0.16, 0.36), (0.06, 0.28, 0.55), (0.03, 0.20, 0.28), (0.05, 0.30, 0.36),
    (0.12, 0.42, 0.48), (0.22, 0.45, 0.50), (0.30, 0.42, 0.46), (0.42, 0.48, 0.53), (0.50, 0.56, 0.62),
    (0.10, 0.24, 0.16), (0.18, 0.30, 0.22), (0.32, 0.36, 0.24), (0.30, 0.30, 0.22),
    (0.02, 0.06, 0.10), (0.05, 0.09, 0.10), (0.22, 0.30, 0.42), (0.30, 0.28, 0.26), (0.62, 0.66, 0.70),
    (0.55, 0.62, 0.55), (0.10, 0.55, 0.70), (0.04, 0.12, 0.14),
)  # fmt: skip
SHALLOWS: tuple[Colour, ...] = (
    (0.25, 0.75, 0.75), (0.45, 0.85, 0.80), (0.62, 0.88, 0.82), (0.20, 0.60, 0.62), (0.55, 0.70, 0.62),
    (0.75, 0.80, 0.68), (0.70, 0.62, 0.46), (0.10, 0.62, 0.78), (0.45, 0.38, 0.24), (0.34, 0.29, 0.17),
)  # fmt: skip
BOTTOMS: tuple[Colour, ...] = (
    (0.05, 0.22, 0.26), (0.08, 0.20, 0.14), (0.14, 0.22, 0.12), (0.16, 0.16, 0.10), (0.03, 0.18, 0.34),
    (0.25, 0.26, 0.14), (0.20, 0.30, 0.30),
)  # fmt: skip
"""Reef, kelp and sea grass through the water."""
SKIES: tuple[Colour, ...] = (
    (0.55, 0.70, 0.88), (0.30, 0.50, 0.80), (0.75, 0.80, 0.85), (0.62, 0.66, 0.72), (0.45, 0.47, 0.50),
    (0.85, 0.85, 0.84), (0.80, 0.70, 0.60), (0.20, 0.35, 0.70), (0.70, 0.68, 0.74),
)  # fmt: skip
LANDS: tuple[Colour, ...] = (
    (0.80, 0.72, 0.58), (0.70, 0.62, 0.48), (0.86, 0.82, 0.74), (0.58, 0.48, 0.36), (0.45, 0.38, 0.30),
    (0.16, 0.26, 0.10), (0.25, 0.36, 0.16), (0.36, 0.42, 0.22), (0.30, 0.28, 0.26), (0.15, 0.14, 0.13),
    (0.55, 0.54, 0.52), (0.48, 0.42, 0.38),
)  # fmt: skip
PAINTS: tuple[Colour, ...] = (
    (0.95, 0.95, 0.95), (0.85, 0.86, 0.86), (0.12, 0.13, 0.15), (0.55, 0.10, 0.08), (0.70, 0.20, 0.12),
    (0.08, 0.20, 0.45), (0.10, 0.35, 0.25), (0.45, 0.46, 0.48), (0.80, 0.62, 0.15), (0.88, 0.40, 0.10),
    (0.30, 0.28, 0.26), (0.75, 0.72, 0.62), (0.15, 0.45, 0.55),
)  # fmt: skip
EMULSIONS: tuple[Colour, ...] = (
    (0.80, 0.42, 0.12), (0.90, 0.50, 0.15), (0.62, 0.28, 0.10), (0.50, 0.18, 0.08), (0.76, 0.60, 0.42),
    (0.40, 0.14, 0.09), (0.58, 0.24, 0.20), (0.84, 0.66, 0.46), (0.70, 0.34, 0.22), (0.45, 0.27, 0.14),
)  # fmt: skip
DARKS: tuple[Colour, ...] = (
    (0.03, 0.03, 0.03), (0.10, 0.07, 0.05), (0.13, 0.06, 0.09), (0.20, 0.08, 0.06), (0.05, 0.05, 0.11),
    (0.17, 0.13, 0.09), (0.22, 0.15, 0.12), (0.08, 0.04, 0.06),
)  # fmt: skip
METALS: tuple[Colour, ...] = (
    (0.45, 0.40, 0.48), (0.40, 0.48, 0.58), (0.42, 0.36, 0.32), (0.55, 0.52, 0.50), (0.30, 0.26, 0.34),
    (0.34, 0.24, 0.32), (0.26, 0.24, 0.22), (0.50, 0.42, 0.44),
)  # fmt: skip
UNSEEN_EMULSIONS: tuple[Colour, ...] = ((0.72, 0.55, 0.20), (0.78, 0.48, 0.38), (0.35, 0.20, 0.12))
UNSEEN_DARKS: tuple[Colour, ...] = ((0.16, 0.05, 0.13), (0.09, 0.10, 0.07), (0.28, 0.18, 0.10))
UNSEEN_METALS: tuple[Colour, ...] = ((0.38, 0.32, 0.42), (0.46, 0.44, 0.36))


@dataclass(frozen=True)
class Family:
    """In what a scene is of an unseen family; none of it: what the network learns from."""

    sea: bool = False
    sun: bool = False
    oil: bool = False

    def wind(self, rng: np.random.Generator) -> float:
        """0 calm to 1 storm; unseen: a moderate breeze, 0.42 to 0.55."""
        if self.sea:
            return float(rng.uniform(0.42, 0.55))
        drawn = float(rng.beta(1.1, 1.9)) * 0.87
        return drawn if drawn < 0.42 else drawn + 0.13

    def sun_height(self, rng: np.random.Generator) -> float:
        """0 at the horizon to 1 above the camera; unseen: 0.3 to 0.45."""
        if self.sun:
            return float(rng.uniform(0.3, 0.45))
        drawn = float(rng.uniform(0, 0.85))
        return drawn if drawn < 0.3 else drawn + 0.15

    def emulsion(self, rng: np.random.Generator) -> Floats:
        """(3,)."""
        return shade(rng, UNSEEN_EMULSIONS if self.oil else EMULSIONS, 0.05)

    def dark(self, rng: np.random.Generator) -> Floats:
        """(3,), of thick oil in its own colour."""
        return shade(rng, UNSEEN_DARKS if self.oil else DARKS, 0.025)

    def metal(self, rng: np.random.Generator) -> Floats:
        """(3,)."""
        return shade(rng, UNSEEN_METALS if self.oil else METALS, 0.05)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """One of them."""
    return choices[int(rng.integers(len(choices)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """True that often."""
    return bool(rng.random() < share)


def shade(rng: np.random.Generator, colours: Sequence[Colour], spread: float = 0.06) -> Floats:
    """(3,) one of them, or between two, a little off."""
    first, second = np.array(pick(rng, colours)), np.array(pick(rng, colours))
    share = float(rng.uniform(0, 0.5)) if chance(rng, 0.4) else 0.0
    drawn = first + (second - first) * share + rng.normal(0, spread / 2, 3) + rng.normal(0, spread / 2)
    return np.clip(drawn, 0.005, 1).astype(np.float32)
