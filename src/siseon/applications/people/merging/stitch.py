"""Tracklets over the borders of chunks: two chunks in a row share a picture, and the same picture has the same boxes.

Nothing is told from appearance here. Where two boxes at the border lie so much upon each other that a tracker's
smoothing could have swapped them, nobody is stitched: that is left to merging, which has more to go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from siseon.applications.people.contracts import ChunkSeen, Refusal, SeenBox
from siseon.applications.people.merging.camera import share_border
from siseon.contracts import iou_of

SAME = 0.6
"""Intersection over union of a box with itself after a tracker smoothed it in one of the chunks."""
CLEAR = 0.15
"""By which it is better than that with any other."""


def stitched(chunks: Iterable[ChunkSeen]) -> tuple[list[list[int]], list[Refusal]]:
    """Chains of ids, each of one tracklet a chunk, in order of time; and who could have been stitched to whom.

    ``chunks`` are in order of their numbers.
    """
    following: dict[int, int] = {}
    refused: list[Refusal] = []
    every: list[int] = []
    one: ChunkSeen | None = None
    for after in chunks:
        every += [tracklet.id for tracklet in after.tracklets]
        if one is not None and share_border(one, after):
            pairs, unsure = _pairs(one.moments[-1].boxes, after.moments[0].boxes)
            following |= pairs
            refused += [
                Refusal(what="merge", reason="unsure", ids=ids, chunk=after.chunk, detail="boxes at the border overlap")
                for ids in unsure
            ]  # fmt: skip
        one = after
    later = set(following.values())
    starts = [start for start in every if start not in later]
    chains = []
    for start in starts:
        chain = [start]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        chains.append(chain)
    return chains, refused


def _pairs(one: Sequence[SeenBox], after: Sequence[SeenBox]) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Id to id where it is sure, and pairs where it is not."""
    if not one or not after:
        return {}, []
    overlap = iou_of(np.array([seen.box for seen in one]), np.array([seen.box for seen in after]))
    pairs, unsure = {}, []
    for row, column in enumerate(overlap.argmax(axis=1)):
        best = overlap[row, column]
        if best < SAME or overlap[:, column].argmax() != row:
            continue
        others = np.concatenate([np.delete(overlap[row], column), np.delete(overlap[:, column], row)])
        ids = one[row].id, after[int(column)].id
        if others.max(initial=0.0) <= best - CLEAR:
            pairs[ids[0]] = ids[1]
        else:
            unsure.append(ids)
    return pairs, unsure
