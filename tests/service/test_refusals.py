"""What ``/metrics`` tells of requests that no pipeline heard of."""

from __future__ import annotations

from siseon.console.figures import read_figures

RUN = "/v1/pipelines/inspection"
TOKEN = "a-secret-of-32-characters-length"


async def _refused(client, **headers):
    return read_figures((await client.get("/metrics", **headers)).text).refused["inspection"]


async def test_requests_refused_for_what_they_are_are_counted_with_their_pipeline(host, start, upload):
    client = await start(host(max_upload_bytes=2048))
    requests = [
        {"url": RUN, "content": b"x" * 5000},
        {"url": RUN, "files": {"wrong": ("a.png", b"x")}},
        {"url": f"{RUN}?no_such_parameter=1", "content": upload().data},
        {"url": f"{RUN}/batch", "json": {"urls": "none"}},
        {"url": "/detect", "content": b"x" * 5000},
    ]
    for number, request in enumerate(requests, 1):
        assert 400 <= (await client.post(**request)).status_code < 500
        assert await _refused(client) == number


async def test_a_wrong_token_is_counted_where_a_pipeline_was_asked(host, start, upload):
    client = await start(host(token=TOKEN))
    for path in (RUN, "/v1/models", "/nope"):
        assert (await client.post(path, content=upload().data)).status_code == 401
    assert await _refused(client, headers={"authorization": f"Bearer {TOKEN}"}) == 1


async def test_requests_that_a_pipeline_heard_of_are_not_counted_twice(host, start, upload):
    service = host(max_in_flight=1)
    client = await start(service)
    assert (await client.post(RUN, content=upload().data)).status_code == 200
    assert (await client.post(RUN, content=b"no picture")).status_code == 400
    assert await _refused(client) == 0
    figures = read_figures((await client.get("/metrics")).text)
    assert sum(figures.answered.values()) == 2

    service.served["inspection"].admission.flight.add(1)  # the one that there may be
    assert (await client.post(RUN, content=upload().data)).status_code == 503
    service.served["inspection"].admission.flight.add(-1)
    assert await _refused(client) == 1


async def test_what_asks_no_pipeline_is_not_counted(client):
    assert (await client.patch(RUN, content=b"{")).status_code == 400
    assert (await client.post("/v1/pipelines/inspection/nothing")).status_code in (404, 405)
    assert await _refused(client) == 0
