"""The map of a flight while its job goes on: each result read once, bad ones counted, drawn anew now and then."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from siseon.console.api import Api
from siseon.console.jobs.known import Job
from siseon.console.oil import answer
from siseon.console.oil.growing import AT_A_TIME, MOST_BYTES, MOST_FRAMES, Growing

HERE = (126.12, 36.84)
SQUARE = ((0.0, 0.0), (0.001, 0.0), (0.001, 0.001), (0.0, 0.001), (0.0, 0.0))


def ring(east: float) -> list[list[float]]:
    return [[HERE[0] + east + x, HERE[1] + y] for x, y in SQUARE]


def answered(number: int, *, corners: int = 0) -> bytes:
    where = {"corners": ring(number * 0.001), "ce90_m": 5.0, "interpolated": False, "gsd_m": 0.3}
    round_one = [[HERE[0], HERE[1]]] * corners or ring(number * 0.001)
    pieces = [
        {"sea_class": "emulsion", "score": 0.9, "area_m2": area, "rings": [outline]}
        for area, outline in ((50.0, ring(number * 0.001)), (90.0, round_one))
    ]
    data = {
        "image_id": f"{number}.jpg",
        "verdict": "oil",
        "slicks": [*pieces, {"sea_class": "sheen", "score": 0.5, "rings": None}],
        "metadata": {
            "facts": {
                "longitude": {"value": HERE[0] + number * 0.001, "source": "exif"},
                "latitude": {"value": HERE[1], "source": "exif"},
            }
        },
        "time": f"2026-06-01T03:{59 - number % 60:02}:00Z",
        "georeference": where,
    }
    return json.dumps({"data": data, "models": []}).encode()


class Service:
    """A job of which so many frames are answered, and counts what is asked."""

    def __init__(self, results: dict[int, bytes]) -> None:
        self.results, self.asked = results, 0
        self.slow: int | None = None
        """The first one who asks for its result gets none."""
        self.entered = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        request = Request(scope)
        if request.url.path == "/v1/jobs/j/items":
            assert request.query_params["state"] == "done"
            most = int(request.query_params["limit"])
            body = json.dumps([item(number) for number in sorted(self.results)[:most]]).encode()
            await Response(body)(scope, receive, send)
            return
        number = int(request.url.path.rpartition("/")[2])
        if number == self.slow:
            self.slow = None
            self.entered.set()
            await asyncio.Event().wait()
        await Response(self.results[number])(scope, receive, send)


def item(number: int) -> dict[str, object]:
    told = {"number": number, "input": f"{number}.jpg", "state": "done", "attempt": 1, "failure": None}
    return told | {"result": f"/result/{number}", "files": [], "picture": None, "unedited": []}


def job(done: int, total: int = 1000) -> Job:
    figures = {"workers": 1, "total": total, "done": done, "failed": 0, "cancelled": 0, "last_event": done}
    told = {"rate_per_s": None, "left_s": None, "options": {}, "files": {}, "conclusion": None}
    return Job.model_validate(
        {"id": "j", "application": "oilspill", "state": "running", "created_at": "2026-06-01T00:00:00Z"}
        | {"results": "/r", "events": "/e"}
        | figures
        | told
    )


def grows(count: int) -> tuple[Growing, Service]:
    service = Service({number: answered(number) for number in range(count)})
    return Growing(Api(service, None)), service


async def test_each_result_is_read_once_for_all_pages_and_a_map_is_drawn_anew_when_there_is_a_tenth_more() -> (
    None
):
    growing, service = grows(20)
    first = await growing.of(job(20))
    assert first.sheet is not None
    assert (len(first.sheet.frames), len(first.sheet.slicks), service.asked) == (20, 40, 21)
    assert await growing.of(job(20)) is first, "another page asks nothing"
    assert service.asked == 21
    service.results[20] = answered(20)
    assert await growing.of(job(21)) is first, "one of twenty is not worth a map"
    service.results[21] = answered(21)
    second = await growing.of(job(22))
    assert second.sheet is not None
    assert len(second.sheet.frames) == 22
    assert service.asked == 25
    at = {shape.number: shape.path for shape in second.sheet.frames}
    assert all(at[shape.number] == shape.path for shape in first.sheet.frames), (
        "what was drawn stays where it was"
    )
    service.results[22] = answered(22)
    last = await growing.of(job(23, total=23))
    assert len(last.flight.frames) == 23, "the last one is drawn"


async def test_many_results_are_read_in_parts_up_to_a_bound() -> None:
    growing, service = grows(MOST_FRAMES + 10)
    part = await growing.of(job(MOST_FRAMES + 10))
    assert (len(part.flight.frames), part.more) == (AT_A_TIME, True)
    while part.more:
        part = await growing.of(job(MOST_FRAMES + 10))
    assert len(part.flight.frames) == MOST_FRAMES
    asked = service.asked
    assert await growing.of(job(MOST_FRAMES + 11)) is part
    assert service.asked == asked


async def test_a_result_that_cannot_be_drawn_is_counted_and_the_others_are_drawn() -> None:
    growing, service = grows(4)
    service.results |= {0: b'{"data": 1}', 1: b" " * (MOST_BYTES + 1)}
    grown = await growing.of(job(4))
    assert (grown.unread, len(grown.flight.frames)) == (2, 2)


async def test_a_page_that_is_interrupted_while_it_reads_leaves_no_frame_out() -> None:
    growing, service = grows(4)
    service.slow = 2
    page = asyncio.create_task(growing.of(job(4)))
    await service.entered.wait()
    page.cancel()
    with pytest.raises(asyncio.CancelledError):
        await page
    grown = await growing.of(job(4))
    assert sorted(frame.image for frame, _ in grown.flight.frames) == [f"{number}.jpg" for number in range(4)]


async def test_the_course_goes_by_time_and_frames_keep_the_numbers_in_which_they_came() -> None:
    growing, _ = grows(3)
    grown = await growing.of(job(3))
    assert grown.sheet is not None
    assert [frame.image for frame, _ in grown.flight.frames] == ["0.jpg", "1.jpg", "2.jpg"]
    first, *_, last = [float(point.split()[0]) for point in grown.sheet.course[1:].split("L")]
    assert first > last, "the last one was taken first, in the east"


def test_of_a_frame_the_largest_outlines_are_kept_within_a_bound() -> None:
    told = answer.read_answer(answered(1, corners=answer.MOST_CORNERS))
    assert [slick.area_m2 for slick, _ in told.pieces] == [90.0]
    assert (told.left_out, told.frame.slicks, told.frame.camera_from) == (1, 3, "exif")
    assert told.frame.verdict == "oil"


def test_a_frame_without_a_position_has_no_outlines() -> None:
    data = {"image_id": "a", "verdict": "unsure", "refused": "not_the_sea", "no_position": "no height"}
    told = answer.read_answer(json.dumps({"data": data}).encode())
    assert (told.footprint, told.pieces, told.frame.verdict) == ((), (), "not_the_sea")
    assert told.frame.no_position == "no height"
