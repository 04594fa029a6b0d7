"""A flight's files asked of the service: once for all pages, never one that is too large, and bad ones by name."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from siseon.console.api import Api, ApiFailure
from siseon.console.jobs.known import Conclusion, File
from siseon.console.oil.flights import KEPT, MOST_BYTES, Flights
from siseon.console.oil.known import FRAMES, SLICKS

NONE = json.dumps({"type": "FeatureCollection", "features": []}).encode()

SLICK = json.dumps(
    {"id": 1, "class": "sheen", "score": 1, "area_m2": 1, "frames": "a", "ce90_m": 1}
    | {"first_seen": "0001-01-01T00:00:00+14:00"}
).encode()


class Service:
    """Answers with a file's bytes by its path, and counts."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.asked = files, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        data = self.files.get(Request(scope).url.path)
        await Response(data, 404 if data is None else 200)(scope, receive, send)


def concluded(
    *names: str, revision: int = 1, state: str = "done", nbytes: int = 10, job: str = "j"
) -> Conclusion:
    files = [File(name=name, nbytes=nbytes, media_type="x/y", path=f"/{job}/{name}") for name in names]
    return Conclusion.model_validate(
        {
            "state": state,
            "revision": revision,
            "failure": None,
            "made_at": None,
            "files": [file.model_dump() for file in files],
        }
    )


def flights(files: dict[str, bytes]) -> tuple[Flights, Service]:
    service = Service({f"/j/{name}": data for name, data in files.items()})
    return Flights(Api(service, None)), service


async def test_files_are_read_once_and_again_when_they_were_made_again() -> None:
    of, service = flights({SLICKS: NONE, FRAMES: NONE})
    first = await of.of(concluded(SLICKS, FRAMES))
    assert first is not None
    assert first.sheet is None
    assert await of.of(concluded(SLICKS, FRAMES)) is first
    assert service.asked == 2
    assert await of.of(concluded(SLICKS, FRAMES, revision=2)) is not first
    assert service.asked == 4
    for revision in range(3, 3 + KEPT):
        await of.of(concluded(SLICKS, FRAMES, revision=revision))
    asked = service.asked
    assert await of.of(concluded(SLICKS, FRAMES)) is not first, "only the last ones are kept"
    assert service.asked == asked + 2


async def test_a_job_without_files_of_a_map_has_none_and_one_of_an_earlier_version_no_frames() -> None:
    of, service = flights({SLICKS: NONE})
    assert await of.of(concluded("people.csv")) is None
    assert service.asked == 0
    mapped = await of.of(concluded(SLICKS))
    assert mapped is not None
    assert not mapped.has_frames


async def test_a_file_that_is_too_large_is_not_asked_for() -> None:
    of, service = flights({SLICKS: NONE})
    with pytest.raises(ApiFailure) as raised:
        await of.of(concluded(SLICKS, nbytes=MOST_BYTES + 1))
    assert raised.value.problem.code == "invalid_input"
    assert service.asked == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>", "is missing at character 0"),
        (b'{"features": [{"geometry": null, "properties": {"id": "x"}}]}', "properties.id"),
        (b'{"features": [' + b"[" * 100_000, "nested too deeply"),
        (b"\xff", "decode"),
        (b'{"features": [{"geometry": null, "properties": %s}]}' % SLICK, "outside of the calendar"),
        (
            b'{"features": [{"geometry": null, "properties": {"class": "\\\\\\ud83d\\ude00\\ud800"}}]}',
            "half a char",
        ),
    ],
)
async def test_a_file_that_is_none_is_said_to_be(data: bytes, said: str) -> None:
    of, _ = flights({SLICKS: data})
    with pytest.raises(ApiFailure) as raised:
        await of.of(concluded(SLICKS))
    assert raised.value.problem.code == "contract_violation"
    assert said in raised.value.problem.detail


async def test_a_file_that_is_gone_is_the_services_failure() -> None:
    of, _ = flights({})
    with pytest.raises(ApiFailure) as raised:
        await of.of(concluded(SLICKS))
    assert raised.value.problem.status == 404
