"""What is sent in place of a video, or in a bad way: refused by name, early, and nothing of it stays."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from media.loopback import ok, open_site, status
from services import Start
from siseon.hosting import Host
from siseon.service.bodies import STREAMED
from siseon.service.jobs import incoming
from siseon.settings import Settings
from video_files import film

pytest.importorskip("trackers")

URL = "/v1/jobs"
PEOPLE = {"application": "people"}
SECONDS = [1000 * second for second in range(13)]


@pytest.fixture
async def service(tmp_path: Path, start: Start) -> httpx.AsyncClient:
    return await _service(tmp_path, start)


async def _service(tmp_path: Path, start: Start, **settings: Any) -> httpx.AsyncClient:
    """It accepts jobs, and loads no model."""
    bounds = {"jobs_video_bytes": 300_000, "jobs_video_s": 60.0, "max_upload_bytes": 50_000}
    whole = Settings(**{"cache_dir": tmp_path / "cache", "port": 0, **bounds, **settings})
    return await start(Host(whole.model_copy(update={"pipelines": {}})))


def sent(*files: tuple[str, bytes], order: dict[str, Any] = PEOPLE, **others: Any) -> dict[str, Any]:
    return {
        "data": {"job": json.dumps(order)},
        "files": [*(("files", one) for one in files), *others.items()],
    }


def left(tmp_path: Path) -> list[str]:
    """Files of uploads that are on the disk."""
    place = tmp_path / "cache" / "artifacts"
    return [str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Twelve seconds."""
    return film(tmp_path_factory.mktemp("clips") / "a.mp4", SECONDS, sound="aac").read_bytes()


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP4 of sound alone."""
    import av
    import numpy as np

    path = tmp_path_factory.mktemp("songs") / "a.mp4"
    with av.open(str(path), "w") as target:
        tone = target.add_stream("aac", rate=8_000, layout="mono")
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        samples.sample_rate, samples.pts = 8_000, 0
        target.mux(tone.encode(samples))
        target.mux(tone.encode(None))
    return path.read_bytes()


async def test_a_video_becomes_parts_of_people_and_moments_of_what_looks_at_pictures(service, clip):
    parts = (await service.post(URL, **sent(("a.mp4", clip)))).json()
    order = {"application": "oilspill", "every_s": 3.0}
    moments = (await service.post(URL, **sent(("a.mp4", clip), order=order))).json()
    listed = [(await service.get(f"{URL}/{job['id']}/items")).json() for job in (parts, moments)]
    assert [item["input"] for item in listed[0]] == ["a.mp4#t=0,10", "a.mp4#t=10,12.042"]
    assert [item["input"] for item in listed[1]] == [
        f"a.mp4#t={at}" for at in ("0.0", "3.0", "6.0", "9.0", "12.0")
    ]


async def test_what_is_no_video_is_refused_by_name_and_leaves_nothing(service, clip, song, tmp_path):
    for name, data, code, told in (
        ("words.mp4", b"only words", "unsupported_media", "'words.mp4' is no video"),
        ("song.mp3", b"ID3\4" + b"\0" * 5000, "unsupported_media", "'song.mp3' is no video"),
        ("song.m4a", song, "unsupported_media", "it has sound alone"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 5000, "unsupported_media", "is no video"),
        ("empty.mp4", b"", "empty_upload", "empty"),
        ("cut.mp4", clip[:4000], "corrupt_image", "cut.mp4"),
        ("head.mp4", b"\0\0\0\x18ftypisom" + b"\0" * 5000, "corrupt_image", "head.mp4"),
    ):
        answer = await service.post(URL, **sent((name, data)))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, code), (name, problem)
        assert told in problem["detail"]
        assert "cache" not in problem["detail"]  # nor where it lay
        assert left(tmp_path) == []
    assert (await service.get(URL)).json() == []


async def test_a_text_called_video_is_refused_by_what_looks_at_pictures_too(service):
    answer = await service.post(URL, **sent(("words.mp4", b"words"), order={"application": "oilspill"}))
    assert (answer.status_code, answer.json()["code"]) == (400, "unsupported_media")


async def test_a_video_beyond_a_bound_is_refused_before_it_is_decoded(tmp_path, start, clip):
    large = film(tmp_path / "large.mp4", [0, 1000], size=(640, 480)).read_bytes()
    service = await _service(
        tmp_path, start, jobs_video_s=10.0, jobs_video_frames=12, jobs_video_pixels=100_000
    )
    for data, told in ((clip, "12 s"), (large, "640 × 480 pixels")):
        answer = await service.post(URL, **sent(("a.mp4", data)))
        assert (answer.status_code, answer.json()["code"]) == (413, "video_too_large"), answer.text
        assert told in answer.json()["detail"]
    many = film(tmp_path / "many.mp4", [10 * number for number in range(13)]).read_bytes()
    answer = await service.post(URL, **sent(("a.mp4", many)))
    assert "more than 12 pictures" in answer.json()["detail"]
    assert "SISEON_JOBS_VIDEO_FRAMES" in answer.json()["hint"]
    assert left(tmp_path) == []


async def test_too_many_bytes_are_refused_by_their_announcement_and_while_they_come(service, clip, tmp_path):
    reader, writer = await asyncio.open_connection(service.base_url.host, service.base_url.port)
    writer.write(_head(900_000))
    status = await reader.readline()  # not a byte of the body was sent
    assert b"413" in status
    writer.close()
    longer = clip + b"\0" * 300_000
    answer = await service.post(URL, **sent(("a.mp4", longer)))
    assert (answer.status_code, answer.json()["code"]) == (413, "video_too_large")
    picture = await service.post(
        URL, **sent(("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 60_000), order={"application": "oilspill"})
    )
    assert (picture.status_code, picture.json()["code"]) == (413, "image_too_large")
    assert left(tmp_path) == []


async def test_a_client_that_hangs_up_leaves_nothing_behind(service, clip, tmp_path):
    head, _, tail = _form(clip)
    long = clip + b"\0" * 230_000  # more than is collected before it is written
    writer = await _begun(service, len(head) + len(long) + len(tail), head + long[:-100])
    async with asyncio.timeout(60):
        while not left(tmp_path):  # it is arriving
            await asyncio.sleep(0.01)
    writer.transport.abort()
    async with asyncio.timeout(60):
        while left(tmp_path):
            await asyncio.sleep(0.01)
    assert (await service.get(URL)).json() == []


async def test_what_a_killed_service_left_goes_a_day_later(service, clip, tmp_path):
    place = tmp_path / "cache" / "artifacts" / "incoming"
    for name, days in (("of-yesterday", 2), ("of-now", 0)):
        (place / name).mkdir(parents=True)
        (place / name / "part-0").write_bytes(b"x")
        os.utime(place / name, (time.time() - days * 86_400,) * 2)
    assert (await service.post(URL, **sent(("a.mp4", clip)))).status_code == 202
    assert [path.name for path in place.iterdir()] == ["of-now"]


async def test_what_came_no_further_is_cut_off_in_time(tmp_path, start, clip):
    service = await _service(tmp_path, start, jobs_upload_s=0.3)
    head, _, tail = _form(clip)
    reader, writer = await asyncio.open_connection(service.base_url.host, service.base_url.port)
    writer.write(_head(len(head) + len(clip) + len(tail)) + head + clip[:5000])
    async with asyncio.timeout(60):
        assert b"504" in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert (left(tmp_path), (await service.get(URL)).json()) == ([], [])


async def test_uploads_come_beside_each_other_each_whole(service, clip):
    async def post(name: str) -> str:
        answer = await service.post(URL, **sent((name, clip)))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    jobs = await asyncio.gather(*(post(f"{number}.mp4") for number in range(3)))
    for number, job in enumerate(jobs):
        items = (await service.get(f"{URL}/{job}/items")).json()
        assert items[0]["input"] == f"{number}.mp4#t=0,10"


async def test_more_uploads_than_may_come_at_once_are_told_to_come_back(service, clip):
    head, _, tail = _form(clip)
    writers = [await _begun(service, len(head) + len(clip) + len(tail), head) for _ in range(STREAMED)]
    async with asyncio.timeout(60):
        while (answer := await service.post(URL, **sent(("a.mp4", clip)))).status_code != 503:
            await asyncio.sleep(0.05)
    assert answer.json()["code"] == "overloaded"
    for writer in writers:
        writer.transport.abort()


async def test_the_same_request_with_a_key_is_the_same_job(service, clip, tmp_path):
    headers = {"Idempotency-Key": "one"}
    first, second = [await service.post(URL, **sent(("a.mp4", clip)), headers=headers) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]
    assert len(left(tmp_path)) == 1  # the second upload went
    other = await service.post(URL, **sent(("b.mp4", clip)), headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


async def test_names_lead_nowhere_else(service, clip, tmp_path):
    for name in (
        "../../../etc/passwd.mp4",
        "..\\..\\evil.mp4",
        "/etc/shadow",
        "a b\u202e.mp4",
        "..",
        "<script>.mp4",
    ):
        answer = await service.post(URL, **sent((name, clip)))
        assert answer.status_code == 202, answer.text
        item = (await service.get(f"{URL}/{answer.json()['id']}/items")).json()[0]
        assert "/" not in item["input"].partition("#")[0]
    job = answer.json()["id"]
    assert all(path.startswith("in/") for path in left(tmp_path))
    for path in (
        "conclusion/..%2f..%2fjobs.db",
        "conclusion/%2e%2e",
        "files/..%2fcorrections",
        "files/corrections",
    ):
        found = await service.get(f"{URL}/{job}/{path}")
        assert found.status_code in (404, 409), path


async def test_no_client_can_name_a_file_of_the_server(service, clip, tmp_path):
    secret = tmp_path / "secret.toml"
    secret.write_text("a secret")
    for option in ("corrections", "indicators", "coding"):
        order = {**PEOPLE, "options": {option: str(secret)}}
        answer = await service.post(URL, **sent(("a.mp4", clip), order=order))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
        assert "a secret" not in answer.text
    for inputs in ([{"folder": "/etc"}], [{"url": f"file://{secret}"}], [{"artifact": str(secret)}]):
        answer = await service.post(URL, json={**PEOPLE, "inputs": inputs})
        assert answer.status_code == 400
    assert left(tmp_path) == []


async def test_files_of_options_come_with_the_job_and_are_read_before_the_video_is(service, clip, tmp_path):
    good = b'[[rename]]\nperson = { sub_id = 1 }\nname = "Mina"'
    answer = await service.post(URL, **sent(("a.mp4", clip), corrections=("who.toml", good)))
    assert answer.status_code == 202, answer.text
    path = answer.json()["files"]["corrections"]
    assert (await service.get(path)).content == good
    for name, data in (("who.toml", b"rename = 7"), ("who.json", good), ("who.exe", good), ("who.toml", b"")):
        bad = await service.post(URL, **sent(("a.mp4", clip), corrections=(name, data)))
        assert (bad.status_code, bad.json()["code"]) == (400, "invalid_input"), name
    unread = await service.post(URL, **sent(("a.mp4", clip), consent_of_nobody=("who.toml", good)))
    assert "corrections" in unread.json()["hint"]
    assert len(left(tmp_path)) == 2  # of the first one


async def test_a_full_disk_is_named_and_what_had_come_goes(service, clip, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(incoming.Incoming, "_write", full)
    answer = await service.post(URL, **sent(("a.mp4", clip)))
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_failed")
    assert "No space left" in answer.json()["detail"]
    assert left(tmp_path) == []


async def test_a_damaged_form_is_refused(service, clip, tmp_path):
    head, _, tail = _form(clip)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (
        head + clip,  # no end
        head + clip + tail[:-4],
        b"--x\r\n\r\nno name\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data; name=files\r\n\r\n1\r\n--x--\r\n",
        b"--x\r\n" + b"A: b\r\n" * 1000 + b"\r\n--x--\r\n",
        b"nothing of a form",
        b"",
    ):
        answer = await service.post(URL, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), body[-40:]
    assert left(tmp_path) == []


async def test_a_job_is_removed_with_its_video_once_it_has_ended(service, clip, tmp_path):
    job = (await service.post(URL, **sent(("a.mp4", clip)))).json()["id"]
    early = await service.delete(f"{URL}/{job}")
    assert (early.status_code, early.json()["code"]) == (409, "job_not_finished")
    await service.post(f"{URL}/{job}/cancel")
    assert len(left(tmp_path)) == 1
    assert (await service.delete(f"{URL}/{job}")).status_code == 204
    assert left(tmp_path) == []
    assert (await service.delete(f"{URL}/{job}")).json()["code"] == "job_not_found"


async def test_videos_of_one_name_are_told_apart(service, clip):
    other = clip + b"\0" * 8
    job = (await service.post(URL, **sent(("a/a.mp4", clip), ("b/a.mp4", other)))).json()["id"]
    names = [item["input"].partition("#")[0] for item in (await service.get(f"{URL}/{job}/items")).json()]
    assert names == ["a.mp4", "a.mp4", "a-2.mp4", "a-2.mp4"]


async def test_a_video_that_came_twice_and_an_unknown_application_are_refused(service, clip, tmp_path):
    twice = await service.post(URL, **sent(("a.mp4", clip), ("b.mp4", clip)))
    assert "came twice" in twice.json()["detail"]
    nothing = await service.post(URL, **sent(("a.mp4", clip), order={"application": "nothing"}))
    assert nothing.json()["code"] == "pipeline_not_found"
    assert left(tmp_path) == []


async def test_a_video_is_fetched_from_a_url_within_the_same_bounds(tmp_path, start, clip):
    service = await _service(tmp_path, start, url_allow="127.0.0.1")
    async with open_site() as site:

        async def asked(answer: bytes) -> httpx.Response:
            site.otherwise = answer
            return await service.post(URL, json={**PEOPLE, "urls": [site.url("/a/clip.mp4")]})

        good = await asked(ok(clip))
        assert good.status_code == 202, good.text
        items = (await service.get(f"{URL}/{good.json()['id']}/items")).json()
        assert [item["input"] for item in items] == ["clip.mp4#t=0,10", "clip.mp4#t=10,12.042"]
        kept = left(tmp_path)
        for answer, code in (
            (ok(b"<html>a page</html>" * 500), "unsupported_media"),
            (ok(b"<html>"), "unsupported_media"),
            (ok(b""), "empty_upload"),
            (ok(clip + b"\0" * 300_000), "video_too_large"),
            (status("404 Not Found"), "url_refused"),
        ):
            bad = await asked(answer)
            assert bad.json()["code"] == code, bad.text
        inside = await service.post(URL, json={**PEOPLE, "inputs": [{"url": "http://10.0.0.1/a.mp4"}]})
        assert inside.json()["code"] == "url_blocked"
        many = await service.post(URL, json={**PEOPLE, "urls": [site.url("/a.mp4")] * 17})
        assert many.json()["code"] == "invalid_input"
        assert left(tmp_path) == kept


async def test_a_token_is_required_and_a_ticket_opens_one_job_to_a_player(tmp_path, start, clip):
    token = "a token of sixteen"
    service = await _service(tmp_path, start, token=token)
    assert (await service.post(URL, **sent(("a.mp4", clip)))).status_code == 401
    assert left(tmp_path) == []
    mine = {"Authorization": f"Bearer {token}"}
    one, two = [
        (await service.post(URL, **sent(("a.mp4", clip)), headers=mine)).json()["id"] for _ in range(2)
    ]
    for path in (f"{URL}/{one}/conclusion", f"{URL}/{one}/events", f"{URL}/{one}/files/corrections"):
        assert (await service.get(path)).status_code == 401
    assert (await service.put(f"{URL}/{one}/files/corrections", content=b"")).status_code == 401
    ticket = (await service.post("/v1/tickets", params={"job": one}, headers=mine)).json()["ticket"]
    opened = {"ticket": ticket}
    assert (await service.get(f"{URL}/{one}/conclusion", params=opened)).status_code == 200
    assert (await service.get(f"{URL}/{two}/conclusion", params=opened)).status_code == 401
    assert (await service.get(URL, params=opened)).status_code == 401
    assert (
        await service.put(f"{URL}/{one}/files/corrections", params=opened, content=b"")
    ).status_code == 401
    picture = await service.get(f"/v1/artifacts/out/{one}/000000-1/0.jpg", params=opened)
    assert picture.status_code == 404  # and not 401
    assert (await service.get(f"/v1/artifacts/out/{two}/000000-1/0.jpg", params=opened)).status_code == 401
    streams = (await service.post("/v1/tickets", headers=mine)).json()["ticket"]
    assert (await service.get(f"{URL}/{one}/conclusion", params={"ticket": streams})).status_code == 401


def _form(clip: bytes) -> tuple[bytes, bytes, bytes]:
    head = (
        b'--x\r\nContent-Disposition: form-data; name="job"\r\n\r\n{"application": "people"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
    )
    return head, clip, b"\r\n--x--\r\n"


async def _begun(service: httpx.AsyncClient, length: int, sent: bytes) -> asyncio.StreamWriter:
    """A request of that length of which so much has been sent."""
    _, writer = await asyncio.open_connection(service.base_url.host, service.base_url.port)
    writer.write(_head(length) + sent)
    await writer.drain()
    return writer


def _head(length: int) -> bytes:
    return (
        f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()
