"""Where a dial that was calibrated in one picture is in a later one, of a camera that was pushed a little.

Corners of the dial are followed by optical flow (Lucas & Kanade, pyramids after Bouguet), in pictures that were made
evenly light where the light has changed, and, where the camera moved farther than that finds, matched by ORB first
(Rublee et al., 2011). The motion is affine, by RANSAC: the needle and reflections, which move otherwise, are outvoted.
Then the dial must look like the one of the calibration, and less so turned or mirrored.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.plane import on_circle, project, radius_of
from siseon.applications.gauges.ring import Ring

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

FINE, LOCAL = 8.0, 12.0
"""Pixels: standard deviations of what is light and shadow, and of the neighbourhood that contrast is measured in."""
MIDDLE_GREY, CONTRAST, NOISE = 128, 40, 6
"""Grey levels: what a picture that was made evenly light is around, its standard deviation, and that of noise, which is
not made stronger."""
SEEN_RADIUS = 100.0
"""Pixels of a dial's radius at which it is followed: flow is exact to a tenth of a pixel, a tenth of a degree here."""
AROUND = 1.2
"""Radii around the dial in which it has its corners; the wall behind it moves otherwise."""
CORNERS = 200
WINDOW = (15, 15)
LEVELS = 3
OFF = 1.5
"""Pixels by which a corner may be off the motion of the others."""
LEAST_CORNERS = 12
LEAST_SHARE = 0.35
"""Of the corners, which must follow one motion: fewer do where something else is seen."""
LEAST_ALIKE = 0.55
"""Correlation of the dial now and then, the needle's change included."""
RING = (0.6, 1.05)
"""Radii between which the marks and numbers of a dial are."""
SECTORS = 12
"""Of that ring, each compared by itself: what covers a part of a dial leaves the others as they were."""
LEAST_SECTOR = 0.3
"""Correlation of a sector now and then, without the light that falls on it."""
MOST_COVERED = 2
"""Sectors that may look otherwise: that with the needle now, and that where it was then."""
LEAST_DETAIL = 2.0
"""Standard deviation of grey values in a sector that there is something to see in."""
MOST_STRETCH = 1.5
MOST_TURN = 15.0
"""Degrees: a camera that was pushed turns by less; one that was turned is to be calibrated again. Marks repeat around
a dial, and a motion that leads each to another one fits nearly as well as the right one."""
LEAST_INSIDE = 0.95
"""Of the dial's rim, which must be in the picture."""


class Reference:
    """The picture of a calibration, and the dial in it."""

    def __init__(self, pixels: Pixels, to_picture: Floats, *, numbered: bool = False) -> None:
        """(H, W, 3) uint8 RGB; (3, 3) from the dial's plane. ``numbered``: most of what is on it are numbers and marks,
        which tell how it is turned; digits of a display and broad pointers are elsewhere each time."""
        self._scale = min(1.0, SEEN_RADIUS / radius_of(to_picture))
        self._rim = project(to_picture, np.array([on_circle(angle, 1.0) for angle in range(0, 360, 5)]))
        self._grey = self._small(pixels)
        middle = project(to_picture, np.zeros((1, 2)))[0]
        self._mask = np.zeros_like(self._grey)
        outline = (middle + AROUND * (self._rim - middle)) * self._scale
        cv2.fillPoly(self._mask, [np.round(outline).astype(np.int32)], 255)
        left, top, width, height = cv2.boundingRect(self._mask)
        self._box = slice(top, top + height), slice(left, left + width)
        self._dial = self._mask[self._box] > 0
        self._then = self._grey[self._box][self._dial].astype(np.float64)
        self._sectors = self._detailed(to_picture)
        small = np.diag([self._scale, self._scale, 1.0]) @ to_picture
        self._ring = Ring(self._grey, small) if numbered else None
        found = cv2.goodFeaturesToTrack(self._grey, CORNERS, 0.01, 3, mask=self._mask)
        self._corners = np.empty((0, 1, 2), np.float32) if found is None else found
        self._orb = cv2.ORB.create(500, fastThreshold=8)
        self._points, self._descriptors = self._orb.detectAndCompute(self._grey, self._mask)

    def motion_to(self, pixels: Pixels) -> Floats | None:
        """(3, 3) from the calibrated picture to this one of the same size; None where the dial is not found again."""
        now = self._small(pixels)
        motion = self._followed(now, None)
        if motion is None:
            guess = self._matched(now)
            motion = None if guess is None else self._followed(now, guess)
        if motion is None or not self._alike(now, motion):
            return None
        motion = np.vstack([motion, [0, 0, 1]])
        if self._ring is not None and self._ring.fits_otherwise(now, motion):
            return None
        grow = np.diag([self._scale, self._scale, 1.0])
        whole = np.linalg.inv(grow) @ motion @ grow
        return whole if self._inside(whole, pixels) else None

    def _small(self, pixels: Pixels) -> Pixels:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        if self._scale < 1:
            grey = cv2.resize(grey, None, fx=self._scale, fy=self._scale, interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)

    def _followed(self, now: Pixels, guess: Floats | None) -> Floats | None:
        """(2, 3) by the corners' flow, from where they were or are guessed to be. As they are seen it is exacter, but
        flow takes what became darker for what moved."""
        if len(self._corners) < LEAST_CORNERS:
            return None
        motion = self._flow(self._grey, now, guess)
        return self._flow(evenly_lit(self._grey), evenly_lit(now), guess) if motion is None else motion

    def _flow(self, then: Pixels, now: Pixels, guess: Floats | None) -> Floats | None:
        start = self._corners if guess is None else cv2.transform(self._corners, guess)
        moved, found, _ = cv2.calcOpticalFlowPyrLK(
            then,
            now,
            self._corners,
            start.astype(np.float32).copy(),
            winSize=WINDOW,
            maxLevel=LEVELS,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        there = found[:, 0] > 0
        return _affine(self._corners[there, 0], moved[there, 0], len(self._corners))

    def _matched(self, now: Pixels) -> Floats | None:
        """(2, 3) by ORB, wherever the dial is."""
        points, descriptors = self._orb.detectAndCompute(now, None)
        if not self._points or not points:  # then there are no descriptors either
            return None
        pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(self._descriptors, descriptors)
        before = np.array([self._points[pair.queryIdx].pt for pair in pairs], np.float32).reshape(-1, 2)
        after = np.array([points[pair.trainIdx].pt for pair in pairs], np.float32).reshape(-1, 2)
        return _affine(before, after, 0)

    def _alike(self, now: Pixels, motion: Floats) -> bool:
        """Whether the dial looks as it did."""
        rows, columns = self._box
        to_box = motion @ np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1.0]])
        size = columns.stop - columns.start, rows.stop - rows.start
        back = cv2.warpAffine(now, to_box, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        seen = back[self._dial].astype(np.float64)
        if self._then.std() == 0 or seen.std() == 0:
            return False
        return (
            float(np.corrcoef(self._then, seen)[0, 1]) >= LEAST_ALIKE
            and self._covered(np.asarray(back, np.uint8)) <= MOST_COVERED
        )

    def _detailed(self, to_picture: Floats) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Of each sector with something to see in it: its pixels, as indices into the box, and what they show."""
        rows, columns = self._box
        across, down = np.meshgrid(np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop))
        at = project(np.linalg.inv(to_picture), np.column_stack([across.ravel(), down.ravel()]) / self._scale)
        radius = np.linalg.norm(at, axis=1)
        sector = np.floor(np.arctan2(at[:, 1], at[:, 0]) / (2 * np.pi) % 1 * SECTORS)
        there = (radius >= RING[0]) & (radius <= RING[1])
        detail = _detail(self._grey[self._box]).ravel()
        pixels = [np.flatnonzero(there & (np.minimum(sector, SECTORS - 1) == one)) for one in range(SECTORS)]
        return [(one, detail[one]) for one in pixels if one.size and detail[one].std() >= LEAST_DETAIL]

    def _covered(self, back: Pixels) -> int:
        """Sectors that look otherwise than they did; ``back``: the box as it would be seen from there."""
        detail = _detail(back).ravel()
        covered = 0
        for pixels, then in self._sectors:
            seen = detail[pixels]
            covered += not (seen.std() > 0 and float(np.corrcoef(then, seen)[0, 1]) >= LEAST_SECTOR)
        return covered

    def _inside(self, motion: Floats, pixels: Pixels) -> bool:
        rim = project(motion, self._rim)
        return float(((rim >= 0) & (rim <= pixels.shape[1::-1])).all(axis=1).mean()) >= LEAST_INSIDE


def evenly_lit(grey: Pixels) -> Pixels:
    """What is finer than light and shadow, everywhere of about the same contrast."""
    values = grey.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), FINE)
    contrast = np.sqrt(cv2.GaussianBlur(detail**2, (0, 0), LOCAL))
    return np.asarray(np.clip(MIDDLE_GREY + CONTRAST * detail / (contrast + NOISE), 0, 255), np.uint8)


def _detail(grey: Pixels) -> NDArray[np.float32]:
    """What is finer than light and shadow."""
    values = grey.astype(np.float32)
    return np.asarray(values - cv2.GaussianBlur(values, (0, 0), 6), np.float32)


def _affine(before: NDArray[np.float32], after: NDArray[np.float32], of: int) -> Floats | None:
    """(2, 3) that enough of the points agree on; ``of`` is how many there could be."""
    if len(before) < LEAST_CORNERS:
        return None
    motion, agree = cv2.estimateAffine2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=OFF)
    if motion is None or int(agree.sum()) < max(LEAST_CORNERS, LEAST_SHARE * of):
        return None
    stretch = np.linalg.svd(motion[:, :2], compute_uv=False)
    if stretch[0] > MOST_STRETCH or stretch[1] < 1 / MOST_STRETCH or np.linalg.det(motion[:, :2]) < 0:
        return None
    turn = np.degrees(np.arctan2(motion[1, 0] - motion[0, 1], motion[0, 0] + motion[1, 1]))
    return np.asarray(motion, np.float64) if abs(turn) <= MOST_TURN else None
