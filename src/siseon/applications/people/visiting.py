"""Who is in the pictures between two looks that are looked at too: nobody asks who is who, they are hidden only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.answer import box_of, score_of
from siseon.applications.people.between import is_known
from siseon.applications.people.contracts import MOST_BOXES, Face, Moment
from siseon.applications.people.dark import lit
from siseon.applications.people.detect import Find
from siseon.applications.people.footage import Footage, Sighting, Visited
from siseon.applications.people.track import SURE
from siseon.contracts import Detections

NEAR = 0.4
"""Of the picture's height that the box of such a person has, at least: before smaller ones another may have come."""


async def visited(
    footage: Footage, sightings: Sequence[Sighting], *, find_people: Find, find_faces: Find | None
) -> list[Moment]:
    """A moment for each of them: people, unless all that is new there is of somebody near who is known from the looks
    beside it, and faces."""
    images = [lit(one.shot.image) for one in footage.between]
    strange = [
        at
        for at, one in enumerate(footage.between)
        if find_faces is None or not is_known(one.new, _near(one, sightings, footage), _size(footage))
    ]
    people, faces = await asyncio.gather(
        find_people.map([images[at] for at in strange]), find_faces.map(images) if find_faces else _none()
    )
    found = dict(zip(strange, people, strict=True))
    return [
        _moment(one.shot.t_ms, found.get(at), faces[at] if faces else None)
        for at, one in enumerate(footage.between)
    ]


async def _none() -> list[Detections]:
    return []


def _size(footage: Footage) -> tuple[int, int]:
    return footage.frame.width, footage.frame.height


def _near(one: Visited, sightings: Sequence[Sighting], footage: Footage) -> NDArray[np.float32]:
    """(N, 4) of people at the looks before and after who are near."""
    after = next(at for at, each in enumerate(sightings) if each.t_ms > one.shot.t_ms)
    both = sightings[after - 1 : after + 1]
    people = np.concatenate([each.xyxy[each.scores >= SURE] for each in both])
    return np.asarray(people[people[:, 3] - people[:, 1] >= NEAR * footage.frame.height], np.float32)


def _moment(t_ms: int, people: Detections | None, faces: Detections | None) -> Moment:
    return Moment(
        t_ms=t_ms,
        others=() if people is None else tuple(map(box_of, _rooted(people).boxes.xyxy)),
        faces=()
        if faces is None
        else tuple(
            Face(box=box_of(xyxy), score=score_of(score))
            for xyxy, score in zip(_rooted(faces).boxes.xyxy, faces.scores, strict=False)
        ),
    )


def _rooted(found: Detections) -> Detections:
    return found[slice(0, MOST_BOXES)].to(found.frame.root_frame)
