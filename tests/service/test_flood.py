"""A stranger that floods a real service with requests and hangs up, beside a client that asks for little."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx

from siseon.applications.inspection import Detect
from siseon.hosting import Host
from siseon.hosting.impatience import ENOUGH

RUN = "/v1/pipelines/inspection"
PICTURE_S = 0.1
PATIENCE_S = 1.0
AT_ONCE = 20
"""Few enough that a slow machine can tell all of them in their time that they are refused."""


def from_address(address: str, base: httpx.URL) -> httpx.AsyncClient:
    """A client on a loopback address of its own."""
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=None))
    return httpx.AsyncClient(base_url=base, transport=transport, timeout=30, trust_env=False)


async def test_who_asks_for_little_is_let_in_beside_a_flood_of_hang_ups(
    host: Callable[..., Host], start, upload, monkeypatch
) -> None:
    process = Detect.process

    def slow(self: Detect, batch: list[object]) -> object:
        time.sleep(PICTURE_S)  # in a thread of the stage's own
        return process(self, batch)

    monkeypatch.setattr(Detect, "process", slow)
    service = host(max_at_work=1)
    address = (await start(service)).base_url
    picture = upload().data
    refusals: list[httpx.Response] = []

    async def flood(stranger: httpx.AsyncClient) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    answer = await stranger.post(RUN, content=picture, headers={"content-type": "image/png"})
            except (TimeoutError, httpx.TransportError):
                continue
            if answer.status_code == 503:
                refusals.append(answer)
                await asyncio.sleep(PICTURE_S)  # it goes on asking for more than there is

    async with (
        from_address("127.0.0.2", address) as stranger,
        from_address("127.0.0.1", address) as ours,
        asyncio.TaskGroup() as group,
    ):
        floods = [group.create_task(flood(stranger)) for _ in range(AT_ONCE)]
        async with asyncio.timeout(60):
            while sum("hanging up" in one.json()["detail"] for one in refusals) < ENOUGH:
                await asyncio.sleep(PICTURE_S)
        before = len(refusals)
        answers = [
            await ours.post(RUN, content=picture, headers={"content-type": "image/png"}) for _ in range(10)
        ]
        meanwhile = len(refusals) - before
        for task in floods:
            task.cancel()
    assert [answer.status_code for answer in answers] == [200] * 10
    assert meanwhile > 0
    assert refusals[0].json()["code"] == "overloaded"
    assert int(refusals[0].headers["retry-after"]) >= 1
