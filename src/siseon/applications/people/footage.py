"""The pictures of a chunk in memory, between the decoder and what looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Frame, Image


@dataclass(frozen=True, slots=True)
class Shot:
    """A sampled picture. All of one chunk have the same root frame: that of the upright video."""

    t_ms: int
    """From the start of the video."""
    image: Image


@dataclass(frozen=True, slots=True)
class Footage:
    """A chunk's pictures, in order of time; the last one is the first of the next chunk."""

    chunk: int
    start_ms: int
    end_ms: int
    frame: Frame
    """Of the upright video, at its own size."""
    shots: Sequence[Shot]
    broken: str = ""
    """Why pictures are missing, where some are: for a person."""

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return sum(shot.image.nbytes for shot in self.shots)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The people of one picture, as the detector found them, best first."""

    t_ms: int
    xyxy: NDArray[np.float32]
    """(N, 4) float32, pixels of the upright video."""
    scores: NDArray[np.float32]
    """(N,) float32 in [0, 1]."""
