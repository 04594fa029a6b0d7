"""One person's boxes and poses over time, put together from the tracklets of several chunks."""

from __future__ import annotations

from people_poses import STANDING, points, pose
from people_seen import body, chunk, times
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.merging.correcting import Identity, Piece
from siseon.applications.people.series import series_of

BORDER = 2_000


def two_chunks() -> list[ChunkSeen]:
    """Somebody whose box and pose at the border differ between the chunks, as a tracker's smoothing makes them."""
    made = []
    for number, x in ((0, 300.0), (1, 310.0)):
        boxes = {t: body(x) for t in times(number * BORDER, (number + 1) * BORDER)}
        poses = {1: [pose(BORDER, points(STANDING, x=x))]}
        made.append(chunk(number, {1: boxes}, poses=poses))
    return made


def test_at_a_border_the_box_and_the_pose_of_the_chunk_before_count_and_each_once() -> None:
    one = Identity((Piece(0, BORDER, 1), Piece(BORDER, 2 * BORDER, 1001)))

    (series,) = series_of([one], two_chunks())

    assert series.t_ms.tolist() == list(times(0, 2 * BORDER))
    assert series.boxes[series.t_ms == BORDER].tolist() == [list(body(300))]
    assert series.boxes[series.t_ms == BORDER + 200].tolist() == [list(body(310))]
    assert series.pose_ms.tolist() == [BORDER]
    assert series.points[0, 0, 0] == 300 + STANDING["nose"][0]


def test_of_a_tracklet_that_was_split_each_has_its_own_part() -> None:
    first, second = Identity((Piece(0, 999, 1),)), Identity((Piece(1_000, BORDER, 1),))

    one, other = series_of([first, second], two_chunks())

    assert one.t_ms.tolist() == list(times(0, 800))
    assert other.t_ms.tolist() == list(times(1_000, BORDER))
