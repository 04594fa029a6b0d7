"""What a picture of the sea shows, pixel by pixel, and whether that is enough to say that there is oil."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.contracts import OIL_CLASSES, SEA_CLASSES, SeaClass
from siseon.applications.oilspill.palette import NOTHING
from siseon.contracts import ContractViolation

FIRST_OIL, LAST_OIL = SEA_CLASSES.index(OIL_CLASSES[0]), SEA_CLASSES.index(OIL_CLASSES[-1])

Verdict = Literal["oil", "unsure", "no_oil"]
"""``unsure``: what looks like oil is too little or too faint to say so; none of it is in the class map."""
Reason = Literal["not_the_sea", "not_optical"]
ClassMap = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture, of its full size (H, W)."""

    classes: ClassMap
    """(H, W) uint8: number in ``SEA_CLASSES``, or ``NOTHING``."""
    probability: NDArray[np.float32]
    """(H, W) float32, 0 to 1: that a pixel is oil, where its class is one of oil, otherwise that it is not."""
    verdict: Verdict
    refused: Reason | None = None
    """Why nothing was segmented; then all pixels are ``NOTHING``."""
    suspected: float = 0.0
    """Share of the water that may be oil, whether that is enough or not."""

    def __post_init__(self) -> None:
        if self.classes.dtype != np.uint8 or self.classes.ndim != 2:
            raise ContractViolation(
                f"a class map is uint8 (H, W), not {self.classes.dtype} {self.classes.shape}"
            )
        if self.probability.shape != self.classes.shape:
            raise ContractViolation(f"{self.probability.shape} probabilities of {self.classes.shape} pixels")
        if self.refused is not None and (self.classes != NOTHING).any():
            raise ContractViolation(f"a picture that is refused ({self.refused}) has no classes")

    @property
    def oil(self) -> Mask:
        """(H, W): where oil of any class is."""
        return np.asarray((self.classes >= FIRST_OIL) & (self.classes <= LAST_OIL))

    def cover(self) -> dict[SeaClass, float]:
        """Share of the picture's pixels of each class that it shows."""
        counts = np.bincount(self.classes.ravel(), minlength=NOTHING + 1)
        return {
            name: float(counts[number] / self.classes.size)
            for number, name in enumerate(SEA_CLASSES)
            if counts[number]
        }

    def without(self, hidden: Mask) -> Seen:
        """The same with ``hidden``, (H, W), of no class: text burned into a picture is never oil.

        ``oil`` becomes ``unsure`` where all of it was hidden.
        """
        classes = np.where(hidden, np.uint8(NOTHING), self.classes)
        left = replace(self, classes=classes)
        return replace(left, verdict="unsure") if self.verdict == "oil" and not left.oil.any() else left


def refusal(width: int, height: int, reason: Reason) -> Seen:
    """Of a picture of which nothing can be said."""
    nothing = np.full((height, width), NOTHING, np.uint8)
    return Seen(nothing, np.zeros((height, width), np.float32), "unsure", reason)
