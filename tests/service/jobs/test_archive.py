"""The archive of a job's results, as any program for ZIP reads it."""

from __future__ import annotations

import io
import json
import zipfile

from service.jobs.conftest import ended
from siseon.jobs import running

URL = "/v1/jobs"


async def test_an_archive_holds_a_line_a_picture_and_what_they_made(service, working, upload, monkeypatch):
    monkeypatch.setattr(running, "INLINE_BYTES", 600)  # of two results one is an artifact, then
    order = json.dumps({"application": "inspection", "pictures": True})
    files = [
        ("files", ("a/same.png", upload((0, 0, 200, 100, "red")).data)),
        ("files", ("same.png", upload().data)),
        ("files", ("no.png", b"x")),
    ]
    job = (await service.post(URL, data={"job": order}, files=files)).json()["id"]
    async with working():
        await ended(service, job)
    answer = await service.get(f"{URL}/{job}/results.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert f"{job}.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        lines = [json.loads(line) for line in archive.read("results.jsonl").splitlines()]
        pictures = [archive.read(name) for name in names if name.endswith(".jpg")]
    assert [line["input"] for line in lines] == ["same.png", "same.png", "no.png"]
    assert ["result" in line for line in lines] == [True, True, False]
    assert lines[0]["result"]["data"]["image_id"] == "same.png"
    assert len(pictures) == 2
    assert all(picture.startswith(b"\xff\xd8") for picture in pictures)
    again = await service.get(f"{URL}/{job}/results.zip")
    assert again.content == answer.content


async def test_the_archive_of_a_job_that_has_not_begun_is_empty_and_whole(service, upload):
    order = json.dumps({"application": "inspection"})
    answer = await service.post(URL, data={"job": order}, files=[("files", ("a.png", upload().data))])
    archive = await service.get(f"{URL}/{answer.json()['id']}/results.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {"results.jsonl": b""}
