"""What a picture is read as by a calibration that nobody has kept yet, and what sight proposes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from siseon.applications.gauges.calibrated import CalibratedDial, CalibratedDisplay, CalibratedMeterDial
from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.closer import Box, closer
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.digital.recogniser import MODEL as DIGITS
from siseon.applications.gauges.digital.recogniser import Recogniser
from siseon.applications.gauges.instruments import MODEL as INSTRUMENTS
from siseon.applications.gauges.instruments import FindInstruments
from siseon.applications.gauges.pipeline import boxes_of
from siseon.applications.gauges.pointer import MODEL as POINTERS
from siseon.applications.gauges.pointer import PointerFinder
from siseon.applications.gauges.proposal import Proposal, proposal_of
from siseon.applications.gauges.sight import Sight
from siseon.contracts import Image
from siseon.media.bounds import MediaBounds
from siseon.models import ModelManager

LEAST_SCORE = 0.15
"""Of a dial that is looked at more closely: a person looks on, and what is none has no scale."""


def reading_of(image: Image, calibration: Calibration | DisplayCalibration, models: ModelManager) -> Reading:
    """What the picture that it was made of is read as: it is laid on no other.

    Raises:
        SiseonError: the network of a display, or of a dial without ends, cannot be loaded.
    """
    if isinstance(calibration, DisplayCalibration):
        with models[DIGITS].acquire():
            return CalibratedDisplay.of(calibration, None, Recogniser(models[DIGITS])).reading(image)
    if calibration.turn is None:
        return CalibratedDial.of(calibration, None).reading(image)
    with models[POINTERS].acquire():
        return CalibratedMeterDial.of(calibration, None, PointerFinder(models[POINTERS])).reading(image)


async def by_sight(
    image: Image,
    unit: str | None,
    choose: Callable[[Sequence[Box]], Box | None],
    models: ModelManager,
    bounds: MediaBounds,
    *,
    whole_too: bool = True,
) -> Proposal | str:
    """A proposal, or why there is none.

    Args:
        image: the picture.
        unit: of the scale that is meant, where a dial has several.
        choose: one of the dials that are found, from left to right; None: the picture as a whole is looked at.
        models: for the networks that sight is.
        bounds: of pictures.
        whole_too: where nothing is read in the chosen box, the picture is looked at: a box can be wrong.

    Raises:
        SiseonError: a network cannot be loaded.
    """
    async with (
        FindInstruments(models[INSTRUMENTS], least_score=LEAST_SCORE) as find,
        Sight(models, bounds=bounds) as sight,
    ):
        box = choose(boxes_of("analog", await find(image)))
        part = image if box is None else closer(image, box)
        found = (await sight(part)).data
        if isinstance(found, str) and box is not None and whole_too:
            part, found = image, (await sight(image)).data
    if isinstance(found, str):
        return found
    motion = part.frame.matrix_to(image.frame)
    return proposal_of(image.pixels, [scale.moved(motion) for scale in found], unit)


def largest_around(boxes: Sequence[Box], centre: tuple[float, float] | None) -> Box | None:
    """The largest of the dials, of those around ``centre`` where one is stated."""
    if centre is not None:
        x, y = centre
        boxes = [box for box in boxes if box[0] < x < box[2] and box[1] < y < box[3]]
    return max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)
