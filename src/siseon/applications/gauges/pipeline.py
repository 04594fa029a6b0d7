"""Reads the instruments in a picture."""

from __future__ import annotations

from pathlib import Path

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.gauges.contracts import GaugesResult
from siseon.applications.gauges.options import DEFAULTS, GaugesChoices, GaugesOptions
from siseon.applications.gauges.reading import refused
from siseon.applications.gauges.stages import ReadCalibrated
from siseon.engine import Pipeline
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager


class Gauges(Pipeline[Picture, GaugesResult]):
    """One instrument by its calibration; without one nothing is known of a scale, and nothing is read."""

    def __init__(
        self, models: ModelManager, options: GaugesOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """The calibration is read when the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.read_calibrated = (
            None if options.calibration is None else ReadCalibrated(Path(options.calibration), bounds=bounds)
        )

    async def run(self, item: Picture, *, choices: GaugesChoices | None = None) -> GaugesResult:
        """Read one picture."""
        image = await self.decode.open(item)
        readings = (
            (refused("no_scale"),) if self.read_calibrated is None else (await self.read_calibrated(image),)
        )
        root = image.frame.root_frame
        return GaugesResult(
            image_id=image.source or ANONYMOUS, width=root.width, height=root.height, readings=readings
        )
