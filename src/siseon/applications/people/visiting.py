"""Who is in the pictures between two looks that are looked at too: nobody asks who is who, they are hidden only. What
is new there and nobody's is hidden too: a head without a body, a hand, whatever it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.answer import box_of, score_of
from siseon.applications.people.between import is_known, strange
from siseon.applications.people.contracts import MOST_BOXES, Face, Moment
from siseon.applications.people.dark import lit
from siseon.applications.people.detect import Find
from siseon.applications.people.footage import Footage, Sighting, Visited
from siseon.applications.people.heads import LYING
from siseon.applications.people.track import SURE
from siseon.contracts import Detections

NEAR = 0.4
"""Of the picture's height that the box of such a person has, at least: before smaller ones another may have come."""
NOBODY = np.empty((0, 4), np.float32)


async def visited(
    footage: Footage, sightings: Sequence[Sighting], *, find_people: Find, find_faces: Find | None
) -> list[Moment]:
    """A moment for each of them: people, unless all that is new there is of somebody near who is known from the looks
    beside it, and faces."""
    images = [lit(one.shot.image) for one in footage.between]
    unlike = [
        at
        for at, one in enumerate(footage.between)
        if find_faces is None or not is_known(one.new, _near(one, sightings, footage), _size(footage))
    ]
    people, faces = await asyncio.gather(
        find_people.map([images[at] for at in unlike]), find_faces.map(images) if find_faces else _none()
    )
    found = dict(zip(unlike, people, strict=True))
    return [
        _moment(one, found.get(at), faces[at] if faces else None, _seen(one, sightings), _size(footage))
        for at, one in enumerate(footage.between)
    ]


async def _none() -> list[Detections]:
    return []


def _size(footage: Footage) -> tuple[int, int]:
    return footage.frame.width, footage.frame.height


def _near(one: Visited, sightings: Sequence[Sighting], footage: Footage) -> NDArray[np.float32]:
    """(N, 4) of people at the looks before and after who are near."""
    people = _seen(one, sightings)
    return people[people[:, 3] - people[:, 1] >= NEAR * footage.frame.height]


def _seen(one: Visited, sightings: Sequence[Sighting]) -> NDArray[np.float32]:
    """(N, 4) of people at the looks before and after."""
    after = next(at for at, each in enumerate(sightings) if each.t_ms > one.shot.t_ms)
    both = sightings[after - 1 : after + 1]
    return np.concatenate([each.xyxy[each.scores >= SURE] for each in both])


def _moment(
    one: Visited,
    people: Detections | None,
    faces: Detections | None,
    seen: NDArray[np.float32],
    size: tuple[int, int],
) -> Moment:
    """``seen``: people at the looks beside it; ``size``: (width, height) of the picture in which these lie."""
    found = NOBODY if people is None else _rooted(people).boxes.xyxy
    shown = NOBODY if faces is None else _rooted(faces).boxes.xyxy
    spots = strange(one.new, np.concatenate([seen, found, shown]), size)
    return Moment(
        t_ms=one.shot.t_ms,
        others=tuple(map(box_of, (*found, *map(_broad, spots))))[:MOST_BOXES],
        faces=()
        if faces is None
        else tuple(
            Face(box=box_of(xyxy), score=score_of(score))
            for xyxy, score in zip(shown, faces.scores, strict=False)
        ),
    )


def _broad(spot: NDArray[np.float32]) -> NDArray[np.float32]:
    """So broad that all of it is hidden, and not its upper part."""
    x1, y1, x2, y2 = spot
    more = max(0, (LYING * (y2 - y1) - (x2 - x1)) / 2)
    return np.array([x1 - more, y1, x2 + more, y2], np.float32)


def _rooted(found: Detections) -> Detections:
    return found[slice(0, MOST_BOXES)].to(found.frame.root_frame)
