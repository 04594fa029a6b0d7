"""In which order frames of a flight are taken."""

from __future__ import annotations

from applications.oilspill.slicks.flight import frame
from siseon.applications.oilspill.contracts import Fact, Metadata, OilSpillResult, Source
from siseon.applications.oilspill.order import in_order, seconds_of_video


def _frame(name: str, time: float | None = None, source: Source = "exif") -> OilSpillResult:
    facts = {} if time is None else {"time": Fact(value=time, source=source)}
    return frame(name, []).model_copy(update={"metadata": Metadata(facts=facts)})


def _names(*frames: OilSpillResult) -> list[str]:
    return [one.image_id for one in in_order(frames)]


def test_numbers_that_begin_anew_go_on_by_their_times() -> None:
    frames = [_frame("DJI_9999.JPG", 20), _frame("DJI_0001.JPG", 30), _frame("DJI_9998.JPG", 10)]
    assert _names(*frames) == ["DJI_9998.JPG", "DJI_9999.JPG", "DJI_0001.JPG"]


def test_without_times_the_numbers_of_names_count_and_a_frame_without_one_stays_where_it_was() -> None:
    assert _names(_frame("f-10.jpg"), _frame("f-9.jpg")) == ["f-9.jpg", "f-10.jpg"]
    frames = [_frame("f-1.jpg"), _frame("f-2.jpg", 50), _frame("f-3.jpg"), _frame("f-4.jpg", 40)]
    assert _names(*frames) == ["f-4.jpg", "f-1.jpg", "f-2.jpg", "f-3.jpg"]


def test_a_time_of_another_year_moves_no_frame() -> None:
    day = 1_777_000_000.0
    frames = [_frame(f"f-{n}.jpg", day + n if n != 2 else 3e8) for n in range(1, 6)]
    assert _names(*frames) == [f"f-{n}.jpg" for n in range(1, 6)]


def test_a_time_that_was_read_from_pixels_moves_no_frame() -> None:
    assert _names(_frame("f-1.jpg", 90, "overlay"), _frame("f-2.jpg", 50, "overlay")) == [
        "f-1.jpg",
        "f-2.jpg",
    ]


def test_moments_of_one_video_are_in_its_order_whatever_its_clock_says() -> None:
    first = _frame("a.ts#t=9.5", 100)
    frames = [first, _frame("a.ts#t=10.25", 90), _frame("a.ts#t=10.5")]
    assert _names(*reversed(frames)) == [one.image_id for one in frames]
    assert seconds_of_video(frames) == [9.5, 10.25, 10.5]
    assert seconds_of_video([first, _frame("b.ts#t=1.0")]) is None
    assert seconds_of_video([first, _frame("b.jpg")]) is None
