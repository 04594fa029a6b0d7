"""The archive of a job's results, as any program for ZIP reads it."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace

import pytest

from service.jobs.conftest import ended
from siseon.jobs import running
from siseon.jobs.inputs import of_upload
from siseon.service.jobs.archive import _Names

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
        assert set(names) == {"results.jsonl", "same.jpg", "same-2.jpg"}
        assert archive.getinfo("same.jpg").date_time[0] > 2020
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


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a.png", "A.png", "a-2.png", "a.jpg"], ["a.jpg", "A-2.jpg", "a-2-2.jpg", "a-3.jpg"]),
        (
            ["../../etc/passwd", "..\\evil.png", "...", ".png"],
            ["passwd.jpg", "evil.jpg", "picture.jpg", "png.jpg"],
        ),
    ],
)
def test_a_file_of_the_archive_is_called_after_its_input_and_leads_nowhere_else(names, given):
    found = _Names()
    items = [SimpleNamespace(input=of_upload("in/0/0", name)) for name in names]
    assert [found.of(item, "out/0/000000-1/0.jpg") for item in items] == given
