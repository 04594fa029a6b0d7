"""The result of one picture changed by hand: kept in place of what the worker made, and taken back."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import zipfile
from pathlib import Path

import pytest

from service.jobs.conftest import ended
from services import served
from siseon.hosting import Host
from siseon.hosting.editing import Edit
from siseon.jobs.opening import opened
from siseon.jobs.process import work
from siseon.service.jobs.archive import archive
from siseon.settings import Settings

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"
ORDER = {
    "application": "translation",
    "options": {"target": "es", "terms": ["Please ring twice=Llame dos veces"]},
}


def settings(folder: Path) -> Settings:
    return Settings(port=0, pipelines={"translation": {"translator": "none"}}, cache_dir=folder)


@pytest.fixture
async def client(tmp_path):
    async with served(Host(settings(tmp_path))) as client:
        yield client


async def done(client, folder: Path, order=ORDER, pictures: int = 1) -> str:
    """The id of a job with one picture, or several, which a worker has done."""
    files = [("files", ("sign.png", SIGN.read_bytes()))] * pictures
    sent = await client.post("/v1/jobs", data={"job": json.dumps(order)}, files=files)
    assert sent.status_code == 202, sent.text
    stop = asyncio.Event()
    worker = asyncio.create_task(work(Host(settings(folder)), 1, stop, lambda: None))
    job = await ended(client, sent.json()["id"])
    stop.set()
    await worker
    assert job["done"] == pictures
    return str(job["id"])


async def test_a_result_is_changed_by_hand_kept_downloaded_and_taken_back(client, tmp_path, monkeypatch):
    job = await done(client, tmp_path)
    at = f"/v1/jobs/{job}/items/0"

    async def item():
        return (await client.get(f"/v1/jobs/{job}/items")).json()[0]

    first, result = await item(), await client.get(f"{at}/result")
    assert (await client.get(first["picture"])).content == SIGN.read_bytes()
    assert result.headers["etag"] == f'"{first["revision"]}"'
    assert first["unedited"] == []
    machine = (await client.get(first["files"][0])).content
    data = result.json()["data"]
    (number,) = [n for n, region in enumerate(data["regions"]) if region["translated"]]
    data["regions"][number]["translated"] = "Toque dos veces <b>"

    async def put(body, tag=result.headers["etag"]):
        return await client.put(f"{at}/edit", json=body, headers={"If-Match": tag})

    edited = await put(data)
    assert edited.status_code == 200, edited.text
    now = await item()
    assert edited.json() == now
    assert now["revision"] != first["revision"]
    assert edited.headers["etag"] == f'"{now["revision"]}"'
    assert now["unedited"][1:] == first["files"]
    assert (await client.get(now["unedited"][0])).json() == result.json()
    picture = (await client.get(now["files"][0])).content
    assert picture not in (machine, SIGN.read_bytes())
    told = (await client.get(f"{at}/result")).json()
    assert told["data"]["regions"][number]["translated"] == "Toque dos veces <b>"
    with zipfile.ZipFile(io.BytesIO((await client.get(f"/v1/jobs/{job}/results.zip")).content)) as archive:
        assert archive.read("sign.png") == picture
        assert "Toque dos veces" in archive.read("sign.json").decode()
        assert len(archive.namelist()) == 3

    late = await put(data)
    assert (late.status_code, late.json()["code"]) == (409, "superseded")
    both = await asyncio.gather(*(put(data, edited.headers["etag"]) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert (await client.get(now["files"][0])).status_code == 404, "what an edit replaced is gone"
    now = await item()
    assert (await client.get(now["files"][0])).content == picture, "the same edit makes the same picture"

    gone = await client.delete(f"{at}/edit", headers={"If-Match": f'"{now["revision"]}"'})
    assert (gone.status_code, gone.json()["files"]) == (200, first["files"])
    assert (await client.get(gone.json()["files"][0])).content == machine
    assert (await client.get(f"{at}/result")).json() == result.json()
    again = await client.delete(f"{at}/edit", headers={"If-Match": gone.headers["etag"]})
    assert again.status_code == 404
    tag = gone.headers["etag"]

    def changed(**values):
        wanted = json.loads(json.dumps(data))
        wanted["regions"][number].update(values)
        return wanted

    far = [[9e4, 9e4], [9.1e4, 9e4], [9.1e4, 9.1e4], [9e4, 9.1e4], [9e4, 9e4]]
    tiny = [[10, 10], [14, 10], [14, 14], [10, 14], [10, 10]]
    for body, words in (
        (changed(polygon=far), "far outside"),
        (changed(polygon=tiny), "does_not_fit"),
        (changed(translated="x" * 6000), "5,000"),
        (changed(translated=" "), "is empty"),
        (changed(translated="a\x1b[31m"), "control characters"),
        (changed(translated="\u200d" * 4000), "unseen characters"),
        (changed(polygon=[*tiny[:-1], [11, 11]]), "where it begins"),
        ({**data, "regions": [{**data["regions"][number], "translated": "x" * 5000}] * 9}, "together"),
        (changed(nothing=1), "nothing"),
        ({**data, "image_id": "other.png"}, "image_id"),
        ({**data, "regions": data["regions"] * 300}, "times"),
        ([], "body"),
    ):
        refused = await put(body, tag)
        assert refused.status_code == 400, refused.text
        assert words in refused.json()["detail"], refused.text
    for header in ({}, {"If-Match": "*"}, {"If-Match": "000000-1"}):
        assert (await client.put(f"{at}/edit", json=data, headers=header)).status_code == 400
    held = threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr(Edit, "_made", lambda *_: held.wait(60))
        slow = await client.put(f"{at}/edit", json=data, headers={"If-Match": tag, "X-Request-Timeout": "2"})
    held.set()
    assert (slow.status_code, slow.json()["code"]) == (504, "deadline_exceeded")
    assert "allow more time" in slow.json()["hint"]
    assert (await item())["revision"] == first["revision"]
    assert (await client.delete(f"/v1/jobs/{job}")).status_code == 204
    assert (await put(data, tag)).json()["code"] == "job_not_found"
    assert [path for path in tmp_path.rglob("*") if job in str(path) and path.is_file()] == []


async def test_an_archive_is_whole_while_results_are_edited_and_says_which_are_gone_or_damaged(
    client, tmp_path
):
    job = await done(client, tmp_path, pictures=2)
    at = f"/v1/jobs/{job}/items/1"
    result = await client.get(f"{at}/result")
    data, tag = result.json()["data"], result.headers["etag"]
    (number,) = [n for n, region in enumerate(data["regions"]) if region["translated"]]

    async def say(text, tag):
        data["regions"][number]["translated"] = text
        answer = await client.put(f"{at}/edit", json=data, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        return answer.headers["etag"]

    first = await say("Toque", tag)
    with opened(settings(tmp_path)) as jobs:
        pieces = archive(jobs, job)
        begun = b"".join(next(pieces) for _ in range(3))  # the lines, and the first file of the first picture
        second = await say("Llame", first)  # what the archive was to read next is gone
        whole = begun + b"".join(pieces)
    with zipfile.ZipFile(io.BytesIO(whole)) as made:
        assert set(made.namelist()) == {"results.jsonl", "sign.png", "sign.json", "sign-2.png", "sign-2.json"}
        assert "Llame" in made.read("sign-2.json").decode()

    folder = tmp_path / "artifacts" / "out" / job / second.strip('"')
    refused = []
    for damaged in (b"\xff", b"null", b'{"data": {"lines": []}}', (folder / "0.json").read_bytes()[:-9]):
        (folder / "0.json").write_bytes(damaged)
        refused.append(await client.put(f"{at}/edit", json=data, headers={"If-Match": second}))
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(507, "storage_failed")}
    for file in folder.iterdir():
        file.unlink()
    answer = await client.get(f"/v1/jobs/{job}/results.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        assert made.testzip() is None
        assert json.loads(made.read("sign.missing.json"))["code"] == "not_found"
        lines = [json.loads(line) for line in made.read("results.jsonl").splitlines()]
    assert "result" in lines[0]
    assert lines[1]["failure"]["code"] == "not_found"

    newspaper = {**data, "regions": [data["regions"][number]] * 2500}
    answer = await client.put(f"{at}/edit", json=newspaper, headers={"If-Match": second})
    assert answer.status_code != 413, answer.text


async def test_what_no_person_changes_is_refused_by_name(service, working, upload):
    picture = upload()
    sent = await service.post(
        "/v1/jobs",
        data={"job": json.dumps({"application": "inspection"})},
        files=[("files", (picture.name, picture.data))],
    )
    job = sent.json()["id"]
    at = f"/v1/jobs/{job}/items/0/edit"
    async with working():
        await ended(service, job)
    answer = await service.put(at, json={}, headers={"If-Match": '"000000-1"'})
    assert answer.status_code == 400
    assert "inspection" in answer.json()["detail"]
