"""Class maps of a network that segments: a probability of each class for each pixel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import ContractViolation
from siseon.models.card import OutputSpec
from siseon.models.outputs.classify import probabilities


def interpret_class_maps(
    outputs: Mapping[str, NDArray[np.generic]], spec: OutputSpec, classes: int
) -> NDArray[np.float32]:
    """(n, classes, h, w) float32, 0 to 1, of the network's first output.

    That is (n, classes, h, w) of scores, to which the card's activation applies, or (n, h, w) or (n, 1, h, w) of class
    numbers, as exports with the arg-max inside answer: then each pixel has one class for certain.

    Raises:
        ContractViolation: it is neither, or has numbers or scores that cannot be.
    """
    if spec.decoder != "class_map":
        raise ContractViolation(
            f"decoder {spec.decoder!r} makes no class maps: this is not the card of a network that does"
        )
    found = next(iter(outputs.values()))
    if np.issubdtype(found.dtype, np.integer):
        return _of_numbers(found.astype(np.int64, copy=False), classes)
    if found.ndim != 4 or found.shape[1] != classes:
        raise ContractViolation(
            f"the answer {found.shape} is not (n, {classes}, height, width): one channel a label"
        )
    scores = np.moveaxis(found.astype(np.float32, copy=False), 1, -1)
    chances = np.moveaxis(probabilities(scores, spec.activation), -1, 1)
    if chances.size and not (chances.min() >= 0 and chances.max() <= 1.001):  # NaN compares false
        raise ContractViolation(
            "the answer has probabilities outside [0, 1]", hint="check the card's activation"
        )
    return np.ascontiguousarray(chances)


def _of_numbers(found: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    maps = found[:, 0] if found.ndim == 4 and found.shape[1] == 1 else found
    if maps.ndim != 3:
        raise ContractViolation(f"the answer {found.shape} is not (n, height, width) of class numbers")
    if maps.size and not 0 <= int(maps.min()) <= int(maps.max()) < classes:
        raise ContractViolation(f"class numbers {maps.min()} to {maps.max()}, the card has {classes} labels")
    return np.ascontiguousarray((maps[:, None] == np.arange(classes)[:, None, None]).astype(np.float32))
