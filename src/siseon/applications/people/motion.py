"""How the camera moves: the similarity from each picture to the first of its chunk.

Corners beside the people (Shi and Tomasi, "Good features to track", 1994) are followed from picture to picture by
optical flow (Lucas and Kanade in pyramids, Bouguet 2000) and back again, and a turn, scale and shift that most of them
agree on is found by RANSAC. ORB's points were tried: they lie to a pixel only, and a camera on a stand trembled by it.
Pictures on which the corners do not agree (a cut, a blur, a wall without marks) are taken for still; where pictures
after them lie is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.contracts import Image
from siseon.engine import Stage
from siseon.engine.machine import cores

LONGEST = 480
"""Pixels of the longer side of the pictures that are compared."""
CORNERS = 300
"""At most, of a picture."""
APART, GOOD = 8, 0.01
"""Pixels between corners, and how good they are beside the best, at least."""
WINDOW, LEVELS = 21, 3
"""Pixels of the window that is followed, and pyramid levels above it: shifts up to about a sixth of the picture."""
RETURN = 0.7
"""Pixels by which a corner may miss its beginning when it is followed there and back."""
FOLLOWED = 12
"""Corners that must be followed."""
AGREEING = 0.25
"""Share of them that must agree: among hundreds no other motion finds so many by chance, and people move too."""
WITHIN = 1.5
"""Pixels by which those that agree may miss."""
STILL = 0.9
"""Share of those that agree with the motion found which, if as many agree that there is none, make it none."""

Matrix = NDArray[np.float64]
"""(3, 3) float64 that acts on column vectors (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Pictures in order of time, and the people in each."""

    images: Sequence[Image]
    """The same one again where nothing has moved."""
    people: Sequence[NDArray[np.float32]]
    """(N, 4) float32 a picture, pixels of the root frame: their points do not count."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera was."""

    matrix: Matrix
    """From a picture's root frame to that of the first picture: a similarity."""
    known: bool
    """Whether each step up to here was found."""


class CameraMotion(Stage[Walk, list[Camera]]):
    """The camera at each picture of a walk."""

    name = "motion"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[Walk]) -> Sequence[list[Camera]]:
        """The motion over each walk."""
        return [_over(walk) for walk in batch]


def _over(walk: Walk) -> list[Camera]:
    cameras: list[Camera] = []
    before: _View | None = None
    for index, (image, people) in enumerate(zip(walk.images, walk.people, strict=True)):
        if index and image is walk.images[index - 1]:
            cameras.append(cameras[-1])
            continue
        view = _View.of(image, people)
        if before is None:
            cameras.append(Camera(np.eye(3), known=True))
        else:
            last, step = cameras[-1], _step(before, view)
            cameras.append(
                Camera(last.matrix, known=False) if step is None else Camera(last.matrix @ step, last.known)
            )
        before = view
    return cameras


@dataclass(frozen=True, slots=True)
class _View:
    """A picture made small and grey, and where people stand in it."""

    grey: NDArray[np.uint8]
    free: NDArray[np.uint8]
    """255 where nobody is."""
    scale: float
    """Pixels of the root frame a pixel of the small picture."""

    @classmethod
    def of(cls, image: Image, people: NDArray[np.float32]) -> _View:
        root = image.frame.root_frame
        scale = max(root.width, root.height) / LONGEST
        size = max(1, round(root.width / scale)), max(1, round(root.height / scale))
        # Made grey first: to shrink three colours takes three times as long, and longer than the corners do.
        grey = cv2.resize(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        free = np.full(size[::-1], 255, np.uint8)
        for x1, y1, x2, y2 in np.rint(people / scale).astype(int).tolist():
            free[max(0, y1) : max(0, y2), max(0, x1) : max(0, x2)] = 0
        return cls(np.asarray(grey, np.uint8), free, scale)


def _step(before: _View, view: _View) -> Matrix | None:
    """From the later picture to the earlier one, in pixels of the root frame."""
    for mask in (before.free, None):  # a picture full of people has the best of its corners on them
        corners = cv2.goodFeaturesToTrack(before.grey, CORNERS, GOOD, APART, mask=mask)
        step = None if corners is None else _agreed(before, view, np.asarray(corners, np.float32))
        if step is not None:
            return step
    return None


def _agreed(before: _View, view: _View, corners: NDArray[np.float32]) -> Matrix | None:
    moved_to, found = _flow(before, view, corners)
    returned, back = _flow(view, before, moved_to)
    misses = np.linalg.norm((returned - corners).reshape(-1, 2), axis=1)
    kept = (found.ravel() == 1) & (back.ravel() == 1) & (misses < RETURN)
    if int(kept.sum()) < FOLLOWED:
        return None
    there = corners.reshape(-1, 2)[kept].astype(np.float64)
    here = moved_to.reshape(-1, 2)[kept].astype(np.float64)
    matrix, agree = cv2.estimateAffinePartial2D(here, there, method=cv2.RANSAC, ransacReprojThreshold=WITHIN)
    if matrix is None or float(agree.mean()) < AGREEING:
        return None
    still = np.linalg.norm(here - there, axis=1) <= WITHIN
    if still.sum() >= STILL * agree.sum():
        return np.eye(3)
    matrix[:, 2] *= view.scale
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def _flow(
    before: _View, view: _View, corners: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Where (N, 1, 2) corners of one picture are in another, and (N, 1) 1 for those that are found again."""
    places, found, _ = cv2.calcOpticalFlowPyrLK(
        before.grey, view.grey, corners, np.empty_like(corners), winSize=(WINDOW, WINDOW), maxLevel=LEVELS
    )
    return np.asarray(places, np.float32), np.asarray(found, np.uint8)


def moved(xyxy: NDArray[np.float32], matrix: Matrix) -> NDArray[np.float32]:
    """(N, 4) boxes where a similarity puts them: the centre is mapped, the sides are scaled, none is turned."""
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2 @ matrix[:2, :2].T + matrix[:2, 2]
    half = (xyxy[:, 2:] - xyxy[:, :2]) / 2 * float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
