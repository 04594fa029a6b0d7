"""Reads the instruments in a picture: one by its calibration or, without one, what it sees."""

from __future__ import annotations

import asyncio
from pathlib import Path

from siseon.applications.decode import ANONYMOUS, Decode
from siseon.applications.gauges.closer import Box, closer
from siseon.applications.gauges.contracts import GaugesResult, Reading, Reason
from siseon.applications.gauges.digital.recogniser import MODEL as DIGITS
from siseon.applications.gauges.digital.sight import ReadCounters, ReadDisplays
from siseon.applications.gauges.instruments import MODEL as INSTRUMENTS
from siseon.applications.gauges.instruments import FindInstruments
from siseon.applications.gauges.options import DEFAULTS, GaugesChoices, GaugesOptions
from siseon.applications.gauges.pointer import MODEL as POINTERS
from siseon.applications.gauges.reading import Known, refused
from siseon.applications.gauges.sight import Sight, places_of
from siseon.applications.gauges.stages import ReadCalibrated, ReadFound
from siseon.contracts import Detections, Image
from siseon.engine import Pipeline, step
from siseon.media.adopt import Picture
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.models import ModelManager

MOST_OF_A_KIND = 8
"""Of a picture, the surest first: each costs a reading of its text."""


class Gauges(Pipeline[Picture, GaugesResult]):
    """A calibrated pipeline reads one instrument, a dial with ends without any network; one that is not finds dials by
    their text, displays where a finder of text sees some, and counters where their windows are."""

    def __init__(
        self, models: ModelManager, options: GaugesOptions = DEFAULTS, *, bounds: MediaBounds = DEFAULT_BOUNDS
    ) -> None:
        """Nothing is read or loaded before the pipeline is entered."""
        self.options = options
        self.decode = Decode(bounds=bounds)
        self.read_calibrated: ReadCalibrated | None = None
        self.sight: Sight | None = None
        if options.calibration is not None:
            path, digits, pointers = Path(options.calibration), models[DIGITS], models[POINTERS]
            self.read_calibrated = ReadCalibrated(path, digits, pointers, bounds=bounds)
        else:
            self.find_instruments = FindInstruments(models[INSTRUMENTS])
            self.sight = Sight(models, bounds=bounds)
            self.read_found = ReadFound()
            self.read_displays = ReadDisplays(models, DIGITS)
            self.read_counters = ReadCounters(self.read_displays.read_digits)

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
        """Each instrument that is found, seen from close by; where none is read, what the picture as a whole says."""
        if self.sight is None:
            raise RuntimeError("neither calibrated nor with a reader")
        found = await self.find_instruments(image)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(look(self.sight, image, box))
                    for kind, look in (
                        ("analog", self._in_box),
                        ("digital", self._on_display),
                        ("counter", self._on_counter),
                    )
                    for box in boxes_of(kind, found)
                ]
        except ExceptionGroup as failed:
            first = failed.exceptions[0]  # a request has one failure; the other instruments are let be
            raise first from first.__cause__
        readings = tuple(reading for task in tasks for reading in task.result())
        if any(reading.value is not None for reading in readings):
            return readings
        text = await self.sight.text.run(image)
        displays = await self.read_displays.run((image, places_of(text, image)))
        dials = await self._read(image, image, await self.sight.scales(image, text))
        whole = tuple(one for one in (*dials, *displays) if one.value is not None)
        return whole or readings or displays or dials

    async def _in_box(self, sight: Sight, image: Image, box: Box) -> tuple[Reading, ...]:
        """A refusal says where the dial is."""
        with step("cut"):
            part = closer(image, box)
        x1, y1, x2, y2 = box
        rim = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
        readings = await self._read(image, part, await sight.run(part))
        return tuple(one if one.dial else one.model_copy(update={"dial": rim}) for one in readings)

    async def _on_display(self, sight: Sight, image: Image, box: Box) -> tuple[Reading, ...]:
        """Nothing where no display of segments or dots is seen."""
        with step("cut"):
            part = closer(image, box)
        return await self.read_displays.run((part, places_of(await sight.text.run(part), part)))

    async def _on_counter(self, _: Sight, image: Image, box: Box) -> tuple[Reading, ...]:
        """Nothing where no drums are seen."""
        return await self.read_counters.run((image, box))

    async def _read(
        self, image: Image, part: Image, scales: tuple[Known, ...] | Reason
    ) -> tuple[Reading, ...]:
        """The dial that the scales in a part of a picture are of."""
        if not isinstance(scales, tuple):
            return (refused(scales),)
        motion = part.frame.matrix_to(image.frame)
        return await self.read_found((image, tuple(scale.moved(motion) for scale in scales)))


def boxes_of(kind: str, found: Detections) -> list[Box]:
    """Boxes of the surest instruments of a kind, from left to right: each keeps its place from frame to frame."""
    those = [found.labels[number] == kind for number in found.class_ids.tolist()]
    boxes = [(x1, y1, x2, y2) for x1, y1, x2, y2 in found.boxes.xyxy[those].tolist()]
    return sorted(boxes[:MOST_OF_A_KIND], key=lambda box: box[0] + box[2])
