"""How well actions are told, on stick figures: ``python benchmarks/people/actions.py [--scenes 20] [--usual]``.

A scene is two figures (``figures.py``) for six seconds: one does something, or something to the other, who stands.
Seconds at its edges do not count. Without ``--usual`` the figures move in manners that no rule was tuned on.
*Right*: of the seconds in which it is done, those in which it is said; *false*: of the seconds of scenes in which it is
not, those in which it is said; *unknown*: seconds in which no posture is told. Waves are seen from in front.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from siseon.applications.people.actions.act import acted
from siseon.applications.people.contracts import (
    POSTURES,
    ChunkSeen,
    KeyPoint,
    Moment,
    Pose,
    SeenBox,
    Tracklet,
)
from siseon.applications.people.merging.correcting import Identity, Piece
from siseon.applications.people.series import Series, series_of
from siseon.contracts.wire import Box

sys.path.insert(0, str(Path(__file__).parent))

from figures import (
    ACTIONS_ALONE,
    ACTIONS_TOGETHER,
    HEIGHT,
    SHOULDER,
    TRUNK,
    WIDTH,
    Limbs,
    Manner,
    joints,
    looking_down,
    moved,
    seen,
)

SECONDS, STEP_MS = 6, 200
USUAL, UNUSUAL = 0, 500_000
"""First seeds."""
DOER, OTHER = 1, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=20, help="of each action")
    parser.add_argument("--usual", action="store_true", help="the manners that rules were tuned on")
    parser.add_argument("--pose-ms", type=int, default=200, help="between two poses")
    asked = parser.parse_args()
    said, done = defaultdict(int), defaultdict(int)
    unknown = right = wrong = 0
    confused = defaultdict(int)
    for number, action in enumerate(ACTIONS_ALONE + ACTIONS_TOGETHER):
        for at in range(asked.scenes):
            people, turned = scene(action, number * 1_000 + at, usual=asked.usual, pose_ms=asked.pose_ms)
            looks = 15 < turned < 165
            found = acted(people, size=(WIDTH, HEIGHT), end_ms=SECONDS * 1000).actions
            for tick in range(1, SECONDS - 2 if action == "hand_over" else SECONDS - 1):
                here = [one for one in found if one.from_ms <= tick * 1000 < one.to_ms and one.person == DOER]
                names = {one.action for one in here}
                done[action] += 1
                for name in names - ({"watch"} if looks and action != "watch" else set()):
                    said[name, action] += 1
                held = next(iter(names & set(POSTURES)), None)
                true = action if action in POSTURES else "walk" if action == "approach" else "stand"
                unknown += held is None
                right += held == true
                wrong += held not in (None, true)
                if held not in (None, true):
                    confused[true, held, action] += 1
    print("| action | right | false |")
    print("|---|---|---|")
    for action in ACTIONS_ALONE + ACTIONS_TOGETHER:
        others = [name for name in done if name != action and not _goes_with(action, name)]
        false = sum(said[action, name] for name in others) / sum(done[name] for name in others)
        print(f"| {action} | {said[action, action] / done[action]:.3f} | {false:.3f} |")
    total = right + wrong + unknown
    print(
        f"\nposture: {right / (right + wrong):.3f} right of those told, {unknown / total:.3f} unknown, {total} seconds"
    )
    print("postures confused (true, told, scene):", _most(confused))
    print("said wrongly (told, scene):", _most({
        (name, of): count for (name, of), count in said.items()
        if name != of and name not in POSTURES and not _goes_with(name, of)
    }))  # fmt: skip


def _most(counts: dict[tuple[str, ...], int]) -> str:
    return ", ".join(
        f"{' '.join(key)} {count}" for key, count in sorted(counts.items(), key=lambda pair: -pair[1])[:8]
    )


def _goes_with(action: str, scene_of: str) -> bool:
    """Whether it is right to say the one in a scene of the other."""
    if action == "stand":
        return scene_of not in POSTURES and scene_of != "approach"
    with_it = {
        "walk": ("approach",),
        "reach": ("wave", "touch", "hug", "hand_over"),
        "touch": ("hug", "hand_over"),
        "watch": ("approach", "touch", "hug", "hand_over"),
        "approach": ("walk", "run"),
    }
    return scene_of in with_it.get(action, ())


def scene(action: str, seed: int, *, usual: bool, pose_ms: int) -> tuple[tuple[Series, ...], float]:
    """Two figures for six seconds, and where the doer faces: degrees, 90 is towards the other."""
    rng = np.random.default_rng((USUAL if usual else UNUSUAL) + seed)
    draw = Manner.usual if usual else Manner.unusual
    doer, other = draw(rng), draw(rng)
    if action in ("touch", "hug", "hand_over"):  # or they would have to bend
        other = replace(other, tall=doer.tall * rng.uniform(0.67, 1.5))
    depth, phase = rng.uniform(5.2, 7.5), rng.uniform(0, 6)
    facing = float(rng.choice([0, 60, 90, -60, -90])) + rng.uniform(-20, 20)
    place, far = np.array([rng.uniform(-0.5, 0.0), 0.0, depth]), np.array([rng.uniform(1.3, 1.8), 0.0, depth])
    down = looking_down(doer.eye, depth)
    moments, poses, facings = [], {DOER: [], OTHER: []}, []
    for t_ms in range(0, SECONDS * 1000 + 1, STEP_MS):
        t = t_ms / 1000.0
        figures = staged(action, doer, other, place, far, facing, t, phase)
        facings.append(figures[0][2])
        boxes = []
        for number, (points, manner, turned) in enumerate(figures, DOER):
            found, box = seen(points, manner, turned, doer.eye, down, rng)
            boxes.append(SeenBox(id=number, box=Box(*(float(value) for value in box)), score=0.9))
            if t_ms % pose_ms == 0:
                marks = tuple(KeyPoint(*(float(value) for value in point)) for point in found)
                poses[number].append(Pose(t_ms=t_ms, points=marks))
        moments.append(Moment(t_ms=t_ms, boxes=tuple(boxes)))
    end = SECONDS * 1000
    tracklets = tuple(Tracklet(id=id, poses=tuple(poses[id])) for id in (DOER, OTHER))
    chunk = ChunkSeen(
        chunk=0,
        start_ms=0,
        end_ms=end,
        width=WIDTH,
        height=HEIGHT,
        moments=tuple(moments),
        tracklets=tracklets,
    )
    return series_of([Identity((Piece(0, end, id),)) for id in (DOER, OTHER)], [chunk]), facings[0]


def staged(
    action: str,
    doer: Manner,
    other: Manner,
    place: np.ndarray,
    far: np.ndarray,
    facing: float,
    t: float,
    phase: float,
) -> list[tuple[np.ndarray, Manner, float]]:
    """Joints, manner and facing of the doer and of the other, who stands and looks at the camera."""
    mine, theirs = moved(action, doer, t, phase), moved("stand", other, t, phase)
    turned, other_turned = facing, 0.0
    if action in ("walk", "run"):
        speed = (doer.walk if action == "walk" else doer.run) * doer.begins_to_run
        way = np.array([np.sin(np.radians(facing)), 0.0, -np.cos(np.radians(facing)) * 0.5])
        place = place - way * speed * (SECONDS / 2 - t) + np.array([0, 0, 1.5 if action == "walk" else 5.0])
        far = far + np.array([4.0, 0, 3.0])
    elif action == "wave":
        turned = facing / 2
    elif action == "reach":
        turned = 90.0 if facing > 0 else -90.0
        far = far + np.array([2.0, 0, 2.0])
    elif action == "approach":
        place = far - np.array([0.6 + doer.walk * doer.begins_to_run * (SECONDS - t), 0.0, 0.0])
        turned = 90.0
    elif action == "watch":
        turned, mine.head = 45.0, 30.0
    elif action in ("touch", "hug", "hand_over"):
        apart = {"touch": 0.24, "hug": 0.14, "hand_over": 0.36}[action] * (doer.tall + other.tall) / 2
        place = far - np.array([apart, 0.0, 0.0])
        turned, other_turned = (90.0, 0.0) if action == "touch" else (90.0, -90.0)
        for limbs in (mine, theirs):
            limbs.shoulders, limbs.elbows = [0.0, 0.0], [10.0, 10.0]
        _hands(action, mine, theirs, doer, other, place, far, t)
    return [
        (joints(mine, doer.tall, place, turned), doer, turned),
        (joints(theirs, other.tall, far, other_turned), other, other_turned),
    ]


def _hands(
    action: str,
    mine: Limbs,
    theirs: Limbs,
    doer: Manner,
    other: Manner,
    place: np.ndarray,
    far: np.ndarray,
    t: float,
) -> None:
    """Sets the hands to where they meet the other."""

    def at(where: np.ndarray, tall: float, up: float, aside: float = 0.0) -> np.ndarray:
        return where + np.array([aside, up * tall, 0.0])

    chest = 0.49 + 0.04 + TRUNK * 0.7
    if action == "touch":
        mine.hands[1] = at(far, other.tall, chest, -SHOULDER * other.tall)
    elif action == "hug":
        mine.hands = [at(far, other.tall, chest - 0.05 * side, 0.06) for side in (0, 1)]
        theirs.hands = [at(place, doer.tall, chest - 0.05 * side, -0.06) for side in (0, 1)]
    elif 1.0 <= t < 4.0:
        up = (doer.tall + other.tall) / 2 * (chest - 0.08)
        meet = (place + far) / 2 + np.array([0, up, 0])
        mine.hands[1], theirs.hands[0] = meet, meet


if __name__ == "__main__":
    main()
