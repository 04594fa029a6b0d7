"""Displays by sight: places where somebody sees writing or a display, read where they are one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.alphabet import STYLES
from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.read import enlarged, reading_of
from siseon.applications.gauges.digital.recogniser import Display
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.digital.value import Form
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.models import ModelManager

Floats = NDArray[np.float64]

AROUND = (0.12, 0.25)
"""Heights by which the place of a line of text is enlarged, down and along: finders of text cut close."""
DISPLAY = 0.9
"""Probability from which lit segments or dots are seen, of which no print is made."""
LEAST_DIGITS = 2
"""Of a display that nobody has pointed at."""


class ReadDisplays(Pipeline[tuple[Image, tuple[Floats, ...]], tuple[Reading, ...]]):
    """Takes a picture and places in it, (4, 2) corners from the top left, clockwise as they are read: readings of those
    that are displays of segments or dots. Print, and drums that look like it, are passed over."""

    def __init__(self, models: ModelManager, model: str) -> None:
        """``model``: the recogniser. Nothing is loaded before the pipeline is entered."""
        self.read_digits = ReadDigits(models[model])

    async def run(self, item: tuple[Image, tuple[Floats, ...]]) -> tuple[Reading, ...]:
        """Readings in pixels of the picture's root frame."""
        image, places = item
        displays = [Display(image, enlarged(corners, *AROUND)) for corners in places]
        seen = await self.read_digits.map(displays)
        return tuple(
            reading_of(one, Form(), image.frame.map_points(display.corners, image.frame.root_frame))
            for one, display in zip(seen, displays, strict=True)
            if _is_display(one)
        )


def _is_display(seen: Seen) -> bool:
    lit = seen.styles[STYLES.index("segments")] + seen.styles[STYLES.index("matrix")]
    return lit >= DISPLAY and sum(symbol.isdigit() for symbol in seen.text) >= LEAST_DIGITS


def quads(polygons: Sequence[Sequence[tuple[float, float]]], image: Image) -> tuple[Floats, ...]:
    """The first four corners of polygons in pixels of the root frame, in those of the image."""
    return tuple(
        image.frame.root_frame.map_points(np.array(polygon[:4], np.float64), image.frame)
        for polygon in polygons
    )
