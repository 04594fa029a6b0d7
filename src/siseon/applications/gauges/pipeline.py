"""Reads the instruments in a picture: one by its calibration or, without one, a dial by what is written on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.gauges.automatic import Dial, Written
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.options import DEFAULTS, GaugesChoices, GaugesOptions
from siseon.applications.gauges.reading import refused
from siseon.applications.gauges.stages import FindDial, ReadCalibrated, ReadFound
from siseon.applications.text import Line, Text, TextOptions
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

DIGITS = TextOptions(other_scripts=("none",))
"""Numbers are the same in all scripts that are looked for on dials."""
LEAST_SCORE = 0.6
"""Of a number that stands where one is missing."""


class Gauges(Pipeline[Picture, GaugesResult]):
    """A calibrated pipeline reads one instrument and loads no network; one that is not finds dials by their text."""

    def __init__(
        self, models: ModelManager, options: GaugesOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Nothing is read or loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.read_calibrated: ReadCalibrated | None = None
        self.text: Text | None = None
        if options.calibration is not None:
            self.read_calibrated = ReadCalibrated(Path(options.calibration), bounds=bounds)
        else:
            self.text = Text(models, DIGITS, bounds=bounds)
            self.find_dial = FindDial()
            self.read_found = ReadFound()

    async def run(self, item: Picture, *, choices: GaugesChoices | None = None) -> GaugesResult:
        """Read one picture."""
        image = await self.decode.open(item)
        if self.read_calibrated is not None:
            readings: tuple[Reading, ...] = (await self.read_calibrated(image),)
        else:
            readings = await self._found(image)
        root = image.frame.root_frame
        return GaugesResult(
            image_id=image.source or ANONYMOUS, width=root.width, height=root.height, readings=readings
        )

    async def _found(self, image: Image) -> tuple[Reading, ...]:
        if self.text is None:
            raise RuntimeError("neither calibrated nor with a reader")
        result = await self.text.run(image)
        dial = await self.find_dial((image, tuple(_written(line) for line in result.lines)))
        if not isinstance(dial, Dial):
            return (refused(dial),)
        crops = [image.crop(*missing.area) for missing in dial.missing]
        read = await self.text.recognize_text.map(crops)
        texts = tuple(one.text if one.score >= LEAST_SCORE else "" for one in read)
        return await self.read_found((image, dial, texts))


def _written(line: Line) -> Written:
    corners = np.array(line.polygon[:4])
    x, y = corners.mean(axis=0).tolist()
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    return Written(line.text, x, y, float(sides.min()))
