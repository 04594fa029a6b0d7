from __future__ import annotations

from typing import Any

import httpx
import pytest

RUN = "/v1/pipelines/inspection"
ROUTED = {"min_score": 0}
"""A parameter in the URL: the request takes the operation's route."""


def lasting(answer: httpx.Response) -> dict[str, Any]:
    """What does not differ between two requests."""
    body = {
        name: value
        for name, value in answer.json().items()
        if name not in ("trace_id", "timings", "elapsed_ms")
    }
    data = body.get("data", body)
    data.pop("inference_ms", None)
    return body


def names(answer: httpx.Response) -> list[str]:
    return sorted(name for name in answer.headers if name != "date")


@pytest.mark.parametrize("path", [RUN, "/detect"])
async def test_the_short_way_answers_as_the_route_does(client, upload, path):
    photo = {"file": ("a.png", upload((0, 0, 200, 100, "red")).data, "image/png")}
    short = await client.post(path, files=photo)
    routed = await client.post(path, files=photo, params=ROUTED)
    assert (short.status_code, names(short)) == (routed.status_code, names(routed)) == (200, names(short))
    assert lasting(short) == lasting(routed)


@pytest.mark.parametrize("path", [RUN, "/detect"])
async def test_the_short_way_fails_as_the_route_does(client, path):
    damaged = {"file": ("a.png", b"no picture", "image/png")}
    short = await client.post(path, files=damaged)
    routed = await client.post(path, files=damaged, params=ROUTED)
    assert (short.status_code, names(short)) == (routed.status_code, names(routed)) == (400, names(short))
    assert lasting(short) == lasting(routed)


async def test_another_method_and_an_unknown_parameter_are_refused_as_ever(client):
    assert (await client.get("/detect")).status_code == 405
    assert (await client.post(RUN, params={"min_scare": 1}, content=b"x")).status_code == 400
