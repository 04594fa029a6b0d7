"""Dials by what is written on them: the text of a picture, or of a part of one, and the scales that it forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siseon.applications.gauges.automatic import Area, Dial, Written
from siseon.applications.gauges.contracts import Reason
from siseon.applications.gauges.numerals import number
from siseon.applications.gauges.reading import Known
from siseon.applications.gauges.stages import FindDial, FindGlyphs, FindScales
from siseon.applications.text import Text, TextOptions, TextResult
from siseon.contracts import Frame, Image
from siseon.engine import Pipeline
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

DIGITS = TextOptions(other_scripts=("none",))
"""Numbers are the same in all scripts that are looked for on dials."""
LEAST_SCORE = 0.6
"""Of a number that stands where one is missing."""


class Sight(Pipeline[Image, tuple[Known, ...] | Reason]):
    """Takes a picture or a part of one, a crop that was enlarged too; what is known of the dial, a value for each of
    its scales, is in pixels of that part: ``Known.moved`` takes it to the whole."""

    def __init__(self, models: ModelManager, *, bounds: MediaBounds = DEFAULT_BOUNDS) -> None:
        """Nothing is loaded before the pipeline is entered."""
        self.text = Text(models, DIGITS, bounds=bounds)
        self.find_glyphs = FindGlyphs()
        self.find_dial = FindDial()
        self.find_scales = FindScales()

    async def run(self, item: Image) -> tuple[Known, ...] | Reason:
        """The scales of the dial in a picture, at least one; or why there is none."""
        lines = _written(await self.text.run(item), item.frame)
        areas = await self.find_glyphs((item, lines))
        more = zip(areas, await self._read(item, areas), strict=True)
        lines += tuple(_in_area(area, text) for area, text in more if number(text) is not None)
        dial = await self.find_dial((item, lines, areas))
        if not isinstance(dial, Dial):
            return dial
        texts = await self._read(item, [missing.area for missing in dial.missing])
        return await self.find_scales((dial, texts)) or "no_scale"

    async def _read(self, image: Image, areas: Sequence[Area]) -> tuple[str, ...]:
        """What stands in each area; nothing where that is not sure."""
        read = await self.text.recognize_text.map([image.crop(*area) for area in areas])
        return tuple(one.text if one.score >= LEAST_SCORE else "" for one in read)


def _in_area(area: Area, text: str) -> Written:
    x1, y1, x2, y2 = area
    return Written(text, (x1 + x2) / 2, (y1 + y2) / 2, y2 - y1)


def _written(result: TextResult, frame: Frame) -> tuple[Written, ...]:
    """The lines, in pixels of a frame."""
    found = []
    for line in result.lines:
        corners = frame.root_frame.map_points(np.array(line.polygon[:4]), frame)
        x, y = corners.mean(axis=0).tolist()
        sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
        found.append(Written(line.text, x, y, float(sides.min())))
    return tuple(found)
