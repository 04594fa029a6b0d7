"""Turn logits into probabilities: softmax where classes exclude each other, sigmoid where they do not."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Activation = Literal["sigmoid", "softmax", "none"]


def probabilities(logits: NDArray[np.float32], activation: Activation) -> NDArray[np.float32]:
    """Apply the activation along the last axis; any finite logit is safe, NaN stays NaN."""
    if activation == "none":
        return logits
    if activation == "softmax":
        weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
        softmax: NDArray[np.float32] = weights / weights.sum(axis=-1, keepdims=True)
        return softmax
    # exp of a negative magnitude only: no overflow for any logit.
    decay = np.exp(-np.abs(logits))
    sigmoid: NDArray[np.float32] = np.where(logits >= 0, np.float32(1), decay) / (1 + decay)
    return sigmoid
