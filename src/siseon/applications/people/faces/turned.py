"""Whether the people of a chunk lie on their side or stand on their heads: a video that was filmed with a turned camera
and does not say so. Detectors know upright people, so those would not be found, and their heads not be hidden.

A few pictures of a chunk are turned, and faces sought in them, and people where nobody is found upright. A face counts
where a body goes with it; neither counts where a box of the upright picture hides it already: who lies in a bed is
found upright too, as a rule. Many more bodies than upright count in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.detect import Find
from siseon.applications.people.faces.owners import owners
from siseon.applications.people.footage import Shot
from siseon.applications.people.heads import UPPER_PART, head
from siseon.contracts import Detections, Image
from siseon.contracts.wire import Box

EVERY_MS = 4_000
"""Between two pictures that are turned."""
SHARE = 10
"""Pictures that are looked at for each that is turned, which costs as much as three to six more of them."""
LONGEST = 640
"""Pixels of the longer side of the pictures that are turned: detectors see them in less."""
TURNS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
FACE, BODY, ALONE = 0.7, 0.5, 0.6
"""Scores from which a face, the body that goes with it, and a body without a face count."""
LEAST = 2
"""Pictures in which somebody is found so, at least; fewer where a chunk is so short that it has only one."""


MANY, MANY_TIMES = 6, 2.5
"""Bodies in the pictures that are turned one way, and how many times as many as in the same ones upright, from which
they count wherever they are: of a crowd upside down the few that are found upright hide most of the picture, not the
heads. Upright crowds have half as many turned at most, turned ones three times as many."""


@dataclass(frozen=True, slots=True)
class _Found:
    """In one picture, in pixels of it."""

    people: Detections
    faces: Detections

    def with_faces(self) -> NDArray[np.float32]:
        """(N, 2) middles of the faces that a body goes with."""
        sure = self.faces.boxes.xyxy[self.faces.scores >= FACE]
        whose = owners(sure, self.people.boxes.xyxy[self.people.scores >= BODY])
        kept = sure[[row for row, one in enumerate(whose) if one is not None]]
        return np.asarray((kept[:, :2] + kept[:, 2:]) / 2, np.float32)

    def bodies(self) -> NDArray[np.float32]:
        """(N, 2) where the heads of sure bodies are."""
        sure = self.people.boxes.xyxy[self.people.scores >= ALONE]
        down = sure[:, 1] + UPPER_PART / 2 * (sure[:, 3] - sure[:, 1])
        return np.column_stack([(sure[:, 0] + sure[:, 2]) / 2, down]).astype(np.float32)


Way = Callable[[_Found], NDArray[np.float32]]
WAYS: tuple[Way, ...] = (_Found.with_faces, _Found.bodies)


async def is_turned(
    shots: Sequence[Shot],
    served: Sequence[int],
    people: Sequence[Detections],
    faces: Sequence[Detections],
    *,
    find_people: Find,
    find_faces: Find,
) -> bool:
    """Whether more people are found in pictures that are turned than in those as they are.

    ``served``: which picture's look serves for each; ``people``, ``faces``: what is found in each as it is.
    """
    chosen = _some(shots, served)
    counts: dict[tuple[Way, int], list[int]] = {one: [] for one in product(WAYS, TURNS)}
    every: dict[int, list[int]] = {turn: [] for turn in TURNS}
    for several in (chosen[: 1 - LEAST], chosen[1 - LEAST :]) if len(chosen) >= LEAST else (chosen,):
        places = list(product(TURNS, several))
        turned = [_turned(shots[at].image, turn) for turn, at in places]
        looked = await find_faces.map(turned)
        wanted = [
            row
            for row, ((_, at), one) in enumerate(zip(places, looked, strict=True))
            if (one.scores >= FACE).any() or not (people[at].scores >= BODY).any()
        ]
        bodies = await find_people.map([turned[row] for row in wanted])
        for row, one in zip(wanted, bodies, strict=True):
            turn, at = places[row]
            for way in WAYS:
                points = _back(shots[at].image, turn, way(_Found(one, looked[row])))
                counts[way, turn].append(sum(not _is_hidden(point, people[at]) for point in points))
            every[turn].append(len(_Found.bodies(_Found(one, looked[row]))))
        standing = sum(len(_Found.bodies(_Found(people[at], faces[at]))) for at in several)
        if not any(map(any, counts.values())) and all(sum(one) <= standing for one in every.values()):
            return False  # the pictures that are left are too few
    upright = {way: sum(len(way(_Found(people[at], faces[at]))) for at in chosen) for way in WAYS}
    least = min(LEAST, len(chosen))
    return any(
        sum(found) > upright[way] and sum(map(bool, found)) >= least for (way, _), found in counts.items()
    ) or any(
        sum(found) >= max(MANY, MANY_TIMES * upright[_Found.bodies]) and sum(map(bool, found)) >= least
        for found in every.values()
    )


def _some(shots: Sequence[Shot], served: Sequence[int]) -> list[int]:
    """Indices of pictures that were looked at, so far apart from each other, and a share of them."""
    looked = sorted(set(served))
    chosen: list[int] = []
    for at in looked[::SHARE]:
        if not chosen or shots[at].t_ms - shots[chosen[-1]].t_ms >= EVERY_MS:
            chosen.append(at)
    return chosen


def _turned(image: Image, turn: int) -> Image:
    scale = _scale(image)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return Image.from_array(np.ascontiguousarray(cv2.rotate(small, turn), np.uint8))


def _scale(image: Image) -> float:
    return min(1.0, LONGEST / max(image.width, image.height))


def _back(image: Image, turn: int, points: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Points of the turned picture in the one as it is."""
    wide, tall = image.width, image.height
    u, v = points.T / _scale(image)
    match turn:
        case cv2.ROTATE_180:
            own = np.column_stack([wide - u, tall - v])
        case cv2.ROTATE_90_CLOCKWISE:
            own = np.column_stack([v, tall - u])
        case _:
            own = np.column_stack([wide - v, u])
    return [(x, y) for x, y in own.tolist()]


def _is_hidden(point: tuple[float, float], people: Detections) -> bool:
    x, y = point
    return any(
        area.x1 <= x <= area.x2 and area.y1 <= y <= area.y2
        for area in (head(Box(*box)) for box in people.boxes.xyxy.tolist())
    )
