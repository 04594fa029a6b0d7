"""Browsers that do not do as our pages do: no error, no traceback, no memory."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from console.conftest import running
from siseon.console.events import LOGGED
from siseon.console.unseen import MOST_UNSEEN

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOCKET = "/console/_nicegui_ws/socket.io/?EIO=4&transport=websocket&implicit_handshake=true"
NOT_SOCKET_IO = ("", "4", "42", "42[", "45x", "9", "42" + "[" * 50_000, "459999999-[]", b"\x00\xff")


def client_of(http: httpx.Client) -> str:
    found = re.search(r"client_id['\"]: ?['\"]([\w-]+)", http.get("/console/nowhere").text)
    assert found is not None
    return found[1]


@asynccontextmanager
async def socket(address: str, query: str) -> AsyncIterator[ClientConnection]:
    url = address.replace("http", "ws", 1) + SOCKET + query
    async with connect(url, origin=address, proxy=None) as made:
        await made.recv()
        await made.send("40")
        yield made


async def accepts(made: ClientConnection) -> bool:
    """Whether the page was known: what is no packet for it comes first or never."""
    return str(await asyncio.wait_for(made.recv(), 30)).startswith("40")


async def test_what_no_page_sends_is_dropped_and_pages_that_are_never_drawn_are_bounded(
    tmp_path: Path,
) -> None:
    with running(tmp_path, "--jobs-only", "--port", "0", "--console") as service:
        with httpx.Client(base_url=service.address, timeout=60) as http:
            first = client_of(http)
            for _ in range(MOST_UNSEEN):
                last = client_of(http)
        told = "&document_id=a&tab_id=b&old_tab_id=&next_message_id=0&client_id="
        async with socket(service.address, told + first) as made:
            assert not await accepts(made)
        async with socket(service.address, "") as made:
            assert not await accepts(made)
        for garbage in NOT_SOCKET_IO:
            async with socket(service.address, told + last) as made:
                await made.send(garbage)
        async with socket(service.address, told + last) as made:
            assert await accepts(made)
            for event in ("event", "ack", "log", "handshake", "javascript_response"):
                for form in (None, [], {}, {"client_id": last}, {"client_id": last, "id": 1, "args": "x"}):
                    await made.send(f"42{json.dumps([event, form])}")
            for number in range(3 * LOGGED):
                message = {"client_id": last, "level": "error", "message": f"{number} {'x' * 5_000}"}
                await made.send(f"42{json.dumps(['log', message])}")
            await made.send("2")
            async for answer in made:
                if answer == "3":
                    break
        log = service.log.read_text
        assert 0 < log().count(" " + "x" * 100) <= LOGGED
        assert "x" * 600 not in log()
        while "that no page of ours sends" not in log():
            await asyncio.sleep(0.05)
        assert "Traceback" not in log()
        assert log().count("that no page of ours sends") == 1


async def test_another_site_may_lead_here_and_load_nothing(service: str) -> None:
    def asked(mode: str) -> int:
        sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
        return httpx.get(f"{service}/console/", headers=sent, timeout=60).status_code

    assert asked("navigate") == 200
    assert {asked(mode) for mode in ("no-cors", "cors", "same-origin", "websocket")} == {403}
