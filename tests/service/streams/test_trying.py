"""A source is tested before it is kept: its first picture, or the cause why there is none."""

from __future__ import annotations

import base64

import pytest

from media.loopback import ok, open_site
from services import Start
from siseon.applications.gauges.generated import photo
from siseon.media.decode import decode
from siseon.media.encode import encode

TEST = "/v1/streams/test"
SECRET = "hidden-word"


async def test_a_camera_that_is_there_shows_its_first_picture_and_is_not_kept(service, serving, clip):
    rtsp = serving(clip=clip)
    answer = await service.post(TEST, json={"source": rtsp.url("/clip", f"eve:{SECRET}")})
    told = answer.json()
    assert (answer.status_code, told["state"], told["cause"]) == (200, "live", None), told
    assert (told["width"], told["height"]) == (160, 120)
    picture = decode(base64.b64decode(told["picture"]))
    assert (picture.width, picture.height) == (160, 120)
    assert SECRET not in answer.text
    assert (await service.get("/v1/streams")).json() == []


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (ok(b"<p>hello", "Content-Type: text/html"), "not_video"),
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "unauthorized"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "not_found"),
    ],
)
async def test_what_is_not_a_camera_is_told_with_its_cause(service, answer, cause):
    async with open_site() as site:
        site.answers["/camera"] = answer
        told = (await service.post(TEST, json={"source": site.url("/camera")})).json()
    assert (told["state"], told["cause"], told["picture"]) == ("failed", cause, None)
    assert told["message"]


async def test_nothing_at_an_address_is_told(service):
    told = (await service.post(TEST, json={"source": f"http://eve:{SECRET}@127.0.0.1:9999/camera"})).json()
    print(told)
    assert (told["state"], told["cause"]) == ("failed", "unreachable")
    assert told["address"] == "http://***@127.0.0.1:9999/camera"


@pytest.mark.parametrize("source", ["rtsp://10.1.2.3/sub", "/etc/passwd", "../../etc/passwd"])
async def test_what_may_not_be_kept_is_not_tested_either(service, source):
    answer = await service.post(TEST, json={"source": source})
    assert answer.json()["code"] in ("url_blocked", "file_unreadable")


async def test_large_pictures_are_answered_small(service, start: Start):
    one = photo(4, "evaluation")
    async with open_site() as site:
        site.answers["/camera"] = ok(encode(one.image, "jpeg"), "Content-Type: image/jpeg")
        told = (await service.post(TEST, json={"source": site.url("/camera")})).json()
    picture = decode(base64.b64decode(told["picture"]))
    assert max(picture.width, picture.height) <= 640
    assert (told["width"], told["height"]) == (one.image.width, one.image.height)
