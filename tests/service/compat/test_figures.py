"""``/health``, ``/models`` and ``/models/NAME/stats``, rows E09 and E28."""

from __future__ import annotations

import httpx
import pytest

from siseon.hosting import Host


async def test_health_tells_whether_pictures_are_taken_without_a_token(gauges, start):
    client = await start(gauges(token="sixteen characters"))
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "healthy")
    assert (await client.get("/models")).status_code == 401


async def test_the_stats_of_a_pipeline_count_its_answers_from_call_to_answer(client, png):
    assert (await client.get("/models/gauges/stats")).json()["total_inferences"] == 0
    for _ in range(3):
        await client.post("/predict", files={"file": ("a.png", png)})
    stats = (await client.get("/models/gauges/stats")).json()
    assert (stats["model_name"], stats["total_inferences"], stats["total_items"]) == ("gauges", 3, 3)
    assert 0 < stats["min_inference_time_ms"] <= stats["mean_inference_time_ms"]
    assert stats["mean_inference_time_ms"] <= stats["max_inference_time_ms"]
    assert stats["throughput"] == pytest.approx(1000 / stats["mean_inference_time_ms"], rel=1e-6)


async def test_the_stats_of_a_model_are_those_of_its_runs_and_it_is_listed_while_it_is_loaded(
    gauges, start, networks
):
    name = networks.classifier(name="colours")
    host = gauges()
    client = await start(Host(host.settings, models=networks.manager()))
    assert (await client.get("/models")).json() == []
    await client.post(f"/v1/models/{name}/load")
    feeds = {"name": "pixels", "shape": [1, 3, 1, 1], "datatype": "FP32", "data": [1, 2, 3]}
    await client.post(f"/v2/models/{name}/infer", json={"inputs": [feeds]})
    assert [model["name"] for model in (await client.get("/models")).json()] == [name]
    info = (await client.get(f"/models/{name}")).json()
    assert (info["loaded"], info["providers"]) == (True, ["CPUExecutionProvider"])
    stats = (await client.get(f"/models/{name}/stats")).json()
    assert (stats["model_name"], stats["total_inferences"]) == (name, 1)
    assert stats["mean_inference_time_ms"] == stats["min_inference_time_ms"] > 0


async def test_a_model_that_is_not_there_is_404(client: httpx.AsyncClient):
    for name in ("unheard-of", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 3000, "gauges%2Fx"):
        for path in (f"/models/{name}/stats", f"/models/{name}"):
            answer = await client.get(path)
            assert answer.status_code == 404, path
            assert answer.json()["code"] in ("model_not_found", "not_found")
            assert len(answer.content) < 1500


async def test_the_addresses_are_there_only_with_gauges(start, host):
    client = await start(host())
    for path in ("/health", "/models", "/models/fixed-boxes/stats"):
        assert (await client.get(path)).status_code == 404
