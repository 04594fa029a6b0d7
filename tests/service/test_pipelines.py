"""``/v1/pipelines``: every way to send a picture, every form of answer."""

from __future__ import annotations

import base64
import io
import threading

import httpx
import orjson
import pytest
from PIL import Image as PillowImage

from siseon.applications.inspection import Detect, Inspection
from siseon.service.problems import MEDIA_TYPE

RUN = "/v1/pipelines/inspection"


@pytest.fixture
def client(lasting: httpx.AsyncClient) -> httpx.AsyncClient:
    """One service for all that ask for no other: they leave nothing behind in it."""
    return lasting


async def test_a_form_a_body_and_json_give_the_same_answer(client, upload):
    picture = upload((0, 0, 200, 100, "red"))
    form = await client.post(RUN, files={"file": (picture.name, picture.data, "image/png")})
    body = await client.post(RUN, content=picture.data, headers={"content-type": "image/png"})
    encoded = base64.b64encode(picture.data).decode()
    json = await client.post(RUN, json={"base64": encoded, "name": "scene.png"})
    data_url = await client.post(RUN, json={"base64": f"data:image/png;base64,{encoded}"})
    found = [answer.json()["data"] for answer in (form, body, json, data_url)]
    assert [data["image_id"] for data in found] == ["scene.png", "upload", "scene.png", "upload"]
    for data in found:
        assert data["detections"] == found[0]["detections"] != []
        assert data["classifications"][0]["class_name"] == "red"


async def test_an_answer_names_models_trace_and_timings(client, upload):
    answer = (await client.post(RUN, content=upload().data)).json()
    assert [model["name"] for model in answer["models"]] == ["fixed-boxes", "main-colour"]
    assert all(len(model["sha256"]) == 64 for model in answer["models"])
    assert [timing["stage"] for timing in answer["timings"]][:2] == ["decode", "detect"]
    assert answer["degraded"] == []


async def test_the_callers_trace_goes_on(client, upload):
    parent = f"00-{'ab' * 16}-{'cd' * 8}-01"
    answer = await client.post(RUN, content=upload().data, headers={"traceparent": parent})
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"] == "ab" * 16
    assert answer.headers["traceparent"].split("-")[1] == "ab" * 16
    assert answer.headers["traceparent"].split("-")[2] != "cd" * 8


@pytest.mark.parametrize(
    "parent", ["", "00-0-0-01", f"00-{'0' * 32}-{'cd' * 8}-01", f"ff-{'ab' * 16}-{'cd' * 8}-01"]
)
async def test_an_invalid_trace_header_is_ignored(client, upload, parent):
    answer = await client.post(RUN, content=upload().data, headers={"traceparent": parent})
    assert answer.status_code == 200
    assert answer.json()["trace_id"] not in (parent, "0" * 32, "ab" * 16)


async def test_choices_of_the_request_are_typed_by_the_pipeline(client, upload):
    picture = upload().data
    assert (await client.post(f"{RUN}?min_score=0.99", content=picture)).json()["data"]["detections"] == []
    plain = (await client.post(f"{RUN}?classify=false", content=picture)).json()["data"]
    assert plain["detections"]
    assert plain["classifications"] == []
    for query in ("min_score=2", "min_score=x", "unheard_of=1", "classes=unicorn"):
        answer = await client.post(f"{RUN}?{query}", content=picture)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), query
    for path in (RUN, f"{RUN}/batch"):
        misspelt = (await client.post(f"{path}?min_scor=0.5", content=picture)).json()
        assert misspelt["detail"] == "there is no parameter 'min_scor'"
        assert misspelt["hint"].startswith("did you mean min_score? There are: ")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/jpeg", "image/jpeg"),
        ("image/png, application/json;q=0.5", "image/png"),
        ("text/html, */*", "application/json"),
        ("image/png;q=0.1, application/json", "application/json"),
    ],
)
async def test_the_client_chooses_the_form_of_the_answer(client, upload, accept, kind):
    answer = await client.post(RUN, content=upload().data, headers={"accept": accept})
    assert answer.headers["content-type"] == kind
    if kind.startswith("image"):
        assert PillowImage.open(io.BytesIO(answer.content)).size == (200, 100)


async def test_a_form_of_answer_that_there_is_not_is_refused(client, upload):
    answer = await client.post(RUN, content=upload().data, headers={"accept": "text/html"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"content": b""}, "empty_upload"),
        ({"content": b"hello", "headers": {"content-type": "text/plain"}}, "unsupported_media"),
        ({"content": b"hello"}, "unsupported_media"),
        ({"files": {"file": ("a.jpg", b"", "image/jpeg")}}, "empty_upload"),
        ({"files": {"file": ("a.txt", b"x", "text/plain")}}, "unsupported_media"),
        ({"data": {"file": "no file"}}, "unsupported_media"),
        ({"files": {"other": ("a.jpg", b"x")}}, "invalid_input"),
        ({"json": {}}, "invalid_input"),
        ({"json": {"url": "http://127.0.0.1/a.jpg"}}, "url_blocked"),
        ({"json": {"url": "file:///etc/passwd"}}, "url_blocked"),
        ({"json": {"base64": "?"}}, "invalid_input"),
        ({"json": {"base64": "", "name": "x"}}, "empty_upload"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, "invalid_input"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "invalid_input"),
        (
            {"content": b"--b\r\nnonsense", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            "invalid_input",
        ),
        ({"content": b"x", "headers": {"x-request-timeout": "soon"}}, "invalid_input"),
        ({"content": b"x", "headers": {"x-request-timeout": "-1"}}, "invalid_input"),
        ({"content": b"x", "headers": {"x-request-timeout": "nan"}}, "invalid_input"),
    ],
)
async def test_what_can_not_be_used_is_a_problem_that_says_why(client, request_, code):
    answer = await client.post(RUN, **request_)
    body = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (body["code"], body["status"]) == (code, answer.status_code)
    assert 400 <= answer.status_code < 500
    assert body["hint"]
    assert body["trace_id"] == answer.headers["x-trace-id"]


async def test_two_files_in_a_request_for_one_are_refused(client, upload):
    files = [("file", ("a.png", upload().data)), ("file", ("b.png", upload().data))]
    answer = await client.post(RUN, files=files)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


async def test_an_upload_beyond_the_limit_is_refused_while_it_arrives(host, start):
    client = await start(host(max_upload_bytes=2048))
    declared = await client.post(RUN, content=b"x" * 5000)

    async def endless():
        for _ in range(1000):
            yield b"x" * 1024

    streamed = await client.post(RUN, content=endless())
    for answer in (declared, streamed):
        assert (answer.status_code, answer.json()["code"]) == (413, "image_too_large")


async def test_a_picture_with_more_pixels_than_allowed_is_refused_by_its_header(host, start, upload):
    client = await start(host(max_pixels=10_000))
    answer = await client.post(RUN, content=upload().data)
    assert (answer.status_code, answer.json()["code"], answer.json()["stage"]) == (
        413,
        "image_too_large",
        "decode",
    )


async def test_a_deadline_that_passes_is_named_with_its_stage(host, start, upload, monkeypatch):
    hold = threading.Event()
    monkeypatch.setattr(Detect, "process", lambda self, batch: hold.wait(60) and [])
    monkeypatch.setattr(Detect, "setup", lambda self: None)
    client = await start(host())
    answer = await client.post(RUN, content=upload().data, headers={"x-request-timeout": "1"})
    hold.set()
    assert (answer.status_code, answer.json()["code"]) == (504, "deadline_exceeded")
    assert answer.json()["stage"] == "detect"
    assert answer.json()["retryable"] is True


async def test_the_pipelines_are_listed_with_their_models(client):
    (one,) = (await client.get("/v1/pipelines")).json()
    assert one["name"] == "inspection"
    assert [model["name"] for model in one["models"]] == ["fixed-boxes", "main-colour"]
    assert "detect" in one["stages"]


async def test_a_batch_answers_each_picture_by_itself(client, upload):
    good = upload().data
    files = [("files", ("a.png", good)), ("files", ("b.png", b"broken")), ("files", ("c.png", good))]
    form = {"urls": ["http://10.0.0.1/x.jpg", "http://169.254.169.254/latest"]}
    answer = await client.post(f"{RUN}/batch", files=files, data=form)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = {line["index"]: line for line in map(orjson.loads, answer.content.splitlines())}
    assert sorted(lines) == [0, 1, 2, 3, 4]
    assert [lines[i]["name"] for i in range(3)] == ["a.png", "b.png", "c.png"]
    assert lines[0]["result"]["data"]["detections"]
    assert lines[1]["failure"]["code"] == "unsupported_media"
    assert {lines[3]["failure"]["code"], lines[4]["failure"]["code"]} == {"url_blocked"}
    assert len({line["trace_id"] for line in lines.values()}) == 5


async def test_a_batch_in_json_is_answered_in_order_where_asked(client, upload):
    items = [{"base64": base64.b64encode(upload().data).decode(), "name": f"{n}.png"} for n in range(5)]
    answer = await client.post(f"{RUN}/batch", json={"items": items}, headers={"accept": "application/json"})
    assert [line["name"] for line in answer.json()] == [f"{n}.png" for n in range(5)]


async def test_a_picture_of_a_batch_that_can_not_be_read_fails_alone(client, upload):
    items = [{"base64": "?"}, {"base64": base64.b64encode(upload().data).decode()}]
    answer = await client.post(f"{RUN}/batch", json={"items": items}, headers={"accept": "application/json"})
    bad, good = answer.json()
    assert bad["failure"]["code"] == "invalid_input"
    assert good["result"]["data"]["detections"]


async def test_no_more_pictures_of_a_batch_are_at_work_than_allowed(host, start, upload):
    service = host(batch_in_flight=2)
    client = await start(service)
    served = service.served["inspection"]
    seen: list[int] = []
    service.on_trace.append(lambda name, trace: seen.append(served.admission.in_flight))
    files = [("files", (f"{n}.png", upload().data)) for n in range(8)]
    assert len((await client.post(f"{RUN}/batch", files=files)).content.splitlines()) == 8
    assert max(seen) <= 2


@pytest.mark.parametrize(
    "body", [{"json": {"urls": []}}, {"json": []}, {"json": {"urls": ["http://a"] * 300}}, {"content": b"x"}]
)
async def test_a_batch_of_none_or_too_many_is_refused(client, body):
    answer = await client.post(f"{RUN}/batch", **body)
    assert answer.status_code == 400
    assert answer.json()["hint"]


async def test_an_application_that_calls_exit_ends_its_request_and_not_the_service(
    client, upload, monkeypatch
):
    async def leave(*_: object, **__: object) -> None:
        raise SystemExit(3)

    with monkeypatch.context() as patched:
        patched.setattr(Inspection, "run", leave)
        answer = await client.post("/detect", files={"file": ("a.png", upload().data)})
    assert (answer.status_code, answer.json()["code"]) == (500, "stage_failed")
    assert (await client.post("/detect", files={"file": ("a.png", upload().data)})).status_code == 200
