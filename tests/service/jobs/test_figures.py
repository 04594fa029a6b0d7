"""What a service tells of its jobs to those who watch over it."""

from __future__ import annotations

import asyncio
import json

from siseon.contracts import StoreError
from siseon.hosting import Host
from siseon.jobs.store import Depth, Waiting
from siseon.service.jobs.figures import Queue


async def test_the_service_tells_what_waits_and_what_was_asked_of_it(service, here, upload):
    assert "siseon_jobs_database_up" not in (await service.get("/metrics")).text
    assert not (here["cache_dir"] / "jobs.db").exists()  # nobody has asked for jobs: a look makes no database
    form = {"job": json.dumps({"application": "inspection"})}
    assert (await service.post("/v1/jobs", data=form, files={"files": upload().data})).status_code == 202
    assert (await service.post("/v1/jobs", json={})).status_code == 400
    told = (await service.get("/metrics")).text.splitlines()
    assert "siseon_jobs_database_up 1.0" in told
    assert 'siseon_job_items{application="inspection",state="queued"} 1.0' in told
    assert 'siseon_job_accepted_items_total{application="inspection"} 1.0' in told
    assert 'siseon_job_requests_total{operation="submit",outcome="ok"} 1.0' in told
    assert 'siseon_job_requests_total{operation="submit",outcome="invalid_input"} 1.0' in told


async def test_a_database_that_is_away_is_told_at_once(service, here, upload):
    form = {"job": json.dumps({"application": "inspection"})}
    await service.post("/v1/jobs", data=form, files={"files": upload().data})
    (here["cache_dir"] / "jobs.db").unlink()
    told = (await service.get("/metrics")).text
    assert "siseon_jobs_database_up 0.0" in told
    assert "siseon_job_items" not in told


async def test_a_service_of_jobs_alone_is_ready_while_their_database_answers(host, start, here, monkeypatch):
    monkeypatch.setattr("siseon.service.jobs.figures.FRESH_S", 0)
    monkeypatch.setattr("siseon.service.jobs.figures.SHARE", 1e9)
    both = host(**here)
    jobs = Host(both.settings.model_copy(update={"pipelines": {}}))
    alone, beside = await start(jobs), await start(both)
    for client in (alone, beside):
        assert (await client.get("/v1/jobs")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
    (here["cache_dir"] / "jobs.db").unlink()
    told = await alone.get("/readyz")
    assert (told.status_code, told.json()["status"]) == (503, "waiting for the database")
    assert (await beside.get("/readyz")).status_code == 200


async def test_figures_are_asked_for_once_a_while_and_nobody_waits_long_for_them(monkeypatch):
    monkeypatch.setattr("siseon.service.jobs.figures.PATIENCE_S", 0.01)
    monkeypatch.setattr("siseon.service.jobs.figures.FRESH_S", 60)
    asked, answer = 0, asyncio.Event()

    async def ask() -> Depth:
        nonlocal asked
        asked += 1
        await answer.wait()
        return Depth({"text": Waiting(queued=asked)}, workers=0)

    queue = Queue(ask)
    assert b"siseon_jobs_database_up 0.0" in await queue.text()
    assert b"siseon_jobs_database_up 0.0" in await queue.text()
    answer.set()
    await asyncio.sleep(0)
    monkeypatch.setattr("siseon.service.jobs.figures.PATIENCE_S", 60)
    for _ in range(3):
        assert b'{application="text",state="queued"} 1.0' in await queue.text()
    assert asked == 1
    await queue.close()


async def test_what_waits_no_more_is_told_as_nothing(monkeypatch):
    monkeypatch.setattr("siseon.service.jobs.figures.FRESH_S", 0)
    monkeypatch.setattr("siseon.service.jobs.figures.SHARE", 1e9)
    answers = iter([Depth({"text": Waiting(queued=2)}), Depth()])

    async def ask() -> Depth:
        return next(answers)

    queue = Queue(ask)
    assert b'siseon_job_items{application="text",state="queued"} 2.0' in await queue.text()
    assert b'siseon_job_items{application="text",state="queued"} 0.0' in await queue.text()


async def test_a_question_without_an_answer_ends_with_the_service(monkeypatch):
    monkeypatch.setattr("siseon.service.jobs.figures.PATIENCE_S", 0.01)

    async def ask() -> Depth:
        await asyncio.Event().wait()
        raise StoreError("never")

    queue = Queue(ask)
    await queue.text()
    await asyncio.wait_for(queue.close(), 20)
