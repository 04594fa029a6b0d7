"""Figures of a service whose models change while it runs."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import httpx
import pytest

from siseon.applications.inspection import Detect, Inspection
from siseon.models import WeightFile
from siseon.models.card_toml import card_toml

PIPELINE = "/v1/pipelines/inspection"


@pytest.fixture
def made(host, networks, tmp_path: Path):
    networks.classifier(name="other-colour")
    return host(cache_dir=tmp_path / "cache")


@pytest.fixture
async def client(made, start) -> httpx.AsyncClient:
    return await start(made)


async def figures(client: httpx.AsyncClient, name: str) -> dict[str, float]:
    """Of the classifier, or of all models, by model."""
    page = (await client.get("/metrics")).text
    found = re.findall(
        rf'^{name}\{{model="([^"]*)".*?(?:stage="classify"|version="(.*)")\}} (\S+)$', page, re.M
    )
    return {f"{model}@{version}" if version else model: float(value) for model, version, value in found}


async def test_a_batch_is_counted_for_the_model_that_ran_it_also_when_a_swap_has_come_between(
    made, client, upload, monkeypatch
):
    begun, hold, process = threading.Event(), threading.Event(), Detect.process

    def held(self: Detect, batch: list[object]) -> object:
        if self is old.detect:  # not the new one, which warms up meanwhile
            begun.set()
            assert hold.wait(60)
        return process(self, batch)

    monkeypatch.setattr(Detect, "process", held)
    old = made["inspection"].pipeline
    asked = asyncio.create_task(client.post(PIPELINE, files={"file": upload((10, 10, 50, 50, "red")).data}))
    await asyncio.to_thread(begun.wait, 60)
    swapped = asyncio.create_task(client.patch(PIPELINE, json={"classifier": "other-colour"}))
    while made["inspection"].pipeline is old:
        await asyncio.sleep(0.01)
    hold.set()
    assert {(await asked).status_code, (await swapped).status_code} == {200}
    counted = await figures(client, "siseon_stage_compute_seconds_count")
    assert counted == {"main-colour:1": 1}


async def test_the_version_that_serves_is_told_also_when_a_newer_one_is_loaded(client, networks, upload):
    card = next(card for card in networks.cards if card.name == "other-colour").model_copy(
        update={"name": "fresh", "files": (WeightFile(name="fresh.onnx"),)}
    )
    file = ("fresh.onnx", (networks.folder / "other-colour.onnx").read_bytes())
    for version in ("9", "10"):
        text = card_toml(card.model_copy(update={"version": version})).encode()
        form = {"card": ("card.toml", text), "file": file}
        assert (await client.post("/v1/models", files=form)).status_code == 201
    assert (await client.patch(PIPELINE, json={"classifier": "fresh@9"})).status_code == 200
    assert (await client.post("/v1/models/fresh/versions/10/load")).status_code == 200
    assert {"fresh@9", "fixed-boxes@1"} == (await figures(client, "siseon_model_calls_total")).keys()


async def test_a_pipeline_that_has_no_hash_is_counted_too(client, upload, monkeypatch):
    monkeypatch.setattr(Inspection, "__hash__", None)  # as that of a dataclass
    answer = await client.post(PIPELINE, files={"file": upload((10, 10, 50, 50, "red")).data})
    assert answer.status_code == 200
    assert await figures(client, "siseon_stage_compute_seconds_count") == {"main-colour:1": 1}
