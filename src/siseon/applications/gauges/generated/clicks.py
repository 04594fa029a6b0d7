"""Calibrations of generated photos, as a person would click them."""

from __future__ import annotations

import numpy as np

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.generated.photo import Photo

RIM = (0.0, 60.0, 120.0, 180.0, 240.0, 300.0)
CLICKED = 0.5
"""Pixels: standard deviation of a click."""


def calibration_of(photo: Photo, *, off: float = CLICKED, seed: int = 0, **more: object) -> Calibration:
    """Its middle, six points on its rim and all its numerals' marks, ``off`` by chance; ``more`` are other fields."""
    rng = np.random.default_rng(seed)

    def clicked(angles: tuple[float, ...], radius: float) -> list[list[float]]:
        points = photo.points(angles, radius)
        noisy: list[list[float]] = (points + rng.normal(0, off, points.shape)).tolist()
        return noisy

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
