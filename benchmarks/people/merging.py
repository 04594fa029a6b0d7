"""How well fragments of people are put together: ``python benchmarks/people/merging.py [--films 20] [--tune]``.

Made-up videos (``walkers.py``) of two minutes in styles from calm to a crowd. A pair of tracks is counted as joined
rightly or wrongly by the true person of most of its boxes. *Cut*: every track of at least 16 seconds loses 1 to 6
seconds in its middle; how many of those find together again. ``--tune`` takes the videos that the rules were chosen on.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.merging.merge import MergeRules, merged
from siseon.applications.people.merging.tracks import Track, tracks_of

sys.path.insert(0, str(Path(__file__).parent))

from walkers import Film, Style, film

HARD = Style(view=0.5, noise=0.35)
STYLES = {
    "calm": Style(people=3, view=0.4, noise=0.25),
    "ordinary": HARD,
    "alike": replace(HARD, kin=0.6, families=1),
    "twins": replace(HARD, kin=0.25, families=3, people=4),
    "crowd": replace(HARD, people=12),
    "shaken": replace(HARD, shake_px=15.0, pan_px=6.0),
    "noisy": replace(HARD, view=0.6, noise=0.6),
    "often away": replace(HARD, away=0.6),
    "in turns": replace(HARD, away=0.85, people=8, families=8),
    "weak descriptor": replace(HARD, strangers=0.5, kin=0.4, view=0.25, noise=0.18),
}
TUNED_ON, HELD_OUT = 0, 1_000
"""First seeds."""
CUT_FROM_MS = 16_000
LONGEST_GAP_MS = 6_000


@dataclass(frozen=True, slots=True)
class Count:
    """Pairs of tracks."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    together: int = 0
    """Joined though they were seen together."""

    def __add__(self, other: Count) -> Count:
        return Count(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.together + other.together,
        )

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=20, help="of each style")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--within", type=float, default=MergeRules().same_within)
    parser.add_argument("--margin", type=float, default=MergeRules().margin)
    parser.add_argument("--stranger", type=float, default=MergeRules().of_stranger)
    asked = parser.parse_args()
    rules = MergeRules(same_within=asked.within, margin=asked.margin, of_stranger=asked.stranger)
    first = TUNED_ON if asked.tune else HELD_OUT
    print("| style | precision | recall | together | cut: precision | cut: recall | people found | true |")
    print("|---|---|---|---|---|---|---|---|")
    totals = [Count(), Count(), Count()]
    for name, style in STYLES.items():
        whole, cut, halves, found, true = Count(), Count(), Count(), 0, 0
        for seed in range(first, first + asked.films):
            made = film(seed, style)
            tracks, people = put_together(made.chunks, rules)
            whole += counted(tracks, people, made.truth)
            found += len(people)
            true += len(set(made.truth.values()))
            all_pairs, pairs = cut_and_joined(made, tracks, seed, rules)
            cut, halves = cut + all_pairs, halves + pairs
        totals = [one + more for one, more in zip(totals, (whole, cut, halves), strict=True)]
        print(f"| {name} | {_row(whole, cut, halves)} | {found} | {true} |")
    print(f"| all | {_row(*totals)} | | |")


def _row(whole: Count, cut: Count, halves: Count) -> str:
    return (
        f"{whole.precision:.4f} | {whole.recall:.3f} | {whole.together + cut.together}"
        f" | {cut.precision:.4f} | {halves.recall:.3f} of {halves.right + halves.missed}"
    )


def put_together(
    chunks: Sequence[ChunkSeen], rules: MergeRules
) -> tuple[Sequence[Track], Sequence[Sequence[int]]]:
    tracks, _ = tracks_of(chunks)
    return tracks, merged(tracks, rules).people


def counted(tracks: Sequence[Track], people: Iterable[Sequence[int]], truth: dict[int, int]) -> Count:
    """Over pairs of tracks that count as somebody."""
    owner = {
        at: Counter(truth[id] for id in track.sub_ids).most_common(1)[0][0] for at, track in enumerate(tracks)
    }
    person = {at: number for number, group in enumerate(people) for at in group}
    count = Count()
    for one, other in combinations(sorted(person), 2):
        joined, same = person[one] == person[other], owner[one] == owner[other]
        (low, high), (start, end) = tracks[one].span, tracks[other].span
        meet = joined and low <= end and start <= high
        count += Count(joined and same, joined and not same, same and not joined, meet)
    return count


def cut_and_joined(made: Film, tracks: Sequence[Track], seed: int, rules: MergeRules) -> tuple[Count, Count]:
    """Of all pairs of the cut video; of those pairs that a cut made."""
    rng = np.random.default_rng([seed, 99])
    chunks, halves = made.chunks, []
    for track in tracks:
        low, high = track.span
        if high - low >= CUT_FROM_MS:
            start = int(rng.integers(low + 4000, high - 4000 - LONGEST_GAP_MS))
            end = start + int(rng.integers(1000, LONGEST_GAP_MS))
            chunks = without(chunks, set(track.sub_ids), start, end)
            halves.append((track.sub_ids, start, end))
    ids = {id for chunk in chunks for id in (one.id for one in chunk.tracklets)}
    truth = made.truth | {id: made.truth[id - 500] for id in ids if id % 1000 >= 500}
    again, people = put_together(chunks, rules)
    person = {id: number for number, group in enumerate(people) for at in group for id in again[at].sub_ids}
    count = Count()
    for sub_ids, start, end in halves:
        before = [id for id in sub_ids if id in person and _times(chunks, id)[-1] < start]
        after = [
            id
            for id in (*sub_ids, *(id + 500 for id in sub_ids))
            if id in person and _times(chunks, id)[0] > end
        ]
        if before and after:
            joined = person[before[0]] == person[after[-1]]
            count += Count(joined, 0, not joined)
    return counted(again, people, truth), count


def without(chunks: Sequence[ChunkSeen], ids: set[int], start: int, end: int) -> tuple[ChunkSeen, ...]:
    """The chunks without these tracklets from ``start`` to ``end``; what follows in the same chunk has another id."""
    made = []
    for chunk in chunks:
        moments, kept = [], {}
        looks = {one.id: one for one in chunk.tracklets}
        for moment in chunk.moments:
            boxes = []
            for box in moment.boxes:
                if box.id not in ids or moment.t_ms < start:
                    kept[box.id] = looks[box.id]
                    boxes.append(box)
                elif moment.t_ms > end:
                    other = box.id + 500 if chunk.start_ms <= end else box.id
                    kept[other] = looks[box.id].model_copy(update={"id": other})
                    boxes.append(box.model_copy(update={"id": other}))
            moments.append(moment.model_copy(update={"boxes": tuple(sorted(boxes, key=lambda box: box.id))}))
        tracklets = tuple(kept[id] for id in sorted(kept))
        made.append(chunk.model_copy(update={"moments": tuple(moments), "tracklets": tracklets}))
    return tuple(made)


def _times(chunks: Sequence[ChunkSeen], id: int) -> list[int]:
    chunk = chunks[id // 1000]
    return [moment.t_ms for moment in chunk.moments for box in moment.boxes if box.id == id]


if __name__ == "__main__":
    main()
