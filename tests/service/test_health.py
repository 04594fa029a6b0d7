"""Liveness, readiness, metrics and the table of failures."""

from __future__ import annotations

import asyncio
import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from siseon.applications.inspection import Detect
from siseon.contracts import FailureCode


async def test_a_warm_service_is_alive_and_ready(client):
    for path in ("/healthz", "/readyz"):
        assert (await client.get(path)).status_code == 200
    assert (await client.get("/readyz")).json()["status"] == "ready"


async def test_every_failure_code_is_listed_with_its_status(client):
    rules = {rule["code"]: rule for rule in (await client.get("/v1/failures")).json()}
    assert set(rules) == {str(code) for code in FailureCode}
    assert rules["overloaded"] == {"code": "overloaded", "status": 503, "retryable": True}


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_metrics_count_requests_batches_items_and_bytes(client, upload):
    model_items = ("siseon_model_items_total", (("model", "fixed-boxes"), ("version", "1")))
    warm_up = samples((await client.get("/metrics")).text)[model_items]
    for _ in range(3):
        await client.post("/detect", files={"file": ("a.png", upload().data)})
    await client.post("/detect", files={"file": ("a.png", upload().data[:60])})
    figures = samples((await client.get("/metrics")).text)

    def figure(name: str, **labels: str) -> float:
        return figures[name, tuple(sorted({"pipeline": "inspection", **labels}.items()))]

    assert figure("siseon_request_duration_seconds_count", outcome="ok") == 3
    assert figure("siseon_request_duration_seconds_count", outcome="corrupt_image") == 1
    assert figure("siseon_stage_items_total", stage="detect", outcome="ok") == 3
    assert figure("siseon_stage_items_total", stage="decode", outcome="corrupt_image") == 1
    assert figure("siseon_stage_batch_size_count", stage="detect") == 3
    assert figure("siseon_stage_queue_seconds_count", stage="classify") == 3
    assert figure("siseon_stage_compute_seconds_count", stage="detect", model="fixed-boxes:1") == 3
    assert figure("siseon_stage_batch_fill_ratio_sum", stage="classify") == 3 / 2  # each alone, of two
    assert figure("siseon_stage_input_bytes_total", stage="detect") == 3 * 200 * 100 * 3
    assert figure("siseon_requests_in_flight") == 0
    assert figures[model_items] == warm_up + 3
    assert figures["siseon_model_resident_bytes", (("model", "fixed-boxes"), ("version", "1"))] > 0


async def test_work_for_a_client_that_hung_up_is_dropped_and_counted(host, start, upload, monkeypatch):
    hold = threading.Event()
    begun: list[object] = []
    monkeypatch.setattr(Detect, "process", lambda self, batch: begun.append(batch) or (hold.wait(60) and []))
    monkeypatch.setattr(Detect, "setup", lambda self: None)
    service = host()
    client = await start(service)
    stage = service.served["inspection"].pipeline.detect
    held = []
    for number in range(stage.replicas):  # each in a batch of its own
        held.append(asyncio.create_task(client.post("/detect", files={"file": upload().data})))
        while len(begun) <= number:
            await asyncio.sleep(0.01)
    gone = asyncio.create_task(client.post("/detect", files={"file": upload().data}))
    while not stage.statistics().waiting:
        await asyncio.sleep(0.01)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    labels = (("cause", "cancelled"), ("pipeline", "inspection"), ("stage", "detect"))
    dropped = "siseon_stage_dropped_items_total", labels
    while dropped not in (
        figures := samples((await client.get("/metrics")).text)
    ):  # told when the request ends
        await asyncio.sleep(0.01)
    assert figures[dropped] == 1
    assert not stage.statistics().waiting
    hold.set()
    await asyncio.gather(*held)
