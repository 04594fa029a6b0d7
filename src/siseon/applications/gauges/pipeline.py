"""Reads the instruments in a picture: one by its calibration or, without one, dials by what is written on them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.gauges.closer import Box, closer
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.instruments import MODEL as INSTRUMENTS
from siseon.applications.gauges.instruments import FindInstruments
from siseon.applications.gauges.options import DEFAULTS, GaugesChoices, GaugesOptions
from siseon.applications.gauges.reading import refused
from siseon.applications.gauges.sight import Sight
from siseon.applications.gauges.stages import ReadCalibrated, ReadFound
from siseon.contracts import Detections, Image
from siseon.engine import Pipeline, step
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

MOST_DIALS = 8
"""Of a picture, the surest first: each costs a reading of its text."""


class Gauges(Pipeline[Picture, GaugesResult]):
    """A calibrated pipeline reads one instrument and loads no network; one that is not finds dials by their text."""

    def __init__(
        self, models: ModelManager, options: GaugesOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Nothing is read or loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.read_calibrated: ReadCalibrated | None = None
        self.sight: Sight | None = None
        if options.calibration is not None:
            self.read_calibrated = ReadCalibrated(Path(options.calibration), bounds=bounds)
        else:
            self.find_instruments = FindInstruments(models[INSTRUMENTS])
            self.sight = Sight(models, bounds=bounds)
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
        """Each dial that is found, seen from close by; where none is read, whatever the picture as a whole says."""
        if self.sight is None:
            raise RuntimeError("neither calibrated nor with a reader")
        dials = dials_in(await self.find_instruments(image))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._in_box(self.sight, image, box)) for box in dials]
        except ExceptionGroup as failed:
            first = failed.exceptions[0]  # a request has one failure; the other dials are let be
            raise first from first.__cause__
        readings = tuple(reading for task in tasks for reading in task.result())
        if any(reading.value is not None for reading in readings):
            return readings
        whole = await self._by_sight(self.sight, image, image)
        return readings if readings and whole[0].value is None else whole

    async def _in_box(self, sight: Sight, image: Image, box: Box) -> tuple[Reading, ...]:
        """A refusal says where the dial is."""
        with step("cut"):
            part = closer(image, box)
        x1, y1, x2, y2 = box
        rim = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
        readings = await self._by_sight(sight, image, part)
        return tuple(one if one.dial else one.model_copy(update={"dial": rim}) for one in readings)

    async def _by_sight(self, sight: Sight, image: Image, part: Image) -> tuple[Reading, ...]:
        """The dial that the numbers in a part of a picture are of."""
        scales = await sight.run(part)
        if not isinstance(scales, tuple):
            return (refused(scales),)
        motion = part.frame.matrix_to(image.frame)
        return await self.read_found((image, tuple(scale.moved(motion) for scale in scales)))


def dials_in(found: Detections) -> list[Box]:
    """Boxes of the surest analog instruments, from left to right: a dial keeps its place from frame to frame."""
    analog = [found.labels[kind] == "analog" for kind in found.class_ids.tolist()]
    boxes = [(x1, y1, x2, y2) for x1, y1, x2, y2 in found.boxes.xyxy[analog].tolist()]
    return sorted(boxes[:MOST_DIALS], key=lambda box: box[0] + box[2])
