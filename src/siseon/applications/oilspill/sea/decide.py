"""From probabilities to classes, and the rule by which a picture is said to show oil.

An accusation must rest on oil that the network is sure of, on enough of the water; what is less is ``unsure``: then no
pixel is called oil, and a person must look. The figures were chosen on drawn scenes alone
(``benchmarks/oilspill/rule.py``): they are not a calibration for the real sea.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import SEA_CLASSES
from siseon.applications.oilspill.palette import NOTHING
from siseon.applications.oilspill.sea.domain import LEAST_SURFACE, SURFACE
from siseon.applications.oilspill.sea.seen import FIRST_OIL, LAST_OIL, Seen, Verdict, refusal

SURE = 0.7
"""Probability of oil of any class from which a pixel may accuse."""
ENOUGH = 0.001
"""Share of the water that must be surely oil."""
MAYBE = 0.4
"""Probability of oil from which a pixel is suspected."""
LITTLE = 0.006
"""Share of the water that is suspected, from which a picture is not called free of oil."""
SPECK = 3
"""Pixels a side of what is too small, at the scale where it is decided, to count as surely oil."""
SHIP, LAND, GLINT, OTHER = (
    *(SEA_CLASSES.index(name) for name in ("ship", "land", "glint")),
    len(SEA_CLASSES),
)
"""``OTHER``: the channel after those of ``SEA_CLASSES``."""

Probabilities = NDArray[np.float32]


def decided(chances: Probabilities, width: int, height: int) -> Seen:
    """What (11, h, w) probabilities, of ``SEA_CLASSES`` and of what is none of them, say of a picture.

    ``width``, ``height``: of the picture, to whose size they are enlarged.
    """
    best = _likeliest(chances, range(len(chances)))
    wet = (best != LAND) & (best != OTHER)
    if surface(chances, SURFACE) < LEAST_SURFACE:
        return refusal(width, height, "not_the_sea")
    verdict, suspected = judged(chances, wet & (best != SHIP) & (best != GLINT))
    classes, probability = _enlarged(chances, width, height)
    if verdict != "oil":
        oil = chances[FIRST_OIL : LAST_OIL + 1].sum(axis=0)
        suspect = cv2.resize(oil, (width, height), interpolation=cv2.INTER_LINEAR) >= MAYBE
        suspect |= (classes >= FIRST_OIL) & (classes <= LAST_OIL)
        classes[suspect] = NOTHING if verdict == "unsure" else 0
    return Seen(classes, probability, verdict, suspected=suspected)


def surface(chances: Probabilities, least: float) -> float:
    """Share of the pixels that are open water, or oil on it, with at least this probability."""
    oil = chances[FIRST_OIL : LAST_OIL + 1].sum(axis=0)
    return float((chances[0] + oil >= least).mean())


def judged(chances: Probabilities, water: NDArray[np.bool_]) -> tuple[Verdict, float]:
    """Whether there is oil, and the share of the water that is suspected; ``water``: (h, w), where there may be any."""
    oil = chances[FIRST_OIL : LAST_OIL + 1].sum(axis=0)
    total = max(1, int(water.sum()))
    sure = ((oil >= SURE) & water).astype(np.uint8)
    sure = cv2.morphologyEx(sure, cv2.MORPH_OPEN, np.ones((SPECK, SPECK), np.uint8))
    suspected = float(((oil >= MAYBE) & water).sum() / total)
    if sure.sum() / total >= ENOUGH:
        return "oil", suspected
    return ("unsure" if suspected >= LITTLE else "no_oil"), suspected


def _parted(chances: Probabilities) -> Iterator[tuple[int, Probabilities]]:
    """Numbers of classes and (h, w) their chances, 0 where another of their group is likelier; always the same array.

    First whether it is oil, then which: of six appearances that are alike none may be likelier than the sea.
    """
    oil = range(FIRST_OIL, LAST_OIL + 1)
    groups = [oil, [number for number in range(len(chances)) if number not in oil]]
    told = {True: (_likeliest(chances, groups[0]), chances[oil].sum(axis=0))}
    told[False] = _likeliest(chances, groups[1]), chances[groups[1]].sum(axis=0)
    out = np.empty(chances.shape[1:], np.float32)
    for number in range(len(chances)):
        best, whole = told[number in oil]
        if (here := best == number).any():
            yield number, np.multiply(whole, here, out=out)


def _likeliest(chances: Probabilities, numbers: Sequence[int]) -> NDArray[np.uint8]:
    """(h, w) which of these channels is the greatest, the first of equals: an argmax, in a fourth of its time."""
    first, *others = numbers
    best, most = np.full(chances.shape[1:], first, np.uint8), chances[first].copy()
    for number in others:
        np.copyto(best, np.uint8(number), where=chances[number] > most)
        np.maximum(most, chances[number], out=most)
    return best


def _enlarged(chances: Probabilities, width: int, height: int) -> tuple[NDArray[np.uint8], Probabilities]:
    """(H, W) the most probable class, and its probability; one class after the other, for the sake of memory."""
    classes = np.full((height, width), NOTHING, np.uint8)
    best = np.zeros((height, width), np.float32)
    for number, chance in _parted(chances):
        enlarged = cv2.resize(chance, (width, height), interpolation=cv2.INTER_LINEAR)
        np.copyto(classes, np.uint8(NOTHING if number == OTHER else number), where=enlarged > best)
        np.maximum(best, enlarged, out=best)
    return classes, np.clip(best, 0, 1)
