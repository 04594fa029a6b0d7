"""The displays of a stream: each is followed from picture to picture by where it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from siseon.applications.gauges.calibrations import read_calibration
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.digital.follow import NOTHING, Past, Rules, followed
from siseon.applications.gauges.digital.value import Form
from siseon.applications.gauges.options import GaugesOptions
from siseon.applications.gauges.reading import limited

Point = tuple[float, float]

BY_SIGHT = Rules(Form())
MOST_DISPLAYS = 32
"""Of one stream; the one that was not seen for the longest is forgotten."""


def follow(options: GaugesOptions) -> Callable[[GaugesResult, datetime], GaugesResult]:
    """For one stream: takes its results in order, with the time of each picture.

    Raises:
        InputError: the calibration cannot be read.
    """
    calibration = None if options.calibration is None else read_calibration(Path(options.calibration))
    return _Followed(calibration if isinstance(calibration, DisplayCalibration) else None)


class _Followed:
    """The pasts of a stream's displays."""

    def __init__(self, calibration: DisplayCalibration | None) -> None:
        self._calibration = calibration
        self._rules = BY_SIGHT if calibration is None else Rules(calibration.form, calibration.max_rate)
        self._pasts: dict[Point, Past] = {}

    def __call__(self, data: GaugesResult, at: datetime) -> GaugesResult:
        readings = tuple(self._next(reading, at.timestamp()) for reading in data.readings)
        return data.model_copy(update={"readings": readings})

    def _next(self, reading: Reading, at_s: float) -> Reading:
        if reading.display is None:
            return reading
        corners = np.array(reading.display[:4])
        x, y = corners.mean(axis=0).tolist()
        near = float(np.linalg.norm(corners[3] - corners[0]))
        known = min(self._pasts, key=lambda point: np.hypot(point[0] - x, point[1] - y), default=None)
        if known is not None and np.hypot(known[0] - x, known[1] - y) > near and self._calibration is None:
            known = None
        past = NOTHING if known is None else self._pasts.pop(known)
        self._pasts[x, y], told = followed(past, reading, at_s, self._rules)
        if len(self._pasts) > MOST_DISPLAYS:
            del self._pasts[next(iter(self._pasts))]
        return told if self._calibration is None else limited(told, self._calibration)
