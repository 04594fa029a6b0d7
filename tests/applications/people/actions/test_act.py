from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from people_poses import BENT, LYING, REACHING, SITTING, STANDING, points, pose
from people_seen import body, chunk, times
from siseon.applications.people.actions.act import acted
from siseon.applications.people.contracts import Action, ChunkSeen, Similarity
from siseon.applications.people.merging.correcting import Identity, Piece
from siseon.applications.people.series import series_of
from siseon.contracts.wire import Box

SECONDS = 6
MOMENTS = times(0, SECONDS * 1_000)
Where = Callable[[int], float]


def scene(
    *people: tuple[Callable[[int], NDArray[np.float64]], Where], camera: Where | None = None
) -> tuple[Action, ...]:
    """Joints and place of each at a time; ``camera``: to where the picture has moved."""
    boxes: dict[int, dict[int, Box]] = {}
    poses = {}
    for number, (joints, where) in enumerate(people, 1):
        boxes[number] = {t: body(where(t)) for t in MOMENTS}
        poses[number] = [pose(t, moved_by(joints(t), where(t))) for t in MOMENTS]
    moved = {t: Similarity(1.0, 0.0, -camera(t), 0.0) for t in MOMENTS} if camera else None
    seen: ChunkSeen = chunk(0, boxes, poses=poses, length_ms=SECONDS * 1_000, camera=moved)
    identities = [Identity((Piece(0, SECONDS * 1_000, number),)) for number in boxes]
    return acted(series_of(identities, [seen]), size=(1280, 720), end_ms=SECONDS * 1_000).actions


def moved_by(joints: NDArray[np.float64], x: float) -> NDArray[np.float64]:
    return joints + np.array([x, 0, 0])


def still(places: dict[str, tuple[float, float]], **how: str) -> Callable[[int], NDArray[np.float64]]:
    return lambda _: points(places, **how)


def told(actions: tuple[Action, ...], person: int = 1) -> set[str]:
    return {one.action for one in actions if one.person == person}


@pytest.mark.parametrize(
    ("places", "action"),
    [(STANDING, "stand"), (SITTING, "sit"), (BENT, "bend"), (LYING, "lie")],
    ids=["stand", "sit", "bend", "lie"],
)
def test_a_posture_is_told_for_as_long_as_it_is_held(
    places: dict[str, tuple[float, float]], action: str
) -> None:
    (found,) = scene((still(places), lambda _: 300))
    assert (found.action, found.from_ms, found.to_ms) == (action, 0, SECONDS * 1_000)


@pytest.mark.parametrize("without", ["knee", "shoulder", "hip"])
def test_without_the_joints_that_it_rests_on_no_posture_is_told(without: str) -> None:
    legs = "ankle" if without == "knee" else None
    joints = points(STANDING, without=without)
    if legs:
        joints[[15, 16], 2] = 0.1
    assert told(scene((lambda _: joints, lambda _: 300))) == set()


def test_who_moves_upright_walks_and_who_is_fast_runs() -> None:
    assert told(scene((still(STANDING), lambda t: 100 + 0.12 * t))) == {"walk"}
    assert told(scene((still(STANDING), lambda t: 100 + 0.4 * t))) == {"run"}


def test_a_camera_that_moves_makes_nobody_walk() -> None:
    assert told(scene((still(STANDING), lambda t: 300 + 0.12 * t), camera=lambda t: 0.12 * t)) == {"stand"}


def test_who_walks_half_hidden_still_walks() -> None:
    joints = points(STANDING, without="knee")
    joints[[15, 16], 2] = 0.1
    assert told(scene((lambda _: joints, lambda t: 100 + 0.12 * t))) == {"walk"}


def test_a_stretched_arm_reaches_but_not_one_that_is_not_seen() -> None:
    assert told(scene((still(REACHING), lambda _: 300))) == {"stand", "reach"}
    assert told(scene((still(REACHING, without="wrist"), lambda _: 300))) == {"stand"}


def waving(t: int) -> NDArray[np.float64]:
    swing = 14 * np.sin(2 * np.pi * 1.3 * t / 1_000)
    return points(STANDING | {"right_elbow": (30, -160), "right_wrist": (30 + swing, -190)})


def test_a_raised_hand_waves_where_it_goes_to_and_fro() -> None:
    raised = points(STANDING | {"right_elbow": (30, -160), "right_wrist": (30, -190)})
    assert "wave" in told(scene((waving, lambda _: 300)))
    assert "wave" not in told(scene((lambda _: raised, lambda _: 300)))


def test_a_wave_cannot_be_told_from_one_pose_a_second() -> None:
    boxes = {1: {t: body(300) for t in MOMENTS}}
    poses = {1: [pose(t, moved_by(waving(t), 300)) for t in range(0, SECONDS * 1_000, 1_000)]}
    seen = chunk(0, boxes, poses=poses, length_ms=SECONDS * 1_000)
    series = series_of([Identity((Piece(0, SECONDS * 1_000, 1),))], [seen])
    assert told(acted(series, size=(1280, 720), end_ms=SECONDS * 1_000).actions) == {"stand"}


def test_one_who_walks_up_to_another_approaches_them_and_watches_them() -> None:
    actions = scene((still(STANDING), lambda t: 100 + 0.1 * t), (still(STANDING), lambda _: 900))
    partners = {(one.action, one.partner) for one in actions if one.person == 1 and one.partner}
    assert partners == {("approach", 2), ("watch", 2)}
    assert "approach" not in told(actions, 2)


def test_a_hand_on_anothers_shoulder_touches_them() -> None:
    actions = scene((still(REACHING), lambda _: 300), (still(STANDING), lambda _: 370))
    assert ("touch", 2) in {(one.action, one.partner) for one in actions}
    assert "touch" not in told(actions, 2)


def test_who_sits_at_a_table_is_not_touched_by_a_hand_that_passes_before_them() -> None:
    table = {"knee", "ankle"}

    def seen(places: dict[str, tuple[float, float]]) -> NDArray[np.float64]:
        found = points(places)
        found[[any(part in name for part in table) for name in places], 2] = 0.1
        return found

    reaching, still_one = seen(REACHING), seen(STANDING)
    brief = scene(
        (lambda t: reaching if 2_000 <= t < 4_000 else still_one, lambda _: 300),
        (lambda _: still_one, lambda _: 370),
    )
    held = scene((lambda _: reaching, lambda _: 300), (lambda _: still_one, lambda _: 370))

    assert "touch" not in told(brief)
    assert "touch" in told(held)  # six seconds on end


def test_legs_that_the_picture_cuts_off_are_not_told_from_where_a_network_guesses_them() -> None:
    guessed = points(STANDING | {"left_knee": (0, -96), "right_knee": (4, -96)}, x=150, y=352) * [2, 2, 1]
    boxes = {1: {t: Box(220, 300, 380, 710) for t in MOMENTS}}  # ends 10 of 720 pixels above the edge
    seen = chunk(0, boxes, poses={1: [pose(t, guessed) for t in MOMENTS]}, length_ms=SECONDS * 1_000)
    series = series_of([Identity((Piece(0, SECONDS * 1_000, 1),))], [seen])

    assert acted(series, size=(1280, 720), end_ms=SECONDS * 1_000).actions == ()


def test_hands_that_meet_for_a_moment_hand_over_and_hands_that_stay_touch() -> None:
    giving = points(STANDING | {"right_elbow": (30, -135), "right_wrist": (45, -120)})
    taking = points(
        {name: (-x, y) for name, (x, y) in STANDING.items()}
        | {"left_elbow": (-30, -135), "left_wrist": (-45, -120)}
    )

    def at(joints: NDArray[np.float64], rest: NDArray[np.float64]) -> Callable[[int], NDArray[np.float64]]:
        return lambda t: joints if 2_000 <= t < 4_000 else rest

    idle = points(STANDING), points({name: (-x, y) for name, (x, y) in STANDING.items()})
    brief = scene((at(giving, idle[0]), lambda _: 300), (at(taking, idle[1]), lambda _: 392))
    held = scene((lambda _: giving, lambda _: 300), (lambda _: taking, lambda _: 392))
    assert {(one.action, one.from_ms, one.to_ms) for one in brief if one.action == "hand_over"} == {
        ("hand_over", 2_000, 4_000)
    }
    assert "hand_over" not in told(held)
    assert "touch" in told(held)


def test_two_in_each_others_arms_hug() -> None:
    arms = {
        "left_elbow": (25, -150),
        "right_elbow": (25, -150),
        "left_wrist": (32, -135),
        "right_wrist": (32, -140),
    }
    mine = points(STANDING | arms)
    theirs = points({name: (-x, y) for name, (x, y) in (STANDING | arms).items()})
    actions = scene((lambda _: mine, lambda _: 300), (lambda _: theirs, lambda _: 330))
    assert ("hug", 2) in {(one.action, one.partner) for one in actions}
    assert ("hug", 1) in {(one.action, one.partner) for one in actions}


def test_somebody_who_is_far_behind_is_not_touched() -> None:
    behind = points(STANDING, x=370, y=240)
    boxes = {1: {t: body(300) for t in MOMENTS}, 2: {t: body(370, y=240) for t in MOMENTS}}
    poses = {
        1: [pose(t, points(REACHING, x=300)) for t in MOMENTS],
        2: [pose(t, behind) for t in MOMENTS],
    }
    seen = chunk(0, boxes, poses=poses, length_ms=SECONDS * 1_000)
    series = series_of([Identity((Piece(0, SECONDS * 1_000, number),)) for number in (1, 2)], [seen])
    assert "touch" not in told(acted(series, size=(1280, 720), end_ms=SECONDS * 1_000).actions)
