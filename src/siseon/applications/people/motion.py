"""How the camera moves: the similarity from each picture to the first of its chunk.

Points of ORB (Rublee et al., "ORB: an efficient alternative to SIFT or SURF", 2011) beside the people are matched
between neighbouring pictures, and a turn, scale and shift that most of them agree on is found by RANSAC. Pictures on
which they do not agree (a cut, a blur, a wall without marks) are taken for still; where pictures after them lie is not
known.
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
"""Pixels of the longer side of the pictures that are compared: ORB's cost grows with their area."""
POINTS = 400
"""At most, of a picture."""
CROSS_CHECKED = 12
"""Pairs that must be found, and half of them agree."""
AGREEING = 0.5
"""Share of the pairs."""
WITHIN = 2.0
"""Pixels of the small picture by which a pair may miss."""
STILL = 0.6
"""Pixels of the small picture that its corners move at least: a camera on a stand has no motion at all."""

Matrix = NDArray[np.float64]
"""(3, 3) float64 that acts on column vectors (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Pictures in order of time, and the people in each."""

    images: Sequence[Image]
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
    orb = cv2.ORB_create(nfeatures=POINTS)  # type: ignore[attr-defined]
    cameras: list[Camera] = []
    before: _Marks | None = None
    for image, people in zip(walk.images, walk.people, strict=True):
        marks = _marks(orb, image, people)
        if before is None:
            cameras.append(Camera(np.eye(3), known=True))
        else:
            last, step = cameras[-1], _step(marks, before)
            cameras.append(
                Camera(last.matrix, known=False) if step is None else Camera(last.matrix @ step, last.known)
            )
        before = marks
    return cameras


@dataclass(frozen=True, slots=True)
class _Marks:
    points: NDArray[np.float64]
    """(N, 2) in pixels of the root frame."""
    descriptors: NDArray[np.uint8]
    """(N, 32)."""
    scale: float
    """Pixels of the root frame a pixel of the small picture."""
    size: tuple[int, int]
    """Of the root frame."""


def _marks(orb: cv2.ORB, image: Image, people: NDArray[np.float32]) -> _Marks:
    root = image.frame.root_frame
    scale = max(root.width, root.height) / LONGEST
    width, height = max(1, round(root.width / scale)), max(1, round(root.height / scale))
    small = cv2.resize(image.pixels, (width, height), interpolation=cv2.INTER_AREA)
    mask = np.full((height, width), 255, np.uint8)
    for x1, y1, x2, y2 in np.rint(people / scale).astype(int).tolist():
        mask[max(0, y1) : max(0, y2), max(0, x1) : max(0, x2)] = 0
    found, descriptors = orb.detectAndCompute(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), mask)
    points = np.array([point.pt for point in found], np.float64).reshape(-1, 2) * scale
    described = np.asarray(descriptors, np.uint8) if found else np.empty((0, 32), np.uint8)
    return _Marks(points, described, scale, (root.width, root.height))


def _step(marks: _Marks, before: _Marks) -> Matrix | None:
    """From the picture of ``marks`` to the one before."""
    if min(len(marks.points), len(before.points)) < CROSS_CHECKED:
        return None
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
    pairs = sorted(
        matcher.match(marks.descriptors, before.descriptors), key=lambda pair: (pair.queryIdx, pair.trainIdx)
    )
    if len(pairs) < CROSS_CHECKED:
        return None
    here = marks.points[[pair.queryIdx for pair in pairs]]
    there = before.points[[pair.trainIdx for pair in pairs]]
    found, agree = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=WITHIN * marks.scale
    )
    if found is None or float(agree.mean()) < AGREEING:
        return None
    matrix = np.vstack([found, [0.0, 0.0, 1.0]])
    width, height = marks.size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
    moved = np.abs((corners @ matrix.T - corners)[:, :2]).max()
    return np.eye(3) if moved < STILL * marks.scale else matrix


def moved(xyxy: NDArray[np.float32], matrix: Matrix) -> NDArray[np.float32]:
    """(N, 4) boxes where a similarity puts them: the centre is mapped, the sides are scaled, none is turned."""
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2 @ matrix[:2, :2].T + matrix[:2, 2]
    half = (xyxy[:, 2:] - xyxy[:, :2]) / 2 * float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
