"""Real networks on a real clip: six people who come one after another."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from siseon.applications.people import People, PeopleOptions
from siseon.applications.people.contracts import ChunkSeen
from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.film.parts import VideoPart
from siseon.models import ModelManager

pytest.importorskip("trackers")


@pytest.fixture(scope="module")
def clip(test_data):
    return test_data / "video-dev/one-by-one-person-detection.mp4"


def _look(models: ModelManager, parts, **options) -> list[ChunkSeen]:
    async def run() -> list[ChunkSeen]:
        async with People(models, PeopleOptions(**options)) as people:
            return [one.data for one in await asyncio.gather(*(people(part) for part in parts))]

    return asyncio.run(run())


@pytest.fixture(scope="module")
def chunks(model_path, clip) -> list[ChunkSeen]:
    """Two seconds before somebody comes, and four while she stands there; read in the wrong order."""
    parts = [
        VideoPart(clip, number, start, start + 3_000)
        for number, start in ((2, 11_000), (0, 5_000), (1, 8_000))
    ]
    found = _look(ModelManager(search_path=[model_path]), parts, appearance="osnet-x0-25-msmt17", pose_rate=1)
    return sorted(found, key=lambda chunk: chunk.chunk)


def test_one_person_is_seen_from_when_she_comes(chunks) -> None:
    (first,) = chunks[0].tracklets
    times = [moment.t_ms for moment in chunks[0].moments if moment.boxes]

    assert first.id == 1
    assert 6_000 <= times[0] <= 6_800  # by eye: from picture 60 on, of ten a second
    assert times == list(range(times[0], 8_001, 200))
    assert [len(moment.boxes) for chunk in chunks[1:] for moment in chunk.moments] == [1] * 32


def test_chunks_meet_in_the_same_boxes(chunks) -> None:
    for before, after in itertools.pairwise(chunks):
        assert before.moments[-1].t_ms == after.moments[0].t_ms
        assert [one.box for one in before.moments[-1].boxes] == [one.box for one in after.moments[0].boxes]
        assert [one.score for one in before.moments[-1].boxes] == [
            one.score for one in after.moments[0].boxes
        ]


def test_a_chunk_holds_looks_and_poses_and_a_camera_that_stands(chunks) -> None:
    (tracklet,) = chunks[1].tracklets

    assert chunks[1].descriptor == "osnet-x0-25-msmt17"
    assert tracklet.appearance is not None
    assert tracklet.appearance.crops >= 6
    assert {8_000, 9_000, 10_000, 11_000} <= {pose.t_ms for pose in tracklet.poses}
    assert all(moment.camera == (1, 0, 0, 0) for moment in chunks[1].moments)


def test_a_chunk_that_is_done_again_alone_is_the_same_to_the_last_bit(chunks, model_path, clip) -> None:
    (again,) = _look(
        ModelManager(search_path=[model_path]),
        [VideoPart(clip, 1, 8_000, 11_000)],
        appearance="osnet-x0-25-msmt17",
    )

    assert again.model_dump_json() == chunks[1].model_dump_json()


def test_what_lies_behind_the_end_says_so(model_path, clip) -> None:
    behind = VideoPart(clip, 50, 500_000, 503_000)
    (seen,) = _look(ModelManager(search_path=[model_path]), [behind], pose=None, faces=None)

    assert seen.moments == ()
    assert [(one.what, one.reason) for one in seen.refused] == [("chunk", "failed")]


AGREED = """
everybody = true

[[consent]]
person = "both"
purposes = ["analysis", "expressions"]
given = 2020-01-01
until = 2100-01-01
under_14 = false
"""


def test_expressions_are_refused_without_the_joints_that_they_need(model_path, tmp_path) -> None:
    (tmp_path / "consent.toml").write_text(AGREED)
    options = PeopleOptions(pose=None, expressions="mini-xception", consent=str(tmp_path / "consent.toml"))

    with pytest.raises(InputError, match="the back of a head"):
        People(ModelManager(search_path=[model_path]), options)


def test_a_picture_is_refused_with_the_way_to_do_it(model_path) -> None:
    async def run() -> None:
        async with People(
            ModelManager(search_path=[model_path]), PeopleOptions(pose=None, faces=None)
        ) as people:
            await people(Encoded(b"\xff\xd8", "a.jpg"))

    with pytest.raises(InputError, match="in videos") as refused:
        asyncio.run(run())
    assert refused.value.code is FailureCode.unsupported_media
