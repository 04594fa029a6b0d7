"""Whether a dial would fit better turned, or mirrored: its marks repeat, its numbers and titles do not.

What stands on a dial is unrolled in both pictures and laid on each other at every angle, as it is and mirrored. For
all angles at once that is a correlation around the circle, by the Fourier transform. The needle, which moves, is as
dark as many marks together: what stands out much counts little more than what stands out.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.polar import NO_MAP

Floats = NDArray[np.float64]
Single = NDArray[np.float32]
Pixels = NDArray[np.uint8]

RADII: Floats = np.linspace(0.3, 1.0, 24)
"""Of the rim, at which what is on a dial is looked at: its numbers and titles above all, and its marks."""
ANGLES = 256
COARSE = 12.0
"""Angles: standard deviation of what is light and shadow, not detail."""
HERE = 3
"""Angles by which a dial may seem turned that is where it was: that many are 4°."""
_TURNS = (np.arange(ANGLES) + 0.5) * 2 * np.pi / ANGLES
_CIRCLE: Floats = np.stack([np.sin(_TURNS), -np.cos(_TURNS)], axis=1)
_POINTS: Single = (RADII[:, None, None] * _CIRCLE).astype(np.float32)


class Ring:
    """What stands on a dial, as it was."""

    def __init__(self, grey: Pixels, to_picture: Floats) -> None:
        """(H, W) uint8; (3, 3) from the dial's plane."""
        self._to_picture = to_picture
        then = np.fft.rfft(_unrolled(grey, to_picture), axis=1)
        self._turned, self._mirrored = then.conj(), then

    def fits_otherwise(self, grey: Pixels, motion: Floats) -> bool:
        """Whether it fits better turned or mirrored than by a (3, 3) motion from the one picture to this one."""
        now = np.fft.rfft(_unrolled(grey, motion @ self._to_picture), axis=1)
        turned, mirrored = (
            np.fft.irfft((now * one).sum(axis=0), ANGLES) for one in (self._turned, self._mirrored)
        )
        turned = np.roll(turned, HERE)
        here, elsewhere = turned[: 2 * HERE + 1].max(), turned[2 * HERE + 1 :].max()
        return bool(max(elsewhere, mirrored.max()) > here)


def _unrolled(grey: Pixels, to_picture: Floats) -> Single:
    """(RADII, ANGLES) what is finer than light and shadow; its squares add up to 1, or to 0 where there is nothing."""
    places = cv2.perspectiveTransform(_POINTS.reshape(1, -1, 2), to_picture).reshape(_POINTS.shape) - 0.5
    seen = cv2.remap(grey, places, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
    around = np.pad(seen, ((0, 0), (ANGLES // 4, ANGLES // 4)), mode="wrap")
    coarse = cv2.GaussianBlur(around, (0, 0), sigmaX=COARSE, sigmaY=1e-3)[:, ANGLES // 4 : -ANGLES // 4]
    detail = seen - coarse
    detail = detail / (np.abs(detail) + max(float(detail.std()), 1e-3)) * np.sqrt(RADII)[:, None]
    return np.asarray(detail / max(float(np.sqrt((detail**2).sum())), 1e-6), np.float32)
