"""The OpenAPI document is one that typed clients can be made from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from networks import Networks
from openapi import left_open, operations
from services import inspecting
from siseon.service.app import create_app


@pytest.fixture(scope="module")
def document(tmp_path_factory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("networks")
    return create_app(inspecting(Networks(folder), folder)).openapi()


def test_no_answer_is_left_open(document):
    assert left_open(document) == []


def test_what_events_hold_is_described(document):
    found = {
        path: content["text/event-stream"]["schema"]["contentSchema"]["$ref"].rpartition("/")[2]
        for path, operation in operations(document)
        if "text/event-stream" in (content := operation["responses"].get("200", {}).get("content", {}))
    }
    assert found == {
        "/v1/jobs/{job}/events": "JobEvent",
        "/v1/alarms/events": "AlarmEvent",
        "/v1/streams/{name}/events": "StreamEvent",
    }
    schemas = document["components"]["schemas"]
    assert set(found.values()) <= schemas.keys()
    assert schemas["ResultTold"]["properties"]["result"] == {"$ref": "#/components/schemas/AnyResult"}


async def test_an_answer_has_all_the_fields_that_are_required_of_it(document, client, upload):
    schemas = document["components"]["schemas"]
    answer = (await client.post("/v1/pipelines/inspection", files={"file": upload().data})).json()
    assert set(answer) == set(schemas["Result_InspectionResult_"]["required"])
    assert set(answer["data"]) == set(schemas["InspectionResult"]["required"])
    (found,) = answer["data"]["detections"]
    assert set(found) == set(schemas["Detection"]["required"])
    assert "required" not in schemas["Reference"]
    files = [("files", upload().data), ("files", ("a.png", b"no picture"))]
    for line in (await client.post("/v1/pipelines/inspection/batch", files=files)).text.splitlines():
        assert set(json.loads(line)) > set(schemas["BatchLine_InspectionResult_"]["required"])


def test_methods_of_generated_clients_have_plain_names(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert {"run_inspection", "submit_job", "add_stream", "list_alarms", "oip_load"} <= set(names)


def test_failures_are_described_once(document):
    answers = document["paths"]["/v1/pipelines/inspection"]["post"]["responses"]
    assert answers["404"] == {"$ref": "#/components/responses/Problem404"}
    problem = document["components"]["responses"]["Problem404"]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
