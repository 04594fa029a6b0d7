"""Which parts of a picture are hidden, so that nobody's face is seen: it fails on the safe side.

People are looked at a few times a second, the video has more pictures. For each picture all heads count of the moments
before and after it, and what lies between them; of somebody who is lost for a moment the last place goes on, growing;
where nobody looked, all is hidden. A head is the upper part of a person's box, more of it the broader the box is:
of somebody who lies, bends or fills the picture it may be anywhere, unless face and joints say where (``heads.py``).
Faces that were found are hidden too, whosoever.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median
from types import MappingProxyType

import numpy as np

from siseon.applications.people.chunks import in_order
from siseon.applications.people.contracts import ChunkSeen, KeyPoint, Moment, Span
from siseon.applications.people.heads import (
    BROAD,
    Told,
    around,
    found_head,
    grown,
    head,
    joints_head,
    overlap,
    size,
    told_head,
)
from siseon.applications.people.lying import all_hidden
from siseon.contracts.wire import Box

BETWEEN_MS = 600
"""Between two moments at which a head is told, at most, for it to be told on the way."""
ONE_HEAD = 0.4
"""Intersection over union from which the heads of two people are one, and nobody knows whose."""
FOLLOWED_MS = 400
"""Between two moments at which a face is the same because it hardly moves."""
GONE_MS = 1_000
"""How long the place of somebody who is not found any more is hidden on, before and after."""
GROWTH = 0.5
"""Of an area's longer side by which it grows on each side in a second without a look."""
FAST = 15.0
"""The same from the nearest look, where most of what is shown comes and goes between two looks: in a film that is
played ten times too fast people move as much from one picture to the next."""
SAME = 0.5
"""Intersection over union from which somebody between two looks is one of those who are known from them."""
UNSEEN_MS = 1_500
"""Without a look for longer than this, all of the picture is hidden."""
LATE = 1.5
"""Times the usual step from look to look, within which one comes after each picture."""
BEYOND_MS = 100
"""After the last chunk's end: pictures that a video has though its header does not say so."""
NEVER_MS = 1 << 62
"""Of a chunk without a moment."""
MOST_PARTS = 8
"""Chunks that are kept open: of those about a picture, of two seconds at least, there are four at most."""

Poses = Mapping[tuple[int, int], Sequence[KeyPoint]]
"""Joints by tracklet and time."""
Spared = Mapping[int, Set[int]]
"""By tracklet: the times of the moments at which it is surely somebody who may be seen."""
NOBODY: Spared = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Known:
    """Where somebody's head was at one moment."""

    t_ms: int
    area: Box


class _Part:
    """What is known of one chunk."""

    def __init__(self, chunk: ChunkSeen) -> None:
        self.moments: Mapping[int, Moment] = {moment.t_ms: moment for moment in chunk.moments}
        self.beside: Mapping[int, Moment] = {moment.t_ms: moment for moment in chunk.between}
        self.is_fast = len(chunk.between) >= max(1, len(chunk.moments))
        self.heads = _heads(chunk)
        self.spans = [
            (known[0].t_ms - GONE_MS, known[-1].t_ms + GONE_MS, one) for one, known in self.heads.items()
        ]


class Hiding:
    """What is hidden of each picture of a video. Few chunks are in memory, those about the last picture."""

    def __init__(self, chunks: Iterable[ChunkSeen], spared: Spared = NOBODY, *, end_ms: int = 0) -> None:
        """``chunks``: all that were seen; ``spared``: heads that are not hidden; ``end_ms``: of the video, up to which
        chunks may have failed."""
        self._spared = spared
        self._chunks = in_order(chunks)
        self._parts: OrderedDict[int, _Part] = OrderedDict()
        owners: dict[int, int] = {}  # of a border's two moments the earlier chunk's counts
        firsts, lasts, ends, looked = [], [], [0], []
        beside: dict[int, int] = {}
        self._unseen: list[Span] = []
        for at, chunk in enumerate(self._chunks):
            for moment in chunk.moments:
                owners.setdefault(moment.t_ms, at)
            firsts.append(chunk.moments[0].t_ms - GONE_MS if chunk.moments else NEVER_MS)
            lasts.append(chunk.moments[-1].t_ms + GONE_MS if chunk.moments else -NEVER_MS)
            ends.append(chunk.end_ms)
            self._unseen += chunk.unseen
            beside.update((moment.t_ms, at) for moment in chunk.between)
            if chunk.moments:
                looked.append((chunk.chunk, _looked(chunk)))
        self._firsts, self._lasts = np.array(firsts, np.int64), np.array(lasts, np.int64)
        self._times = array("q", sorted(owners))
        self._owners = array("q", (owners[t_ms] for t_ms in self._times))
        self._beside = array("q", sorted(beside))
        self._beside_owners = array("q", (beside[t_ms] for t_ms in self._beside))
        gaps = [after - before for before, after in pairwise(self._times)]
        self._soon_ms = LATE * median(gaps) if gaps else UNSEEN_MS
        self._unseen.sort()
        unsure = all_hidden(self._chunks)
        self._looked = [span for number, span in looked if number not in unsure]
        looked_to = max((span.to_ms for span in self._looked), default=-1)
        self._ends_looked_at = len(self._chunks) > 0 and looked_to >= max(end_ms, ends[-1])

    def areas(self, t_ms: int, width: int, height: int) -> list[Box]:
        """The areas that are hidden at a time, in pixels of the upright video of that size; some may lie outside it."""
        after = bisect_right(self._times, t_ms)
        both = slice(max(0, after - 1), after + 1)
        times, owners = self._times[both], self._owners[both]
        if not self._is_looked_at(t_ms) or min(abs(one - t_ms) for one in times) > UNSEEN_MS:
            return [Box(0, 0, width, height)]
        beside = [self._part(at).moments[one] for one, at in zip(times, owners, strict=True)]
        looks = [(one, abs(one.t_ms - t_ms)) for one in (*beside, *self._between(t_ms, times, beside))]
        is_fast, nearest = any(self._part(at).is_fast for at in owners), min(away for _, away in looks)
        areas = [
            grown(area, (FAST if is_fast and away == nearest else GROWTH) * away / 1000)
            for moment, away in looks
            for area in (
                *map(head, moment.others),
                *(
                    found_head(face.box, [seen.box for seen in moment.boxes])
                    for face in moment.faces
                    if face.id is None or not self._is_spared(face.id, [moment])
                ),
            )
        ]
        about = [self._part(int(at)) for at in np.flatnonzero((self._firsts <= t_ms) & (t_ms <= self._lasts))]
        heads = {one: known for part in about for one, known in part.heads.items()}
        for first, last, one in sorted(span for part in about for span in part.spans):
            if first <= t_ms <= last and not self._is_spared(one, beside):
                areas += _on_the_way(heads[one], t_ms)
        return areas

    def _between(self, t_ms: int, times: Sequence[int], looks: Sequence[Moment]) -> Iterator[Moment]:
        """The nearest other looks between the two about a time, without those people whose heads are known from these:
        what is told of them says more than their boxes."""
        after = bisect_right(self._beside, t_ms)
        both = slice(max(0, after - 1), after + 1)
        for one, at in zip(self._beside[both], self._beside_owners[both], strict=True):
            if times[0] <= one <= times[-1]:
                moment = self._part(at).beside[one]
                known = [seen.box for look in looks for seen in look.boxes]
                others = [box for box in moment.others if all(overlap(box, each) < SAME for each in known)]
                yield moment.model_copy(update={"others": tuple(others)})

    def _part(self, at: int) -> _Part:
        """Of the chunk at an index; those that were asked for last are kept."""
        part = self._parts.get(at) or _Part(self._chunks[at])
        self._parts[at] = part
        self._parts.move_to_end(at)
        if len(self._parts) > MOST_PARTS:
            self._parts.popitem(last=False)
        return part

    def _is_looked_at(self, t_ms: int) -> bool:
        """Whether a picture of that time was seen: its chunk has not failed, its people stand, it is like a look before
        or after it, and the look comes soon that each new picture gets. One that is damaged gets none, though the video
        shows it."""
        apart = bisect_right(self._unseen, t_ms, key=lambda span: span.from_ms)
        if apart and t_ms <= self._unseen[apart - 1].to_ms:
            return False
        after = bisect_right(self._looked, t_ms, key=lambda span: span.from_ms)
        late = BEYOND_MS if after == len(self._looked) and self._ends_looked_at else 0
        if not after or t_ms > self._looked[after - 1].to_ms + late:
            return False
        coming = bisect_left(self._times, t_ms)
        return coming == len(self._times) or self._times[coming] - t_ms <= self._soon_ms

    def _is_spared(self, one: int, moments: Iterable[Moment]) -> bool:
        return one in self._spared and all(moment.t_ms in self._spared[one] for moment in moments)


def _looked(chunk: ChunkSeen) -> Span:
    """From where to where somebody looked; not to its end where its pictures end before."""
    broken = any(one.what == "chunk" for one in chunk.refused)
    return Span(chunk.start_ms, chunk.moments[-1].t_ms if broken else chunk.end_ms)


def _heads(chunk: ChunkSeen) -> dict[int, list[_Known]]:
    """Where the head of each tracklet is, or may be, at each of its moments."""
    poses = {(one.id, pose.t_ms): pose.points for one in chunk.tracklets for pose in one.poses}
    told: dict[int, list[_Known]] = {}
    for t_ms, heads in _followed(chunk.moments, poses).items():
        for one, each in heads.items():
            told.setdefault(one, []).append(_Known(t_ms, each.area))
    found: dict[int, list[_Known]] = {}
    for moment in chunk.moments:
        for seen in moment.boxes:
            known = _beside(told.get(seen.id, ()), moment.t_ms)
            area = _least(seen.box, moment.t_ms, known, poses.get((seen.id, moment.t_ms)))
            found.setdefault(seen.id, []).append(_Known(moment.t_ms, area))
    return found


def _followed(moments: Sequence[Moment], poses: Poses) -> dict[int, dict[int, Told]]:
    """The heads that are told, by time and tracklet. A face that was somebody's is so at the next moment too, and was
    at the one before."""
    told = {moment.t_ms: _unclaimed(_told(moment, poses, {})) for moment in moments}
    for way in (moments, moments[::-1]):
        for near, moment in pairwise(way):
            if abs(moment.t_ms - near.t_ms) <= FOLLOWED_MS:
                known = {one: each.face for one, each in told[near.t_ms].items()}
                told[moment.t_ms] = _unclaimed(_told(moment, poses, known) | told[moment.t_ms])
    return told


def _told(moment: Moment, poses: Poses, beside: Mapping[int, Box | None]) -> dict[int, Told]:
    """By tracklet. ``beside``: their faces just before or after."""
    told: dict[int, Told] = {}
    for seen in moment.boxes:
        points = poses.get((seen.id, moment.t_ms))
        one = told_head(seen.box, points, moment.faces, beside.get(seen.id))
        if one is not None:
            told[seen.id] = one
    return told


def _unclaimed(told: Mapping[int, Told]) -> dict[int, Told]:
    """Those heads that no two people claim."""
    claimed = {
        one
        for pair in combinations(told, 2)
        if overlap(told[pair[0]].area, told[pair[1]].area) >= ONE_HEAD
        for one in pair
    }
    return {one: each for one, each in told.items() if one not in claimed}


def _least(box: Box, t_ms: int, told: Sequence[_Known], points: Sequence[KeyPoint] | None) -> Box:
    """The head at a moment as it is told then, or just before and after; else wherever it may be."""
    whole = head(box)
    if told and box.x2 - box.x1 > BROAD * (box.y2 - box.y1):
        area = around([grown(one.area, GROWTH * abs(one.t_ms - t_ms) / 1000) for one in told])
        return area if size(area) < size(whole) else whole
    may_be = joints_head(points)  # below a raised arm; a poor witness may add, and take nothing away
    return whole if may_be is None else around([whole, may_be])


def _beside(told: Sequence[_Known], t_ms: int) -> Sequence[_Known]:
    """What is told at a moment; else just before and just after it."""
    after = bisect_left(told, t_ms, key=lambda one: one.t_ms)
    if after < len(told) and told[after].t_ms == t_ms:
        return told[after : after + 1]
    both = told[max(0, after - 1) : after + 1]
    return both if len(both) == 2 and both[1].t_ms - both[0].t_ms <= BETWEEN_MS else ()


def _on_the_way(known: Sequence[_Known], t_ms: int) -> list[Box]:
    """The place before and the one after, and the one on the way; at either end the last one, growing."""
    after = bisect_right([one.t_ms for one in known], t_ms)
    if after == 0 or after == len(known):
        one = known[0] if after == 0 else known[-1]
        return [grown(one.area, GROWTH * abs(one.t_ms - t_ms) / 1000)]
    for low, high in pairwise(known[after - 1 : after + 1]):
        share = (t_ms - low.t_ms) / (high.t_ms - low.t_ms)
        way = Box(
            *(one * (1 - share) + other * share for one, other in zip(low.area, high.area, strict=True))
        )
        away = min(t_ms - low.t_ms, high.t_ms - t_ms) / 1000
        if high.t_ms - low.t_ms > GONE_MS:
            return [grown(one, GROWTH * away) for one in (low.area, way, high.area)]
        return [low.area, way, high.area]
    return []
