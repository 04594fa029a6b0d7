"""``/v1/traces``: listed, looked at, summed up, taken to Perfetto."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from siseon.applications.inspection.stages import Classify


async def _run(client, upload, count: int = 1) -> list[str]:
    answers = await asyncio.gather(
        *(client.post("/detect", files={"file": ("a.png", upload().data)}) for _ in range(count))
    )
    return [answer.json()["trace_id"] for answer in answers]


async def test_a_request_is_found_by_its_trace_id_with_its_spans(client, upload) -> None:
    (trace_id,) = await _run(client, upload)
    listed = (await client.get("/v1/traces")).json()
    assert [one["trace_id"] for one in listed] == [trace_id]
    assert listed[0]["pipeline"] == "inspection"
    assert listed[0]["outcome"] == "ok"
    assert set(listed[0]["kinds"]) == {"slow", "recent"}
    trace = (await client.get(f"/v1/traces/{trace_id}")).json()
    stages = [span["stage"] for span in trace["spans"]]
    assert "detect" in stages
    assert trace["slowest"] in stages
    for span in trace["spans"]:
        assert 0 <= span["start_ms"] <= trace["elapsed_ms"]
        assert span["queue_ms"] + span["compute_ms"] <= trace["elapsed_ms"] + 1


async def test_a_failed_request_is_listed_with_its_code(client, upload) -> None:
    await _run(client, upload)
    bad = await client.post("/detect", files={"file": ("a.png", upload().data[:60])})
    (failed,) = (await client.get("/v1/traces", params={"kind": "failed"})).json()
    assert failed["outcome"] == bad.json()["code"]
    assert failed["trace_id"] == bad.json()["trace_id"]


async def test_requests_of_one_trace_are_told_apart(client, upload) -> None:
    trace_id = "ab" * 16
    sent = {"traceparent": f"00-{trace_id}-{'12' * 8}-01"}
    for data in (upload().data, upload().data[:60], upload().data):
        await client.post("/detect", files={"file": ("a.png", data)}, headers=sent)
    listed = (await client.get("/v1/traces")).json()
    assert [one["outcome"] == "ok" for one in listed] == [True, False, True]
    assert [sorted(one["kinds"]) for one in listed] == [
        ["recent", "slow"],
        ["failed", "recent"],
        ["recent", "slow"],
    ]
    for one in listed:
        told = (await client.get(f"/v1/traces/{trace_id}", params={"span_id": one["span_id"]})).json()
        assert (told["started"], told["outcome"]) == (one["started"], one["outcome"])
    newest = (await client.get(f"/v1/traces/{trace_id}")).json()
    assert newest["span_id"] == listed[0]["span_id"]
    drawn = (await client.get(f"/v1/traces/{trace_id}/perfetto")).json()["traceEvents"]
    assert sum(event["name"].endswith(trace_id[:8]) for event in drawn if event["ph"] == "b") == 3
    other = await client.get(f"/v1/traces/{trace_id}", params={"span_id": "0" * 16})
    assert (other.status_code, other.json()["code"]) == (404, "trace_not_found")


async def test_batch_mates_name_one_another(client, upload, monkeypatch) -> None:
    classify = Classify.process

    def late(self: Classify, batch: list[Any]) -> Any:
        time.sleep(0.2)  # the crops of the others come meanwhile
        return classify(self, batch)

    monkeypatch.setattr(Classify, "process", late)
    ids = await _run(client, upload, 8)
    traces = [(await client.get(f"/v1/traces/{one}")).json() for one in ids]
    shared = {
        trace["trace_id"]: {mate for span in trace["spans"] for mate in span["mates"]} for trace in traces
    }
    assert any(shared.values()), "no batch was shared"
    for one, mates in shared.items():
        assert one not in mates
        assert all(one in shared[mate] for mate in mates)


async def test_the_report_names_the_bottleneck_and_perfetto_gets_all(client, upload) -> None:
    ids = await _run(client, upload, 3)
    (report,) = (await client.get("/v1/traces/report")).json()
    assert report["requests"] == 3
    assert report["bottleneck"] in {stage["stage"] for stage in report["stages"]}
    assert abs(sum(stage["share"] for stage in report["stages"]) - 1) < 1e-6
    everything = await client.get("/v1/traces/perfetto")
    assert "attachment" in everything.headers["content-disposition"]
    requests = {event["name"] for event in everything.json()["traceEvents"] if event["ph"] == "b"}
    assert {f"{one[:8]}" for one in ids} <= {name.rpartition(" ")[2] for name in requests}
    alone = (await client.get(f"/v1/traces/{ids[0]}/perfetto")).json()
    assert len(alone["traceEvents"]) < len(everything.json()["traceEvents"])


async def test_an_unknown_trace_and_what_is_none_are_refused_by_name(client) -> None:
    unknown = await client.get(f"/v1/traces/{'0' * 32}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "trace_not_found")
    for wrong in ("x", "0" * 31, "0" * 33, "..%2Fmodels"):
        answer = await client.get(f"/v1/traces/{wrong}")
        assert answer.status_code in (400, 404), wrong
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await client.get("/v1/traces", params={"kind": "odd"})).status_code == 400
