"""Which figures of the rule of an accusation (``sea/decide.py``) do best on drawn scenes, for a network that is new.

``python benchmarks/oilspill/rule.py [--scenes 200]``: scenes of the families that the network was trained on, with
numbers that neither training nor ``sea.py`` draws; no photo is looked at. Best is what is greatest of what is right,
less twice what is wrong: scenes with oil that are found against clean ones that are accused; of the rest, those with
oil that are called unsure against clean ones; and for the least share of water and oil (``sea/domain.py``) drawn
clutter that is refused against scenes of the sea.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training" / "gauges"))

from instruments.grounds import ground as elsewhere
from oilspill.scenes import scene
from sea import SIDE, shows_oil

from siseon.applications.oilspill.sea import MODEL, SeeTheSea
from siseon.applications.oilspill.sea.decide import GLINT, LAND, OTHER, SHIP, SPECK, surface
from siseon.applications.oilspill.sea.domain import LEAST_SURFACE, SURFACE
from siseon.applications.oilspill.sea.seen import FIRST_OIL, LAST_OIL
from siseon.models import ModelManager

FIRST = 2_000_000
"""Number of the first scene."""
SURFACES = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
LEASTS = (0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.26, 0.3)
WRONG = 2.0
"""Weight of what is wrong, beside what is right."""
SURES = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
ENOUGHS = (0.0005, 0.001, 0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.024)
MAYBES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
LITTLES = (0.002, 0.004, 0.006, 0.01, 0.015, 0.02, 0.03)


class Drawn(NamedTuple):
    """One scene, as the network sees it."""

    is_oil: bool
    surface: dict[float, float]
    """Share of the picture that is surely water or oil on it, by ``SURFACES``."""
    sure: dict[float, float]
    """Share of the water that is surely oil, by ``SURES``."""
    maybe: dict[float, float]
    """Share that is suspected, by ``MAYBES``."""


def main() -> None:
    """Look at the scenes and tell the five best figures of each kind, the best last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200)
    count = parser.parse_args().scenes
    stage = SeeTheSea(ModelManager()[MODEL])
    stage.setup()
    try:
        looked = [look(stage, FIRST + number, oil=number % 2 == 0) for number in range(count)]
        strange = [_surface(stage.probabilities(_elsewhere(FIRST + number))) for number in range(count // 4)]
    finally:
        stage.teardown()
    shown = [one.surface for one in looked]
    for pair in sorted(product(SURFACES, LEASTS), key=lambda pair: worth(refused(shown, strange, *pair)))[
        -5:
    ]:
        others, sea = refused(shown, strange, *pair)
        print(f"surface {pair[0]}, least {pair[1]}: refused {others:.1%} of others, {sea:.1%} of the sea")
    seen = [one for one in looked if one.surface[SURFACE] >= LEAST_SURFACE]
    for pair in sorted(product(SURES, ENOUGHS), key=lambda pair: worth(accused(seen, *pair)))[-5:]:
        found, wrong = accused(seen, *pair)
        print(f"sure {pair[0]}, enough {pair[1]}: found {found:.0%}, accused {wrong:.1%}")
    rest = [one for one in seen if one.sure[pair[0]] < pair[1]]
    for pair in sorted(product(MAYBES, LITTLES), key=lambda pair: worth(unsure(rest, *pair)))[-5:]:
        right, wrong = unsure(rest, *pair)
        print(
            f"maybe {pair[0]}, little {pair[1]}: of the rest unsure {right:.0%} with oil, {wrong:.0%} clean"
        )


def refused(
    sea: Sequence[dict[float, float]], strange: Sequence[dict[float, float]], sure: float, least: float
) -> tuple[float, float]:
    """Shares of drawn clutter and of scenes of the sea."""
    others, own = (share([one[sure] < least for one in those]) for those in (strange, sea))
    return others, own


def accused(seen: Sequence[Drawn], sure: float, enough: float) -> tuple[float, float]:
    """Shares of scenes with oil and of clean ones."""
    return shares(seen, lambda one: one.sure[sure] >= enough)


def unsure(seen: Sequence[Drawn], maybe: float, little: float) -> tuple[float, float]:
    """Shares of scenes with oil and of clean ones."""
    return shares(seen, lambda one: one.maybe[maybe] >= little)


def worth(of: tuple[float, float]) -> float:
    """What is right, less what is wrong."""
    return of[0] - WRONG * of[1]


def look(stage: SeeTheSea, number: int, *, oil: bool) -> Drawn:
    """Draw one and look at it."""
    drawn = scene(number, side=SIDE, oil=oil)
    chances = stage.probabilities(drawn.pixels)
    best = chances.argmax(axis=0)
    water = ~np.isin(best, (LAND, OTHER, SHIP, GLINT))
    oily = chances[FIRST_OIL : LAST_OIL + 1].sum(axis=0)
    total = max(1, int(water.sum()))
    return Drawn(
        shows_oil(drawn),
        _surface(chances),
        {sure: _opened((oily >= sure) & water) / total for sure in SURES},
        {maybe: float(((oily >= maybe) & water).sum() / total) for maybe in MAYBES},
    )


def _elsewhere(number: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(elsewhere(np.random.default_rng([number, 7]), SIDE, SIDE, with_photos=False))


def _surface(chances: NDArray[np.float32]) -> dict[float, float]:
    return {sure: surface(chances, sure) for sure in SURFACES}


def _opened(pixels: NDArray[np.bool_]) -> int:
    return int(
        cv2.morphologyEx(pixels.astype(np.uint8), cv2.MORPH_OPEN, np.ones((SPECK, SPECK), np.uint8)).sum()
    )


def shares(seen: Sequence[Drawn], is_suspect: Callable[[Drawn], bool]) -> tuple[float, float]:
    """Of the scenes with oil, and of the clean ones."""
    with_oil, clean = (share([is_suspect(one) for one in seen if one.is_oil == oil]) for oil in (True, False))
    return with_oil, clean


def share(those: list[bool]) -> float:
    """Of them that are true."""
    return sum(those) / len(those) if those else 0.0


if __name__ == "__main__":
    main()
