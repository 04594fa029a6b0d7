"""What open pages of the console cost a service: CPU while nothing happens, and memory.

    ./dev python benchmarks/console.py --pages 50 --seconds 60
    ./dev python benchmarks/console.py --day

Starts a service, measures it without a page, then with so many pages that are connected as a browser's are (the page is
fetched, its Socket.IO connection is kept open and acknowledged), and prints both and the difference, of all cores.

``--day`` plays a day to one page of each kind: feeds that ask every two seconds ask without a pause, while requests go
on failing, so that every answer differs, until the first page has been told as often as in a day, or ``--looks`` times.
It prints the memory of the service on the way, and of a page in Chromium (JavaScript's heap after a collection, nodes).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import psutil
import socketio
from playwright.async_api import CDPSession, async_playwright

READY = re.compile(r"console (http://\S+)/console/")
START_S = 120.0
SETTLE_S = 8.0
ACK_S = 3.0
"""As NiceGUI's own script acknowledges."""
CLIENT = re.compile(r'"client_id": ?"([^"]+)"|\'client_id\': ?\'([^\']+)\'')
NEXT = re.compile(r"'next_message_id': ?(\d+)")
A_DAY = 24 * 3600 // 2
"""Looks of a feed that asks every two seconds."""
DAY_PAGES = (
    "/console/",
    "/console/models",
    "/console/traces",
    "/console/alarms",
    "/console/jobs",
    "/console/live",
)
WITHOUT_A_PAUSE = """
import sys
from siseon.console import poller
made = poller.Feed.__init__
poller.Feed.__init__ = lambda feed, ask, every_s: made(feed, ask, every_s / 1000)
from siseon.cli import main
sys.argv[0] = "siseon"
main()
"""


class Open:
    """One open page."""

    def __init__(self) -> None:
        self.received = 0
        self.told = 0
        self._socket = socketio.AsyncClient(reconnection=False)
        self._next = 0
        self._client = ""
        self._acks: asyncio.Task[None] | None = None

    async def open(self, http: httpx.AsyncClient, address: str, path: str) -> None:
        """Fetch the page and connect."""
        page = (await http.get(path)).text
        found, following = CLIENT.search(page), NEXT.search(page)
        if found is None or following is None:
            sys.exit(page[:500])
        self._client = found[1] or found[2]
        self._next = int(following[1])
        query = {
            "client_id": self._client,
            "next_message_id": self._next,
            "implicit_handshake": "true",
            "document_id": uuid.uuid4(),
            "tab_id": uuid.uuid4(),
            "old_tab_id": "",
        }
        self._socket.on("*", self._note)
        url = f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}"
        await self._socket.connect(
            url,
            headers={"Origin": address},
            transports=["websocket"],
            socketio_path="/console/_nicegui_ws/socket.io",
        )
        self._acks = asyncio.create_task(self._acknowledge())

    async def close(self) -> None:
        """Leave."""
        if self._acks is not None:
            self._acks.cancel()
        await self._socket.disconnect()

    async def _note(self, event: str, *told: dict[str, object]) -> None:
        self.received += len(json.dumps(told, default=str))
        self.told += 1
        self._next += 1

    async def _acknowledge(self) -> None:
        while True:
            await asyncio.sleep(ACK_S)
            await self._socket.emit("ack", {"client_id": self._client, "next_message_id": self._next})


async def measured(process: psutil.Process, seconds: float) -> tuple[float, float]:
    """Share of one core that the process used, and its memory in MB at the end."""
    before, begun = sum(process.cpu_times()[:2]), time.monotonic()
    await asyncio.sleep(seconds)
    used = sum(process.cpu_times()[:2]) - before
    return used / (time.monotonic() - begun), process.memory_info().rss / 1e6


@contextmanager
def service(pipelines: list[str], *, quick: bool = False) -> Iterator[tuple[str, psutil.Process]]:
    """A service of its own, in a folder of its own; yields its address and its process."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        program = ["-c", WITHOUT_A_PAUSE] if quick else ["-m", "siseon"]
        command = [sys.executable, *program, "serve", *pipelines, "--port", "0", "--console"]
        environment = {**os.environ, "SISEON_CACHE_DIR": folder, "COLUMNS": "200"}
        process = subprocess.Popen(command, stderr=log, env=environment)
        try:
            until = time.monotonic() + START_S
            while not (found := READY.search(Path(log.name).read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(Path(log.name).read_text())
                time.sleep(0.2)
            yield found[1], psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--path", default="/console/")
    parser.add_argument("--serve", default="text", help="pipelines, separated by commas")
    parser.add_argument("--day", action="store_true", help="play a day, and look at the memory")
    parser.add_argument("--looks", type=int, default=A_DAY, help="of the first page, for a shorter day")
    words = parser.parse_args()
    with service(words.serve.split(","), quick=words.day) as (address, process):
        if words.day:
            asyncio.run(day(process, address, words.looks))
        else:
            asyncio.run(compare(process, address, words.path, words.pages, words.seconds))


async def compare(process: psutil.Process, address: str, path: str, pages: int, seconds: float) -> None:
    """With and without."""
    cores = psutil.cpu_count() or 1
    await asyncio.sleep(SETTLE_S)
    alone, memory = await measured(process, seconds)
    print(f"no page      {100 * alone / cores:5.2f} % of {cores} cores   {memory:6.1f} MB")
    opened = [Open() for _ in range(pages)]
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as http:
        for each in opened:
            await each.open(http, address, path)
    await asyncio.sleep(SETTLE_S)
    before = sum(each.received for each in opened)
    with_pages, more = await measured(process, seconds)
    sent = (sum(each.received for each in opened) - before) / seconds / pages
    print(
        f"{pages} pages     {100 * with_pages / cores:5.2f} % of {cores} cores   {more:6.1f} MB   {sent:.0f} B/s a page"
    )
    print(
        f"difference   {100 * (with_pages - alone) / cores:5.2f} % of {cores} cores   {more - memory:6.1f} MB"
    )
    for each in opened:
        await each.close()


async def day(process: psutil.Process, address: str, looks: int) -> None:
    """Tell pages as much as in a day."""
    opened = {path: Open() for path in DAY_PAGES}
    async with (
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as http,
        in_chromium(address) as browser,
    ):
        for path, each in opened.items():
            await each.open(http, address, path)
        failing = asyncio.create_task(fail(http))
        first = opened["/console/"]
        for share in (0.1, 0.25, 0.5, 0.75, 1.0):
            while first.told < share * looks:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            memory = process.memory_info().rss / 1e6
            print(f"{first.told:6d} looks   service {memory:6.1f} MB   {await heap(browser)}", flush=True)
        failing.cancel()
    print("told: " + ", ".join(f"{path} {each.told}" for path, each in opened.items()))
    for each in opened.values():
        await each.close()


async def fail(http: httpx.AsyncClient) -> None:
    """Requests that change what every page shows, and cost little."""
    while True:
        await http.post("/v1/pipelines/text", files={"file": b"no picture"})
        await asyncio.sleep(0.02)


@asynccontextmanager
async def in_chromium(address: str) -> AsyncIterator[CDPSession]:
    """The first page in a real browser."""
    async with async_playwright() as playwright:
        program = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"{address}/console/")
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable")
        yield session
        await browser.close()


async def heap(session: CDPSession) -> str:
    """What the page has in memory now."""
    await session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in (await session.send("Performance.getMetrics"))["metrics"]}
    return f"page {found['JSHeapUsedSize'] / 1e6:5.1f} MB, {found['Nodes']:.0f} nodes"


if __name__ == "__main__":
    main()
