"""Where the camera looked: pictures of all chunks on one plane, as far as its motion is known.

A similarity is a pair of complex numbers: z to ``turn`` z + ``shift``. The plane is that of the first picture of a
*stretch*; where the motion is not known a new stretch begins, and places of different ones are never compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from siseon.applications.people.contracts import ChunkSeen

NO_STRETCH = -1
LEAST_SCALE = 1e-3
"""Of a similarity: below, it is a failure of its estimate and not a zoom."""


@dataclass(frozen=True, slots=True)
class View:
    """How one picture lies on its stretch's plane."""

    turn: complex
    shift: complex
    stretch: int
    """``NO_STRETCH``: not known."""


UNKNOWN = View(1 + 0j, 0j, NO_STRETCH)


def views(chunks: Iterable[ChunkSeen]) -> Iterator[tuple[ChunkSeen, list[View]]]:
    """Each chunk with the views of its moments; ``chunks`` are in order of their numbers."""
    before: ChunkSeen | None = None
    base, stretch, found = View(1 + 0j, 0j, 0), 0, list[View]()
    for chunk in chunks:
        if before is not None:
            last = found[-1] if found else UNKNOWN
            if share_border(before, chunk) and last.stretch != NO_STRETCH:
                base = last
            else:
                stretch += 1
                base = View(1 + 0j, 0j, stretch)
        found = [_seen(base, moment.camera) for moment in chunk.moments]
        before = chunk
        yield chunk, found


def share_border(one: ChunkSeen, after: ChunkSeen) -> bool:
    """Whether the last picture of one is the first of the other."""
    return (
        one.chunk + 1 == after.chunk
        and (one.width, one.height) == (after.width, after.height)
        and bool(one.moments and after.moments)
        and one.moments[-1].t_ms == after.moments[0].t_ms
    )


def _seen(base: View, camera: tuple[float, float, float, float] | None) -> View:
    if camera is None:
        return UNKNOWN
    turn, shift = complex(camera[0], camera[1]), complex(camera[2], camera[3])
    if abs(turn) < LEAST_SCALE:
        return UNKNOWN
    return View(base.turn * turn, base.turn * shift + base.shift, base.stretch)
