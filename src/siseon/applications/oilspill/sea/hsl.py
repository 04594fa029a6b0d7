"""Oil by a threshold of hue, saturation or lightness: the published way without a network, to compare with.

After "Algorithm to Estimate Oil Spill Area Using Digital Properties of Image" (J. Ocean Eng. Technol. 34(1), 2020,
doi:10.26748/KSOE.2019.104): noise is filtered out, the picture goes to HSL, and one of the three channels is made black
and white. There a person chooses channel, threshold and the side that is oil; here the channel is the one that falls
into two groups most clearly, the threshold is Otsu's (1979), and oil is the smaller group. So it finds "oil" in any
picture that has two tones: it tells how large a slick is where somebody knows that there is one, and never whether.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

NOISE = 5
"""Pixels a side of the median filter."""
HUES = 180
"""Of OpenCV's 8-bit hue: half degrees."""


def by_thresholds(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W): where oil would be in (H, W, 3) RGB, if there is any."""
    smooth = cv2.medianBlur(np.ascontiguousarray(pixels), NOISE)
    channels = cv2.split(cv2.cvtColor(smooth, cv2.COLOR_RGB2HLS))
    turned = _from_the_commonest(channels[0])
    found = [_parted(np.asarray(channel, np.uint8)) for channel in (turned, channels[1], channels[2])]
    _, oil = max(found, key=lambda one: one[0])
    return oil if oil.mean() <= 0.5 else ~oil


def _from_the_commonest(hue: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Hue as its distance to the commonest one: it is a circle, and a threshold needs a line."""
    turned = hue.astype(np.int16)
    commonest = int(np.bincount(turned.ravel(), minlength=HUES).argmax())
    off = np.abs(turned - commonest)
    return np.asarray(np.minimum(off, HUES - off), np.uint8)


def _parted(channel: NDArray[np.uint8]) -> tuple[float, NDArray[np.bool_]]:
    """How much of the variance lies between the two groups, 0 to 1, and the upper one."""
    threshold, _ = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    upper = channel > threshold
    share = float(upper.mean())
    if not 0 < share < 1:
        return 0.0, upper
    apart = float(channel[upper].mean() - channel[~upper].mean())
    return share * (1 - share) * apart**2 / max(float(channel.var()), 1e-6), upper
