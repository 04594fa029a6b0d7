"""What a network is run on before the first request: zeros."""

from __future__ import annotations

import math

import numpy as np

from siseon.contracts import FailureCode, ModelError
from siseon.models.model import Model
from siseon.models.ports import DTYPES, Array

WARM_UP_BYTES = 256 << 20
OPEN_SIZE = 224
"""Pixels that a warm-up gives an open side, where the card names no size."""


def blank_feeds(model: Model) -> dict[str, Array]:
    """Zeros (empty texts) of a size that the network takes.

    Raises:
        ModelError: ``model_load_failed``: the inputs would take more than ``WARM_UP_BYTES``.
    """
    card = model.card.input
    sizes: dict[int, int] = {0: 1, 2: card.height or OPEN_SIZE, 3: card.width or OPEN_SIZE}
    feeds: dict[str, Array] = {}
    left = WARM_UP_BYTES
    for port in model.session.inputs:
        kind = np.dtype(DTYPES[port.dtype])
        shape = [
            size if isinstance(size, int) else sizes.get(axis, 1) for axis, size in enumerate(port.shape)
        ]
        left -= math.prod(shape) * kind.itemsize
        if left < 0:
            raise ModelError(
                f"input {port.name!r} of {model.card.name!r} has the shape {shape}",
                code=FailureCode.model_load_failed,
                hint=f"a warm-up takes {WARM_UP_BYTES >> 20} MiB at most for all inputs",
            )
        feeds[port.name] = np.full(shape, "" if kind.hasobject else 0, dtype=kind)
    return feeds
