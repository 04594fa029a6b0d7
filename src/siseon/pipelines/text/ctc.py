"""From the recogniser's character probabilities to text (greedy CTC decoding).

Source: "Connectionist Temporal Classification", Graves et al., ICML 2006: best path, repeats merged, blanks
removed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLANK = 0


class Reading(NamedTuple):
    """A line as the network reads it."""

    text: str
    score: float
    """Mean probability of the characters, 0 without any."""
    least: float
    """Probability of the least sure character, 0 without any."""


def alphabet(characters: str) -> list[str]:
    """The classes of a network from the ``character`` entry of its metadata: blank, characters, space."""
    return ["", *characters.splitlines(), " "]


def read(probabilities: NDArray[np.float32], classes: list[str]) -> list[Reading]:
    """Decode a (n, steps, classes) float32 batch of probabilities, one Reading a line."""
    best = probabilities.argmax(axis=2)
    certainty = np.take_along_axis(probabilities, best[:, :, None], axis=2)[:, :, 0]
    fresh = np.ones_like(best, dtype=bool)
    fresh[:, 1:] = best[:, 1:] != best[:, :-1]
    kept = fresh & (best != BLANK)
    readings = []
    for ids, scores, keep in zip(best, certainty, kept, strict=True):
        chosen = scores[keep]
        text = "".join(classes[index] for index in ids[keep])
        readings.append(
            Reading(text, float(chosen.mean()), float(chosen.min())) if text else Reading("", 0.0, 0.0)
        )
    return readings
