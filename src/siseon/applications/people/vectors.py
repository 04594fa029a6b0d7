"""A unit vector on the wire: base64 of little-endian float16, an eighth of the same numbers as text."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

MOST_DIMENSIONS = 4096
UNIT_WITHIN = 0.01
"""Of a length of 1: float16 keeps eleven bits of each number."""


def packed(vector: NDArray[np.floating]) -> str:
    """Of (D,) numbers that are not all zero; it is scaled to unit length.

    Raises:
        ValueError: it has no direction, or too many dimensions.
    """
    wide = vector.astype(np.float64).ravel()
    length = float(np.linalg.norm(wide))
    if not (np.isfinite(length) and length > 0 and len(wide) <= MOST_DIMENSIONS):
        raise ValueError(f"a vector of {len(wide)} dimensions and length {length} cannot be packed")
    return base64.b64encode((wide / length).astype("<f2").tobytes()).decode("ascii")


def unpacked(text: str) -> NDArray[np.float64]:
    """(D,) float64 of length 1.

    Raises:
        ValueError: it is not base64 of float16, or not of unit length.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("a vector is not base64") from None
    if not raw or len(raw) % 2:
        raise ValueError(f"a vector of {len(raw)} bytes is not of float16")
    vector = np.frombuffer(raw, "<f2").astype(np.float64)
    length = float(np.linalg.norm(vector))
    if not abs(length - 1) <= UNIT_WITHIN:
        raise ValueError(f"a vector has length {length:.3f}, not 1")
    return vector / length


def _sound(text: str) -> str:
    unpacked(text)
    return text


UnitVector = Annotated[str, Field(max_length=-(-MOST_DIMENSIONS * 2 // 3) * 4), AfterValidator(_sound)]
"""A packed vector."""
