"""What a result keeps in memory for the files of its picture, which do not go over the wire."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image


class Held(NamedTuple):
    """What the files of a picture are made of."""

    image: Image
    classes: NDArray[np.uint8]
    """(H, W) their numbers."""
    colours: NDArray[np.uint8]
    """(256, 3) RGB of a mask, by the numbers of classes."""
    cloud_optimised: bool = False
    """Whether its GeoTIFF is to be."""
    quicklook: bool = False
    """Whether there is to be one."""
