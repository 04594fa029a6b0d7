"""``/detect`` and ``/detect_batch``, the rows A14, A24, A25, A31, A33 and A35."""

from __future__ import annotations

import io
import threading

import httpx
import numpy as np
import pytest
from PIL import Image as PillowImage

from siseon.applications.inspection import Classify
from siseon.service.detect import DetectAnswer


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


def encoded(kind: str) -> bytes:
    stream = io.BytesIO()
    PillowImage.fromarray(np.full((100, 200, 3), 90, np.uint8)).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "dog.jpg"), ("PNG", "dog.png"), ("WEBP", "dog.webp")])
async def test_jpeg_png_and_webp_are_answered_with_the_whole_contract(client, kind, name):
    answer = await client.post("/detect", files={"file": (name, encoded(kind))})
    assert answer.status_code == 200
    body = DetectAnswer.model_validate_json(answer.content)
    assert body.image_id == name
    assert len(body.detections) == 1
    assert body.classifications[0].detection_index == 0
    assert body.inference_ms > 0
    assert all(model.version and len(model.sha256) == 64 for model in body.models)
    assert body.trace_id == answer.headers["x-trace-id"]


JPEG = encoded("JPEG")


@pytest.mark.parametrize(
    ("upload_", "code"),
    [
        (("a.jpg", JPEG[:200], "image/jpeg"), "corrupt_image"),
        (("a.jpg", JPEG[: len(JPEG) // 2], "image/jpeg"), "corrupt_image"),
        (("a.jpg", b"", "image/jpeg"), "empty_upload"),
        (("a.jpg", b"\0" * 100, "image/jpeg"), "unsupported_media"),
        (("a.jpg", encoded("GIF"), "image/jpeg"), "unsupported_media"),
        (("a.gif", encoded("GIF"), "image/gif"), "unsupported_media"),
        (("a.pdf", b"%PDF-1.7", "application/pdf"), "unsupported_media"),
        (("a.jpg", JPEG, "text/plain"), "unsupported_media"),
    ],
)
async def test_a_bad_upload_is_400_with_a_code_of_its_own(client, upload_, code):
    answer = await client.post("/detect", files={"file": upload_})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    if code == "unsupported_media":
        assert "unsupported" in answer.json()["type"]


async def test_a_form_without_a_file_name_is_called_upload(client):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n' + JPEG + b"\r\n--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/detect", content=body, headers=headers)
    assert answer.json()["image_id"] == "upload"


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\photos\\passwd", "a\x00\n/passwd"])
async def test_a_file_name_is_a_name_and_no_path(client, name):
    answer = await client.post("/detect", files={"file": (name, JPEG)})
    assert answer.json()["image_id"] == "passwd"


async def test_nothing_found_is_an_empty_list(host, start):
    client = await start(host(boxes=()))
    answer = (await client.post("/detect", files={"file": ("a.jpg", JPEG)})).json()
    assert (answer["detections"], answer["classifications"]) == ([], [])


STAGES = ["decode", "detect", "crop", "aggregate", "validate", "respond"]


@pytest.mark.parametrize("stage", STAGES)
async def test_a_failure_in_any_step_is_an_answer_that_names_it(host, start, monkeypatch, stage):
    from siseon.applications.inspection import pipeline as module
    from siseon.contracts import Detections

    def broken(*_: object, **__: object) -> None:
        raise module.ContractViolation("broken on purpose")

    service = host()
    pipeline = service.served["inspection"].pipeline
    if stage in ("decode", "detect"):
        monkeypatch.setattr(type(getattr(pipeline, stage)), "process", broken)
    else:
        target = {
            "crop": (Detections, "crops"),
            "aggregate": (module, "_aggregate"),
            "validate": (module.InspectionResult, "checked"),
            "respond": (module, "_check_size"),
        }[stage]
        monkeypatch.setattr(*target, broken)
    if stage == "detect":  # its warm-up must not fail
        monkeypatch.setattr(type(pipeline.detect), "setup", lambda self: None)
    client = await start(service)
    answer = await client.post("/detect", files={"file": ("a.jpg", JPEG)})
    assert (answer.status_code, answer.json()["code"], answer.json()["stage"]) == (
        500,
        "contract_violation",
        stage,
    )


async def test_a_broken_or_late_classifier_leaves_detections_and_says_degraded(host, start, monkeypatch):
    hold = threading.Event()

    def broken(self: object, batch: object) -> None:
        raise RuntimeError("broken on purpose")

    def late(self: object, batch: list[object]) -> list[object]:
        hold.wait(60)  # until the request is answered
        return list(batch)

    for process, why, timeout in ((broken, "stage_failed", "30"), (late, "deadline_exceeded", "2")):
        monkeypatch.setattr(Classify, "process", process)
        monkeypatch.setattr(Classify, "setup", lambda self: None)
        client = await start(host())
        headers = {"x-request-timeout": timeout}
        answer = await client.post("/detect", files={"file": ("a.jpg", JPEG)}, headers=headers)
        assert answer.status_code == 200
        body = answer.json()
        assert len(body["detections"]) == 1
        assert body["classifications"] == []
        assert body["degraded"] == [f"classify: {why}"]
    hold.set()


async def test_a_batch_of_urls_is_answered_in_order_and_guarded(client):
    urls = ["http://127.0.0.1:1/a.jpg", "ftp://example.com/a.jpg"]
    for body in ({"urls": urls}, urls):
        answer = await client.post("/detect_batch", json=body)
        assert answer.status_code == 200
        assert [line["index"] for line in answer.json()] == [0, 1]
        assert {line["failure"]["code"] for line in answer.json()} == {"url_blocked"}


async def test_detect_draws_where_the_client_wants_a_picture_and_refuses_what_it_cannot_give(client):
    files = {"file": ("a.jpg", JPEG)}
    drawn = await client.post("/detect", files=files, headers={"accept": "image/png"})
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/png")
    assert drawn.content.startswith(b"\x89PNG")
    refused = await client.post("/detect", files=files, headers={"accept": "text/html"})
    assert refused.status_code == 406
    assert "Accept" in refused.text


async def test_the_timings_and_the_metrics_tell_the_parts_of_a_stage(client):
    answer = await client.post("/detect", files={"file": ("a.jpg", JPEG)})
    parts = {timing["stage"]: timing["parts_ms"] for timing in answer.json()["timings"]}
    assert list(parts["detect"]) == ["preprocess", "infer", "postprocess"]
    assert all(spent >= 0 for spent in parts["detect"].values())
    assert parts["aggregate"] == {}
    metrics = (await client.get("/metrics")).text
    assert 'siseon_stage_part_seconds_count{part="infer",pipeline="inspection",stage="detect"}' in metrics
