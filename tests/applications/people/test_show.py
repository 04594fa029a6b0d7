"""The chunks of a video, before anything looks at it."""

from __future__ import annotations

import pytest

from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.show import parts
from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import DEFAULT_BOUNDS
from video_files import film

DAY_MS = 86_400_000


def test_a_video_whose_times_jump_over_a_day_is_refused_before_it_is_cut_into_chunks(tmp_path) -> None:
    jumping = film(tmp_path / "a.mkv", [0, 100, 200, 2 * DAY_MS])

    with pytest.raises(InputError, match=r"lasts for 48\.0 hours") as refused:
        parts(PeopleOptions(), DEFAULT_BOUNDS, jumping)
    assert refused.value.code is FailureCode.corrupt_image


def test_chunks_cover_a_video_to_its_end(tmp_path) -> None:
    found = parts(
        PeopleOptions(chunk_s=2), DEFAULT_BOUNDS, film(tmp_path / "a.mp4", list(range(0, 5_000, 100)))
    )

    assert [one.start_ms for one in found] == [0, 2_000, 4_000]
    assert [one.end_ms for one in found[:2]] == [2_000, 4_000]
    assert 4_900 < found[2].end_ms <= 5_000
