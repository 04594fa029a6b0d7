"""The process of a worker: what it does arrives where that of a service does."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

from otlp import collector
from services import host
from siseon.jobs import artifacts, process, store
from siseon.jobs.artifact_names import output_name, outputs_of_attempt
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.database import Database
from siseon.jobs.inputs import of_file
from siseon.jobs.process import work
from siseon.jobs.watch import Watch
from siseon.jobs.worker import Counts

__all__ = ["collector", "host"]


async def test_an_item_is_a_span_with_its_stages_at_the_collector_and_counted(
    host, collector, tmp_path, upload
):
    picture = tmp_path / "a.png"
    picture.write_bytes(upload((10, 10, 50, 50, "red")).data)
    hosted = host(cache_dir=tmp_path / "cache", otlp_endpoint=collector.endpoint)
    stop, counts = asyncio.Event(), Counts()
    with Database(hosted.settings.jobs_database_url) as database:
        inputs = [of_file(picture), of_file(Path("/nothing.png"))]
        job = store.submit(database, store.NewJob("inspection", inputs), queue_items=10)
        working = asyncio.create_task(work(hosted, 2, stop, lambda: None, counts))
        async with Watch(database) as watch, asyncio.timeout(60):
            async for _ in watch.follow(job.id):
                pass
    stop.set()
    await working
    (root,) = [span for span in collector.spans if span.name == "pipeline inspection"]
    inside = [span for span in collector.spans if span.parent_span_id == root.span_id]
    assert [span.name for span in inside][:4] == ["decode", "detect", "crop", "classify"]
    batches = [span for span in collector.spans if span.name == "batch detect"]
    assert [link.span_id for span in batches for link in span.links] == [root.span_id]
    assert (counts.claimed, counts.done, counts.failed) == (2, 1, 1)


async def test_a_worker_says_what_waits_for_others_once(host, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(process, "LATE_S", 0.01)
    hosted = host(cache_dir=tmp_path / "cache")
    stop = asyncio.Event()
    with Database(hosted.settings.jobs_database_url) as database:
        for application in ("inspection", "translation"):
            store.submit(database, store.NewJob(application, ["file:/nothing.png"]), queue_items=10)
        told = store.NewJob("inspection", ["file:/x"], webhook="https://example.com/")
        store.cancel(database, store.submit(database, told, queue_items=10).id)
        with caplog.at_level(logging.WARNING, "siseon.jobs"):
            working = asyncio.create_task(work(hosted, 2, stop, lambda: None))
            async with asyncio.timeout(60):
                while len(caplog.messages) < 2:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.1)  # more looks would say more
        stop.set()
        await working
    without_worker, without_secret = caplog.messages
    assert "siseon worker --applications translation" in without_worker
    assert "SISEON_JOBS_WEBHOOK_SECRET" in without_secret


async def test_a_worker_that_is_told_to_stop_does_not_remove_a_large_old_job_first(
    host, tmp_path, monkeypatch
):
    hosted = host(cache_dir=tmp_path / "cache", jobs_keep_s=0.001)
    removing, stopped, stop = threading.Event(), threading.Event(), asyncio.Event()
    remove = Artifacts._deleted

    def removed(self: Artifacts, names: list[str]) -> bool:
        removing.set()
        assert stopped.wait(60)
        return remove(self, names)

    monkeypatch.setattr(artifacts, "PAGE", 1)
    monkeypatch.setattr(Artifacts, "_deleted", removed)
    kept = Artifacts.at(hosted.settings.jobs_artifacts_place)
    with Database(hosted.settings.jobs_database_url) as database:
        job = store.submit(database, store.NewJob("inspection", ["file:/nothing.png"]), queue_items=10)
        for number in range(5):
            kept.put(output_name(outputs_of_attempt(job.id, number, 1), 0, "jpg"), b"made")
        store.cancel(database, job.id)
        working = asyncio.create_task(work(hosted, 2, stop, lambda: None))
        assert await asyncio.to_thread(removing.wait, 60)
        stop.set()
        await working
        stopped.set()
        await asyncio.get_running_loop().shutdown_default_executor()  # what an ending process waits for
        left = list((tmp_path / "cache" / "artifacts").rglob("*.jpg"))
        assert len(left) == 4
