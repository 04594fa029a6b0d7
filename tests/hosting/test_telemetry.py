"""OpenTelemetry, against a collector that the test runs."""

from __future__ import annotations

import asyncio
import gzip
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from siseon.contracts import DependencyMissing
from siseon.service.app import create_app
from siseon.service.server import serve


class Collector(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.spans: list[Span] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_a_request_is_a_span_with_its_stages_and_batches_link_to_it(host, upload, collector):
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    serving = asyncio.create_task(serve(host(otlp_endpoint=collector.endpoint), address.set_result, told))
    async with httpx.AsyncClient(base_url=await address, trust_env=False) as client:
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
