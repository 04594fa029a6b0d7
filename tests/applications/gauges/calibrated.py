"""Calibrations of generated photos, as a person clicks them: half a pixel off."""

from __future__ import annotations

import numpy as np

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.generated import Photo
from siseon.applications.gauges.reading import Known

RIM = (0.0, 60.0, 120.0, 180.0, 240.0, 300.0)


def calibration_of(photo: Photo, *, off: float = 0.5, seed: int = 0, **more: object) -> Calibration:
    rng = np.random.default_rng(seed)

    def clicked(angles: tuple[float, ...], radius: float) -> list[list[float]]:
        points = photo.points(angles, radius)
        return (points + rng.normal(0, off, points.shape)).tolist()

    marks = clicked(photo.dial.angles, photo.dial.scale_radius)
    return Calibration.model_validate(
        {
            "width": photo.image.width,
            "height": photo.image.height,
            "centre": clicked((0.0,), 0.0)[0],
            "rim": clicked(RIM, 1.0),
            "scale": [
                {"at": at, "value": value} for at, value in zip(marks, photo.dial.numerals, strict=True)
            ],
            "unit": photo.dial.unit,
            **more,
        }
    )


def known_of(calibration: Calibration) -> Known:
    angles, values = calibration.marks
    return Known(calibration.to_picture, calibration.scale_radius, angles, values, calibration.unit)
