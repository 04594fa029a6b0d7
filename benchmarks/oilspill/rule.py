"""Which figures of the rule of an accusation (``sea/decide.py``) do best on drawn scenes, for a network that is new.

``python benchmarks/oilspill/rule.py [--scenes 200]``: scenes of the families that the network was trained on, with
numbers that neither training nor ``sea.py`` draws; no photo is looked at. Of the figures with which at most
``MOST_ACCUSED`` of the clean scenes are accused, those with which most scenes with oil are found; then, of those with
which at most ``MOST_UNSURE`` of the clean ones that are not accused are called unsure, those that miss least.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from oilspill.scenes import scene
from sea import SIDE, shows_oil

from siseon.applications.oilspill.sea import MODEL, SeeTheSea
from siseon.applications.oilspill.sea.decide import GLINT, LAND, OTHER, SHIP, SPECK
from siseon.applications.oilspill.sea.domain import LEAST_WATER, WATER
from siseon.applications.oilspill.sea.seen import FIRST_OIL, LAST_OIL
from siseon.models import ModelManager

FIRST = 2_000_000
"""Number of the first scene."""
MOST_ACCUSED, MOST_UNSURE = 0.03, 0.2
SURES = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
ENOUGHS = (0.001, 0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.024)
MAYBES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
LITTLES = (0.002, 0.004, 0.006, 0.01, 0.015, 0.02, 0.03)


class Drawn(NamedTuple):
    """One scene, as the network sees it."""

    is_oil: bool
    sure: dict[float, float]
    """Share of the water that is surely oil, by ``SURES``."""
    maybe: dict[float, float]
    """Share that is suspected, by ``MAYBES``."""


def main() -> None:
    """Look at the scenes and tell the best figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200)
    count = parser.parse_args().scenes
    stage = SeeTheSea(ModelManager()[MODEL])
    stage.setup()
    try:
        looked = [look(stage, FIRST + number, oil=number % 2 == 0) for number in range(count)]
    finally:
        stage.teardown()
    seen = [one for one in looked if one is not None]
    print(f"{count} scenes, {count - len(seen)} of them refused as not the sea")
    best = max(product(SURES, ENOUGHS), key=lambda pair: accusing(seen, *pair))
    print(f"sure {best[0]}, enough {best[1]}: {told(seen, *best)}")
    rest = [one for one in seen if one.sure[best[0]] < best[1]]
    least = max(product(MAYBES, LITTLES), key=lambda pair: suspecting(rest, *pair))
    print(f"maybe {least[0]}, little {least[1]}: of the rest unsure {unsure(rest, *least)}")


def look(stage: SeeTheSea, number: int, *, oil: bool) -> Drawn | None:
    """None of what is refused."""
    drawn = scene(number, side=SIDE, oil=oil)
    chances = stage.probabilities(drawn.pixels)
    if (chances[0] >= WATER).mean() < LEAST_WATER:
        return None
    best = chances.argmax(axis=0)
    water = ~np.isin(best, (LAND, OTHER, SHIP, GLINT))
    oily = chances[FIRST_OIL : LAST_OIL + 1].sum(axis=0)
    total = max(1, int(water.sum()))
    return Drawn(
        shows_oil(drawn),
        {sure: _opened((oily >= sure) & water) / total for sure in SURES},
        {maybe: float(((oily >= maybe) & water).sum() / total) for maybe in MAYBES},
    )


def _opened(pixels: NDArray[np.bool_]) -> int:
    return int(
        cv2.morphologyEx(pixels.astype(np.uint8), cv2.MORPH_OPEN, np.ones((SPECK, SPECK), np.uint8)).sum()
    )


def accusing(seen: list[Drawn], sure: float, enough: float) -> tuple[float, float]:
    """To be greatest: the share that is found; nothing where too many clean ones are accused."""
    found, accused = (
        share([one.sure[sure] >= enough for one in seen if one.is_oil == oil]) for oil in (True, False)
    )
    return (found, -accused) if accused <= MOST_ACCUSED else (-accused, 0.0)


def suspecting(rest: list[Drawn], maybe: float, little: float) -> tuple[float, float]:
    """To be greatest: the share of those with oil that is suspected; nothing where too many clean ones are."""
    right, wrong = (
        share([one.maybe[maybe] >= little for one in rest if one.is_oil == oil]) for oil in (True, False)
    )
    return (right, -wrong) if wrong <= MOST_UNSURE else (-wrong, 0.0)


def told(seen: list[Drawn], sure: float, enough: float) -> str:
    """Shares found and accused."""
    found, accused = (
        share([one.sure[sure] >= enough for one in seen if one.is_oil == oil]) for oil in (True, False)
    )
    return f"found {found:.0%}, accused {accused:.1%}"


def unsure(rest: list[Drawn], maybe: float, little: float) -> str:
    """Shares of those with oil and of those without."""
    right, wrong = (
        share([one.maybe[maybe] >= little for one in rest if one.is_oil == oil]) for oil in (True, False)
    )
    return f"{right:.0%} with oil, {wrong:.0%} clean"


def share(those: list[bool]) -> float:
    """Of them that are true."""
    return sum(those) / len(those) if those else 0.0


if __name__ == "__main__":
    main()
