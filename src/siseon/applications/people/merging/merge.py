"""Fragments of one person become one, nearest pair first, as long as nothing forbids it and nobody else could be meant.

Two tracks are joined where they look alike, no veto stands between any members of their groups, and neither looks
nearly as much like somebody who cannot be the other: a guess between two is refused and said, not made. Tracks of few
boxes prove nothing: they join a person at the end, if exactly one can be theirs, and else are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.contracts import Refusal
from siseon.applications.people.merging.groups import Groups
from siseon.applications.people.merging.likeness import distances, robust_mean
from siseon.applications.people.merging.tracks import Track
from siseon.applications.people.merging.vetoes import Vetoes, vetoes

MOST_TRACKS = 2_000
"""That are compared, the longest: memory and time grow with the square of it."""
MOST_SAID = 200
"""Pairs that look alike and were not joined, in the result."""
NEVER = np.inf


@dataclass(frozen=True, slots=True)
class MergeRules:
    """What is alike enough. Distances are Euclidean between unit vectors: 0 to 2."""

    same_within: float = 0.7
    """The most between two that are one."""
    margin: float = 0.15
    """By which the next who could be meant must be farther, as a share of ``same_within``: looks of few colours lie
    nearer to each other than those of a network, all of them."""
    of_stranger: float = 0.9
    """The most, as a share of the distance to the most alike that was seen together with either: who certainly is
    another shows how near strangers come in this video."""
    least_boxes: int = 10
    """Below, a track does not count as somebody."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Indices into the tracks that were given."""

    people: tuple[tuple[int, ...], ...]
    """In order of their first tracks."""
    left_out: tuple[int, ...]
    refused: tuple[Refusal, ...]


def merged(tracks: Sequence[Track], rules: MergeRules = MergeRules()) -> Merged:
    """The people that ``tracks``, in order of (first moment, first id), are of."""
    order = sorted(range(len(tracks)), key=lambda at: (-len(tracks[at].t_ms), at))
    known, surplus = sorted(order[:MOST_TRACKS]), sorted(order[MOST_TRACKS:])
    some = [tracks[at] for at in known]
    if not some:
        return Merged((), (), ())
    forbidden = vetoes(some)
    groups = Groups(forbidden.any)
    counts = [len(track.t_ms) >= rules.least_boxes for track in some]
    described = [len(track.vectors) > 0 for track in some]
    matching = _Matching(
        some, groups, forbidden, rules, [a and b for a, b in zip(counts, described, strict=True)]
    )
    matching.agglomerate()
    refused = matching.refusals()
    short = [at for at, count in enumerate(counts) if not count]
    matching.attach([at for at in short if described[at]])
    alone = {group[0] for group in groups.members() if len(group) == 1}
    left = {at for at in short if groups.root(at) in alone}
    people = [group for group in groups.members() if group[0] not in left]
    refused += [
        *(_left(some[at], "too_short", f"{len(some[at].t_ms)} boxes") for at in sorted(left)),
        *(_left(tracks[at], "too_many", f"only {MOST_TRACKS} are compared") for at in surplus),
    ]
    return Merged(
        tuple(tuple(known[at] for at in group) for group in people),
        tuple(sorted([*(known[at] for at in left), *surplus])),
        tuple(refused),
    )


def _left(track: Track, reason: Literal["too_short", "too_many"], detail: str) -> Refusal:
    return Refusal(what="tracklet", reason=reason, ids=track.sub_ids[:100], detail=detail)


class _Matching:
    """The state of one agglomeration: means and distances of groups that still stand, by their roots."""

    def __init__(
        self,
        tracks: Sequence[Track],
        groups: Groups,
        forbidden: Vetoes,
        rules: MergeRules,
        evidence: Sequence[bool],
    ) -> None:
        self._tracks, self._groups, self._rules, self._vetoes = tracks, groups, rules, forbidden
        self._together = forbidden.together.copy()
        size = max((track.vectors.shape[1] for track in tracks if len(track.vectors)), default=1)
        self._means = np.zeros((len(tracks), size))
        self._distance = np.full((len(tracks), len(tracks)), NEVER)
        self._standing = np.array(evidence, bool)
        self._members = {at: [at] for at in range(len(tracks))}
        for at, track in enumerate(tracks):
            if evidence[at]:
                self._means[at] = robust_mean([track])
        standing = np.flatnonzero(self._standing)
        self._distance[np.ix_(standing, standing)] = distances(self._means[standing], self._means[standing])
        np.fill_diagonal(self._distance, NEVER)
        self._open = np.where(groups.roots_apart, NEVER, self._near(self._distance))

    def agglomerate(self) -> None:
        """Unites all that can be, nearest first; of equal ones the earliest."""
        unsure: list[tuple[int, int]] = []
        changed = False
        while True:
            one, other = (int(at) for at in np.unravel_index(self._open.argmin(), self._open.shape))
            if self._open[one, other] == NEVER:
                if not changed:
                    return
                self._reopen(unsure)  # who could be meant may be somebody else by now
                unsure, changed = [], False
            elif self._doubt(one, other) is None:
                self._unite(one, other)
                changed = True
            else:
                unsure.append((one, other))
                self._open[one, other] = self._open[other, one] = NEVER

    def attach(self, short: Sequence[int]) -> None:
        """Each track that proves nothing by itself to the one group that it can be of; nearest first."""
        groups = np.flatnonzero(self._standing)
        if not short or len(groups) == 0:
            return
        rules, waiting = self._rules, np.ones(len(short), bool)
        far = distances(np.array([robust_mean([self._tracks[at]]) for at in short]), self._means[groups])
        while True:
            mine, theirs = ([self._groups.root(int(at)) for at in several] for several in (short, groups))
            free = waiting[:, None] & ~self._groups.roots_apart[np.ix_(mine, theirs)]
            ways = np.sort(np.where(free, far, NEVER), axis=1)
            sure = ways[:, 0] <= rules.same_within
            if ways.shape[1] > 1:
                sure &= ways[:, 1] >= ways[:, 0] + rules.margin * rules.same_within
            if not sure.any():
                return
            at = int(np.where(sure, ways[:, 0], NEVER).argmin())
            self._groups.unite(int(groups[np.where(free[at], far[at], NEVER).argmin()]), short[at])
            waiting[at] = False

    def refusals(self) -> list[Refusal]:
        """Who looks alike and was not united, though not seen together; the nearest ones."""
        near = np.triu(self._distance <= self._rules.same_within) & ~self._together
        pairs = sorted(
            (float(self._distance[one, other]), int(one), int(other)) for one, other in np.argwhere(near)
        )
        return [self._refusal(one, other) for _, one, other in pairs[:MOST_SAID]]

    def _doubt(self, one: int, other: int) -> str | None:
        """Why two groups that may be one are not sure to be; None: they are."""
        rules, far = self._rules, float(self._distance[one, other])
        apart = self._groups.roots_apart
        for this, that in ((one, other), (other, one)):
            rivals = self._standing & apart[that] & ~apart[this]
            rivals[[this, that]] = False
            if (self._distance[this][rivals] < far + rules.margin * rules.same_within).any():
                return "somebody else is as like"
            strangers = self._standing & self._together[this]
            if strangers.any() and far > rules.of_stranger * float(self._distance[this][strangers].min()):
                return "no more alike than two who were seen together"
        return None

    def _refusal(self, one: int, other: int) -> Refusal:
        reason: Literal["unsure", "too_fast", "other_size"] = "unsure"
        if self._groups.apart(one, other):
            pairs = np.ix_(self._members[one], self._members[other])
            reason = "too_fast" if self._vetoes.too_fast[pairs].any() else "other_size"
        return Refusal(
            what="merge",
            reason=reason,
            ids=(self._tracks[one].sub_ids[0], self._tracks[other].sub_ids[0]),
            detail=self._doubt(one, other) or "" if reason == "unsure" else "",
        )

    def _reopen(self, pairs: Sequence[tuple[int, int]]) -> None:
        for one, other in pairs:
            if self._standing[one] and self._standing[other] and not self._groups.apart(one, other):
                self._open[one, other] = self._open[other, one] = self._near(self._distance[one, other])

    def _near(self, far: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of distances, those that are near enough; the others are ``NEVER``."""
        return np.where(far <= self._rules.same_within, far, NEVER)

    def _unite(self, one: int, other: int) -> None:
        low = self._groups.unite(one, other)
        self._stand(low, one, other)
        self._means[low] = robust_mean([self._tracks[at] for at in self._members[low]])
        roots = np.flatnonzero(self._standing)
        far = distances(self._means[low][None], self._means[roots])[0]
        far[roots == low] = NEVER
        self._distance[low, roots] = self._distance[roots, low] = far
        may = np.where(self._groups.roots_apart[low, roots], NEVER, self._near(far))
        self._open[low, roots] = self._open[roots, low] = may

    def _stand(self, low: int, one: int, other: int) -> None:
        """The group of ``low`` stands for both from here on."""
        high = one if low == other else other
        self._members[low] = sorted([*self._members[one], *self._members[other]])
        self._together[low] |= self._together[high]
        self._together[:, low] |= self._together[:, high]
        self._standing[high] = False
        for matrix in (self._distance, self._open):
            matrix[high] = matrix[:, high] = NEVER
