"""The one instrument of a calibration, dial, small dial of a meter or display, in the pictures of its camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.digital.read import reading_of
from siseon.applications.gauges.digital.recogniser import Display, Recogniser
from siseon.applications.gauges.meter import read_meter_dial
from siseon.applications.gauges.plane import project
from siseon.applications.gauges.pointer import PointerFinder
from siseon.applications.gauges.reading import Known, known_of, limited, read_dial, refused
from siseon.applications.gauges.registration import Reference
from siseon.contracts import Image

Floats = NDArray[np.float64]

STILL = np.eye(3)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedDial:
    """Read by its needle."""

    calibration: Calibration
    known: Known
    reference: Reference | None

    @classmethod
    def of(cls, calibration: Calibration, picture: NDArray[np.uint8] | None) -> CalibratedDial:
        """``picture``: that it was calibrated on, (H, W, 3) RGB; None where there is none."""
        reference = None if picture is None else Reference(picture, calibration.to_picture, numbered=True)
        return cls(calibration, known_of(calibration), reference)

    def reading(self, image: Image) -> Reading:
        """Its value in a picture, or why there is none."""
        motion = _motion(image, self.calibration, self.reference, self.known.to_picture)
        if motion is None:
            return refused("camera_moved")
        return limited(read_dial(image.pixels, self.known.moved(motion)), self.calibration)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedMeterDial:
    """Without ends; read by a pointer of any shape."""

    calibration: Calibration
    known: Known
    reference: Reference | None
    finder: PointerFinder

    @classmethod
    def of(
        cls, calibration: Calibration, picture: NDArray[np.uint8] | None, finder: PointerFinder
    ) -> CalibratedMeterDial:
        """``picture``: that it was calibrated on, (H, W, 3) RGB; None where there is none."""
        reference = None if picture is None else Reference(picture, calibration.to_picture)
        return cls(calibration, known_of(calibration), reference, finder)

    def reading(self, image: Image) -> Reading:
        """Its value in a picture, or why there is none."""
        motion = _motion(image, self.calibration, self.reference, self.known.to_picture)
        if motion is None:
            return refused("camera_moved")
        read = read_meter_dial(image.pixels, self.known.moved(motion), self.finder)
        return limited(read, self.calibration)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedDisplay:
    """Read by its digits."""

    calibration: DisplayCalibration
    reference: Reference | None
    recogniser: Recogniser

    @classmethod
    def of(
        cls, calibration: DisplayCalibration, picture: NDArray[np.uint8] | None, recogniser: Recogniser
    ) -> CalibratedDisplay:
        """``picture``: that it was calibrated on, (H, W, 3) RGB; None where there is none."""
        reference = None if picture is None else Reference(picture, calibration.around)
        return cls(calibration, reference, recogniser)

    def reading(self, image: Image) -> Reading:
        """Its value in a picture, or why there is none."""
        calibration = self.calibration
        motion = _motion(image, calibration, self.reference, calibration.around)
        if motion is None:
            return refused("camera_moved").model_copy(update={"kind": calibration.kind})
        corners = project(motion, calibration.quad)
        seen = self.recogniser.seen([Display(image, corners)])[0]
        return limited(reading_of(seen, calibration.form, corners, calibration.unit), calibration)


def _motion(
    image: Image, calibration: Calibration | DisplayCalibration, reference: Reference | None, plane: Floats
) -> Floats | None:
    """(3, 3) from the calibrated picture to this one; None where the instrument is not in it."""
    if (image.width, image.height) != (calibration.width, calibration.height):
        return None
    if reference is not None:
        return reference.motion_to(image.pixels)
    x, y = (plane[:2, 2] / plane[2, 2]).tolist()
    return STILL if 0 <= x <= image.width and 0 <= y <= image.height else None
