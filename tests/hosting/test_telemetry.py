"""OpenTelemetry, against a collector that the test runs."""

from __future__ import annotations

import asyncio
import sys

import httpx
import pytest

from otlp import collector
from siseon.contracts import DependencyMissing
from siseon.service.app import create_app
from siseon.service.server import serve

__all__ = ["collector"]


async def test_a_request_is_a_span_with_its_stages_and_batches_link_to_it(host, upload, collector):
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    serving = asyncio.create_task(serve(host(otlp_endpoint=collector.endpoint), address.set_result, told))
    async with httpx.AsyncClient(base_url=await address, trust_env=False, timeout=60) as client:
        parent = f"00-{'ab' * 16}-{'cd' * 8}-01"
        good = await client.post("/detect", files={"file": upload().data}, headers={"traceparent": parent})
        bad = await client.post("/detect", files={"file": upload().data[:60]})
    told.set()
    await serving
    spans = {span.span_id.hex(): span for span in collector.spans}
    root = spans[good.headers["traceparent"].split("-")[2]]
    assert root.name == "pipeline inspection"
    assert (root.trace_id.hex(), root.parent_span_id.hex()) == ("ab" * 16, "cd" * 8)
    inside = [span for span in spans.values() if span.parent_span_id == root.span_id]
    assert [span.name for span in inside][:2] == ["decode", "detect"]
    for span in inside:
        assert root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= root.end_time_unix_nano + 1_000_000
    batches = [span for span in spans.values() if span.name == "batch detect"]
    assert [link.span_id for span in batches for link in span.links] == [root.span_id]
    failed = spans[bad.headers["traceparent"].split("-")[2]]
    assert failed.status.message == "corrupt_image"


def test_without_the_sdk_the_service_says_what_to_install(host, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(DependencyMissing) as refused:
        create_app(host(otlp_endpoint="http://127.0.0.1:1"))
    assert "siseon[otel]" in (refused.value.hint or "")
