"""``/v1/jobs``: what is accepted, what is told of it, and what is refused."""

from __future__ import annotations

import base64
import json

from jobs.receiver import Receiver
from media.loopback import open_site
from service.jobs.conftest import ended

URL = "/v1/jobs"
ORDER = {"application": "inspection"}


def form(order: dict[str, object], *files: tuple[str, bytes]) -> dict[str, object]:
    """The arguments of a post."""
    return {"data": {"job": json.dumps(order)}, "files": [("files", file) for file in files] or None}


async def test_a_job_is_accepted_run_and_told_in_every_way(service, working, upload):
    picture = upload((0, 0, 200, 100, "red"))
    answer = await service.post(
        URL, **form({**ORDER, "pictures": True}, (picture.name, picture.data), ("no.png", b"x"))
    )
    assert answer.status_code == 202
    accepted = answer.json()
    assert (accepted["state"], accepted["total"], accepted["pictures"]) == ("queued", 2, True)
    assert answer.headers["location"] == f"{URL}/{accepted['id']}"
    async with working():
        job = await ended(service, accepted["id"])
    assert (job["state"], job["done"], job["failed"]) == ("done", 1, 1)
    good, bad = (await service.get(f"{URL}/{job['id']}/items")).json()
    assert [good["input"], bad["input"]] == [picture.name, "no.png"]
    result = (await service.get(good["result"])).json()
    now = (
        await service.post("/v1/pipelines/inspection", files={"file": (picture.name, picture.data)})
    ).json()
    assert result["data"]["detections"] == now["data"]["detections"] != []
    (drawn,) = good["files"]
    shown = await service.get(drawn)
    assert (shown.headers["content-type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert bad["failure"]["code"] == "unsupported_media"
    asked = await service.get(f"{URL}/{job['id']}/items/1/result")
    assert (asked.status_code, asked.json()["code"]) == (409, "job_item_failed")


async def test_a_part_of_a_form_that_nobody_reads_is_refused_by_name(service, upload):
    for data, file, told in (
        ({"glossary": "x"}, "files", "field 'glossary'"),
        ({}, "file", "file 'file'"),
        ({"files": "x"}, "files", "'files'"),
    ):
        parts = {"job": json.dumps({"application": "inspection"}), **data}
        answer = await service.post(URL, data=parts, files={file: upload().data})
        assert answer.status_code == 400
        assert told in answer.json()["detail"], answer.text
        assert "-F files=@" in answer.json()["hint"]


async def test_pictures_come_as_files_base64_folders_artifacts_and_urls(service, working, upload, here):
    data = upload((0, 0, 200, 100, "red")).data
    (here["jobs_folder"] / "sub").mkdir()
    (here["jobs_folder"] / "sub" / "f.png").write_bytes(data)
    inputs = [{"base64": base64.b64encode(data).decode(), "name": "b.png"}, {"folder": "sub"}]
    first = (
        await service.post(URL, **form({**ORDER, "inputs": inputs, "pictures": True}, ("a.png", data)))
    ).json()
    async with working():
        assert (await ended(service, first["id"]))["done"] == 3
        items = (await service.get(f"{URL}/{first['id']}/items")).json()
        artifact = items[0]["files"][0].removeprefix("/v1/artifacts/")
        order = {**ORDER, "inputs": [{"artifact": artifact}], "urls": ["http://127.0.0.1:9/x.png"]}
        second = (await service.post(URL, json=order)).json()
        job = await ended(service, second["id"])
    assert sorted(item["input"].rpartition("/")[2] for item in items) == ["a.png", "b.png", "f.png"]
    assert (job["done"], job["failed"]) == (1, 1)
    failed = (await service.get(f"{URL}/{second['id']}/items", params={"state": "failed"})).json()
    assert [item["failure"]["code"] for item in failed] == [
        "url_blocked"
    ]  # this network is not open to strangers


async def test_eight_submissions_with_one_key_are_one_job(service, upload):
    import asyncio

    data = upload().data

    async def post() -> str:
        answer = await service.post(URL, **form(ORDER, ("a.png", data)), headers={"Idempotency-Key": "one"})
        assert answer.status_code == 202
        return str(answer.json()["id"])

    assert len(set(await asyncio.gather(*(post() for _ in range(8))))) == 1
    assert len((await service.get(URL)).json()) == 1
    other = await service.post(URL, **form(ORDER, ("a.png", data + b"x")), headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


async def test_the_list_goes_from_the_newest_and_is_filtered(service, upload):
    data = upload().data
    ids = [(await service.post(URL, **form(ORDER, ("a.png", data)))).json()["id"] for _ in range(3)]
    await service.post(f"{URL}/{ids[1]}/cancel")

    async def listed(**asked: object) -> list[str]:
        return [job["id"] for job in (await service.get(URL, params=asked)).json()]

    assert await listed() == sorted(ids, reverse=True)
    assert await listed(limit=1) == [max(ids)]
    assert await listed(before=max(ids), limit=1) == [sorted(ids)[1]]
    assert await listed(state="cancelled") == [ids[1]]
    assert await listed(application="text") == await listed(application="\0") == []


async def test_a_cancelled_job_stays_so_until_it_is_tried_again(service, working, upload):
    job = (await service.post(URL, **form(ORDER, ("a.png", upload().data)))).json()["id"]
    cancelled = (await service.post(f"{URL}/{job}/cancel")).json()
    assert (cancelled["state"], cancelled["cancelled"]) == ("cancelled", 1)
    asked = await service.get(f"{URL}/{job}/items/0/result")
    assert (asked.status_code, asked.json()["code"]) == (409, "job_not_finished")
    async with working():
        assert (await service.post(f"{URL}/{job}/retry")).json()["state"] == "queued"
        assert (await ended(service, job))["done"] == 1
    nothing = await service.post(f"{URL}/{job}/retry", json={"items": [0]})
    assert nothing.status_code == 400


async def test_what_cannot_be_a_job_is_refused_whole_and_by_name(service, upload, here):
    for order, code in (
        ({"application": "nothing"}, "pipeline_not_found"),
        ({**ORDER, "options": {"nothing": 1}}, "invalid_input"),
        ({**ORDER, "options": {"min_score": "x"}}, "invalid_input"),
        ({**ORDER, "priority": 101}, "invalid_input"),
        ({**ORDER, "webhook": "ftp://example.com"}, "url_blocked"),
        ({**ORDER, "urls": ["file:///etc/passwd"]}, "url_blocked"),
        ({**ORDER, "inputs": [{"folder": ".."}]}, "file_unreadable"),
        ({**ORDER, "inputs": [{"artifact": "../../etc/passwd"}]}, "invalid_input"),
        ({**ORDER, "inputs": [{"url": "http://a/", "folder": "."}]}, "invalid_input"),
        ({**ORDER, "inputs": [{"base64": "%"}]}, "invalid_input"),
        ({**ORDER, "urls": ["http://example.com/"] * 1001}, "invalid_input"),
        ({**ORDER, "more": 1}, "invalid_input"),
    ):
        answer = await service.post(URL, **form(order, ("a.png", upload().data)))
        assert answer.status_code in (400, 404), order
        assert answer.json()["code"] == code, order
        assert (await service.get(URL)).json() == []
        kept = [path for path in (here["cache_dir"] / "artifacts").rglob("*") if path.is_file()]
        assert kept == []


async def test_a_job_without_pictures_or_with_another_body_is_refused(service):
    for answer in (
        await service.post(URL, json=ORDER),
        await service.post(URL, content=b"x", headers={"content-type": "image/png"}),
        await service.post(URL, files={"files": ("a.png", b"x")}),
        await service.post(URL, content=b"[" * 10_000, headers={"content-type": "application/json"}),
    ):
        assert answer.status_code == 400, answer.text


async def test_what_there_is_not_is_not_found(service):
    missing = "0" * 26
    for path in (
        f"{URL}/{missing}", f"{URL}/x", f"{URL}/%00", f"{URL}/{missing}/items", f"{URL}/{missing}/events",
        f"{URL}/{missing}/results.zip", f"{URL}/{missing}/items/0/result",
    ):  # fmt: skip
        answer = await service.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found"), path
    for name in ("x", "..%2f..%2fetc%2fpasswd", f"out/{missing}/000000-1/0.jpg"):
        answer = await service.get(f"/v1/artifacts/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name


async def test_a_database_that_cannot_be_opened_is_told_and_tried_again(service, here, upload):
    here["cache_dir"].mkdir(parents=True, exist_ok=True)
    database = here["cache_dir"] / "jobs.db"
    database.mkdir()
    answer = await service.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_failed")
    database.rmdir()
    assert (await service.get(URL)).status_code == 200


async def test_a_webhook_is_told_the_end_by_a_worker(service, working, upload, here):
    here["url_allow"] = "127.0.0.1"  # of the worker, which sends it
    receiver = Receiver()
    async with open_site() as site:
        site.first = receiver
        order = {**ORDER, "webhook": site.url("/hook")}
        job = (await service.post(URL, **form(order, ("a.png", upload().data)))).json()["id"]
        async with working():
            await site.until(lambda: bool(receiver.bodies))
    told = json.loads(receiver.bodies[0])
    assert (told["job"], told["kind"], told["data"]["done"]) == (job, "result", 1)
    assert receiver.headers[0]["webhook-signature"].startswith("v1,")


async def test_a_service_without_a_secret_takes_no_webhook(host, start, here, upload):
    del here["jobs_webhook_secret"]
    service = await start(host(**here))
    order = {**ORDER, "webhook": "https://example.com/hook"}
    answer = await service.post(URL, **form(order, ("a.png", upload().data)))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert "SISEON_JOBS_WEBHOOK_SECRET" in answer.json()["hint"]
