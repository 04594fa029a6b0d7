"""Where a camera is above the sea, where it looks, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.georeference.attitude import skew
from siseon.contracts import ContractViolation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sigmas:
    """One standard deviation of each figure of a pose; the errors are taken to be normal and independent."""

    position_m: float
    """Of the camera, to the east and to the north each."""
    height_m: float
    """With tide and swell: of the height above the water that is there."""
    azimuth: float
    """Degrees about the vertical."""
    tilt: float
    """Degrees about each of the two level axes: along and across the view."""
    roll: float
    """Degrees about the optical axis."""
    fov: float
    """Share of the angles of view."""

    def __post_init__(self) -> None:
        values = (self.position_m, self.height_m, self.azimuth, self.tilt, self.roll, self.fov)
        if not all(math.isfinite(value) and value >= 0 for value in values):
            raise ContractViolation(f"standard deviations are {values}, none may be negative or unknown")


@dataclass(frozen=True, slots=True)
class Pose:
    """One camera at one moment."""

    latitude: float
    longitude: float
    """Degrees of WGS 84, of the camera."""
    height_m: float
    """Above the sea's surface."""
    azimuth: float
    """Degrees clockwise from true north: where the optical axis points. Straight down: where the picture's top is."""
    depression: float
    """Degrees of the optical axis below level: 90 looks straight down."""
    roll: float
    """Degrees about the optical axis, clockwise as seen from behind the camera: its right side goes down."""
    hfov: float
    vfov: float
    """Whole angles of view, degrees."""
    sigmas: Sigmas
    interpolated: bool = False
    """Whether a fact it is made of comes from other frames."""

    def __post_init__(self) -> None:
        figures = (self.latitude, self.longitude, self.height_m, self.azimuth, self.depression, self.roll)
        if not all(map(math.isfinite, figures)):
            raise ContractViolation(f"a pose of {figures} has a figure that is not finite")
        if abs(self.latitude) > 90 or abs(self.depression) > 90:
            raise ContractViolation(
                f"latitude {self.latitude} or depression {self.depression} is beyond 90 degrees"
            )
        if not self.height_m > 0:
            raise ContractViolation(f"a camera {self.height_m} m above the sea sees none of it")
        if not (0 < self.hfov < 180 and 0 < self.vfov < 180):
            raise ContractViolation(f"angles of view are {self.hfov} × {self.vfov}, needed: 0 to 180 degrees")

    def axes(self) -> Floats:
        """(3, 3) whose rows point right, down and forward in the picture; columns: east, north, up."""
        azimuth, depression, roll = np.radians([self.azimuth, self.depression, self.roll])
        level = np.cos(depression)
        forward = np.array([np.sin(azimuth) * level, np.cos(azimuth) * level, -np.sin(depression)])
        right = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
        down = skew(forward) @ right
        turned = np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right
        return np.stack([*turned, forward])
