"""Reads the instruments in a picture: one by its calibration or, without one, what it sees."""

from __future__ import annotations

import asyncio
from pathlib import Path

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.digital.recogniser import MODEL as DIGITS
from siseon.applications.gauges.digital.sight import ReadDisplays
from siseon.applications.gauges.options import DEFAULTS, GaugesChoices, GaugesOptions
from siseon.applications.gauges.reading import refused
from siseon.applications.gauges.sight import Sight, places_of
from siseon.applications.gauges.stages import ReadCalibrated, ReadFound
from siseon.contracts import Image
from siseon.engine import Pipeline
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager


class Gauges(Pipeline[Picture, GaugesResult]):
    """A calibrated pipeline reads one instrument, a dial without any network; one that is not finds dials by their
    text, and displays where a finder of text sees some."""

    def __init__(
        self, models: ModelManager, options: GaugesOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Nothing is read or loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.read_calibrated: ReadCalibrated | None = None
        self.sight: Sight | None = None
        if options.calibration is not None:
            self.read_calibrated = ReadCalibrated(Path(options.calibration), models[DIGITS], bounds=bounds)
        else:
            self.sight = Sight(models, bounds=bounds)
            self.read_found = ReadFound()
            self.read_displays = ReadDisplays(models, DIGITS)

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
        if self.sight is None:
            raise RuntimeError("neither calibrated nor with a reader")
        text = await self.sight.text.run(image)
        displays, scales = await asyncio.gather(
            self.read_displays.run((image, places_of(text, image))), self.sight.scales(image, text)
        )
        if isinstance(scales, tuple):
            return *await self.read_found((image, scales)), *displays
        return displays or (refused(scales),)
