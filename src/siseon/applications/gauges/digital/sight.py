"""Displays by sight: places where somebody sees writing or a display, read where they are one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.alphabet import DIGITS, STYLES
from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.read import FOUND, reading_of
from siseon.applications.gauges.digital.recogniser import Display
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.digital.value import Form
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.models import ModelManager

Floats = NDArray[np.float64]

NO_MARKS = str.maketrans("", "", "-.,:' ")
DISPLAY = 0.9
"""Probability from which lit segments or dots are seen, of which no print is made."""
LEAST_DIGITS = 2
"""Of a display that nobody has pointed at."""
LEAST_SURE = 0.3
"""Probability below which it is passed over, not refused."""


class Place(NamedTuple):
    """Where a finder of text sees some."""

    corners: Floats
    """(4, 2) from the top left, clockwise as it is read."""
    text: str = ""
    """What it says; empty where it is not sure."""


class ReadDisplays(Pipeline[tuple[Image, tuple[Place, ...]], tuple[Reading, ...]]):
    """Takes a picture and places in it: readings of those that are displays of segments or dots. Print, and drums that
    look like it, are passed over; a display that says other digits than the finder of text is refused."""

    def __init__(self, models: ModelManager, model: str) -> None:
        """``model``: the recogniser. Nothing is loaded before the pipeline is entered."""
        self.read_digits = ReadDigits(models[model])

    async def run(self, item: tuple[Image, tuple[Place, ...]]) -> tuple[Reading, ...]:
        """Readings in pixels of the picture's root frame."""
        image, places = item
        seen = await self.read_digits.map([Display(image, place.corners, FOUND) for place in places])
        return tuple(
            reading_of(
                one if _same_digits(one.text, place.text) else one._replace(sureness=0.0),
                Form(),
                image.frame.map_points(place.corners, image.frame.root_frame),
            )
            for one, place in zip(seen, places, strict=True)
            if _is_display(one)
        )


def _is_display(seen: Seen) -> bool:
    lit = seen.styles[STYLES.index("segments")] + seen.styles[STYLES.index("matrix")]
    digits = sum(symbol in DIGITS for symbol in seen.text)
    return lit >= DISPLAY and digits >= LEAST_DIGITS and seen.sureness >= LEAST_SURE


def _same_digits(one: str, other: str) -> bool:
    """Whether they do not contradict each other: a finder of text often misses a point, and knows no segments."""
    others = other.translate(NO_MARKS)
    return not (others and all(symbol in DIGITS for symbol in others)) or others == one.translate(NO_MARKS)
