"""Displays and counters by sight: places where somebody sees writing or an instrument, read where they are one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.alphabet import DIGITS, STYLES
from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.read import (
    FOUND,
    WIDE,
    WIDER,
    WINDOW,
    reading_of,
    without_points,
)
from siseon.applications.gauges.digital.recogniser import Display
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.digital.strip import HEIGHT, WIDTH
from siseon.applications.gauges.digital.value import Form
from siseon.applications.gauges.digital.window import Box, window_in
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.models import ModelManager

Floats = NDArray[np.float64]

NO_MARKS = str.maketrans("", "", "-.,:' ")
NO_POINTS = str.maketrans("", "", ".: ")
DISPLAY = 0.9
"""Probability from which lit segments or dots are seen, of which no print is made."""
LEAST_DIGITS = 2
"""Of a display that nobody has pointed at."""
LEAST_SURE = 0.3
"""Probability below which it is passed over, not refused."""
COUNTER = 0.5
"""Probability from which drums are seen."""
LEAST_DRUMS = 3
UNEVEN = 0.4
"""Of the way from drum to drum, by which one may differ from the others; a drum that was overlooked doubles it."""
BESIDE = (0.1, 1.1)
"""The same, from the middle of the outermost drum to the end of what was found: farther in, there is another one."""


class Place(NamedTuple):
    """Where a finder of text sees some."""

    corners: Floats
    """(4, 2) from the top left, clockwise as it is read."""
    text: str = ""
    """What it says; empty where it is not sure."""


class ReadDisplays(Pipeline[tuple[Image, tuple[Place, ...]], tuple[Reading, ...]]):
    """Takes a picture and places in it: readings of those that are displays of segments or dots. Print, and drums that
    look like it, are passed over; a display that says other digits than the finder of text is refused, and so is
    one that the finder has cut off."""

    def __init__(self, models: ModelManager, model: str) -> None:
        """``model``: the recogniser. Nothing is loaded before the pipeline is entered."""
        self.read_digits = ReadDigits(models[model])

    async def run(self, item: tuple[Image, tuple[Place, ...]]) -> tuple[Reading, ...]:
        """Readings in pixels of the picture's root frame."""
        image, places = item
        seen = await self.read_digits.map([Display(image, place.corners, FOUND) for place in places])
        displays = [(one, place) for one, place in zip(seen, places, strict=True) if _is_display(one)]
        wide, wider = [
            await self.read_digits.map([Display(image, place.corners, views) for _, place in displays])
            for views in (WIDE, WIDER)
        ]
        return tuple(
            reading_of(
                one
                if _same_digits(one.text, place.text) and not _cut_off(one.text, (more.text, most.text))
                else one._replace(sureness=0.0),
                Form(),
                image.frame.map_points(place.corners, image.frame.root_frame),
            )
            for (one, place), more, most in zip(displays, wide, wider, strict=True)
        )


class ReadCounters(Pipeline[tuple[Image, Box], tuple[Reading, ...]]):
    """Takes a picture and the box of a window in it: its reading, in steps of the last drum; none where no drums are
    seen. What is read is ``uncertain``: where its point stands, nobody has said."""

    def __init__(self, read_digits: ReadDigits) -> None:
        """``read_digits`` may be another pipeline's too."""
        self.read_digits = read_digits

    async def run(self, item: tuple[Image, Box]) -> tuple[Reading, ...]:
        """At most one, in pixels of the picture's root frame."""
        image, box = item
        corners = window_in(image.pixels, box)
        seen, wide = await self.read_digits.map(
            [Display(image, corners, WINDOW), Display(image, corners, WIDE)]
        )
        if seen.styles[STYLES.index("counter")] < COUNTER:
            return ()
        seen, wide = without_points(seen), without_points(wide)
        if not _all_drums(seen, wide, corners):
            seen = seen._replace(sureness=0.0)
        root = image.frame.map_points(corners, image.frame.root_frame)
        reading = reading_of(seen, Form(counter=True), root)
        return (
            reading.model_copy(update={"quality": "uncertain"}) if reading.quality == "good" else reading,
        )


def _all_drums(seen: Seen, wide: Seen, corners: Floats) -> bool:
    """Whether they stand evenly from one end of a window to the other, and no more is seen around it."""
    if len(seen.text) < LEAST_DRUMS or wide.text != seen.text:
        return False
    ways = np.diff(wide.places)
    way = float(np.median(ways))
    if np.abs(ways - way).max() > UNEVEN * way:
        return False
    left, right = _ends(corners)
    ends = wide.places[0] - left, right - wide.places[-1]
    return all(BESIDE[0] * way <= end <= BESIDE[1] * way for end in ends)


def _ends(corners: Floats) -> tuple[float, float]:
    """Where the sides of a window lie in the strip of its wide view."""
    ((down, along),) = WIDE.margins
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = sides[0] / sides[1], 1 + 2 * down
    whole = width + 2 * along
    strip = min(1.0, whole / height * HEIGHT / WIDTH)
    return strip * along / whole, strip * (along + width) / whole


def _is_display(seen: Seen) -> bool:
    lit = seen.styles[STYLES.index("segments")] + seen.styles[STYLES.index("matrix")]
    digits = sum(symbol in DIGITS for symbol in seen.text)
    return lit >= DISPLAY and digits >= LEAST_DIGITS and seen.sureness >= LEAST_SURE


def _cut_off(text: str, wide: tuple[str, ...]) -> bool:
    """Whether one of the views with more at the sides shows the same, and digits or a sign beside it."""
    here = text.translate(NO_POINTS)
    return any(here != there and here in there for there in (one.translate(NO_POINTS) for one in wide))


def _same_digits(one: str, other: str) -> bool:
    """Whether they do not contradict each other: a finder of text often misses a point, and knows no segments."""
    others = other.translate(NO_MARKS)
    return not (others and all(symbol in DIGITS for symbol in others)) or others == one.translate(NO_MARKS)
