"""What open pages of the console cost a service: CPU while nothing happens, and memory.

    ./dev python benchmarks/console.py --pages 50      # in less than three minutes

Starts a service, measures it without a page, then with so many pages that are connected as a browser's are (the page is
fetched, its Socket.IO connection is kept open and acknowledged), and prints both and the difference, of all cores, and
what is left when they have gone. The pages are those of the menu in turn, or all of one ``--path``.
What a day does to pages: ``console_day/day.py``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import httpx
import psutil
import socketio

READY = re.compile(r"console (http://\S+)/console/")
START_S = 120.0
SETTLE_S = 8.0
ACK_S = 3.0
"""As NiceGUI's own script acknowledges."""
CLIENT = re.compile(r'"client_id": ?"([^"]+)"|\'client_id\': ?\'([^\']+)\'')
NEXT = re.compile(r"'next_message_id': ?(\d+)")
MENU = ("", "live", "alarms", "jobs", "models", "traces", "try")


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
def service(pipelines: list[str]) -> Iterator[tuple[str, psutil.Process]]:
    """A service of its own, in a folder of its own; yields its address and its process."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        command = [sys.executable, "-m", "siseon", "serve", *pipelines, "--port", "0", "--console"]
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
    parser.add_argument("--seconds", type=float, default=45.0, help="of each of the two measurements")
    parser.add_argument("--path", help="of all pages; without it those of the menu in turn")
    parser.add_argument("--serve", default="text", help="pipelines, separated by commas")
    words = parser.parse_args()
    menu = [f"/console/{name}" for name in MENU] if words.path is None else [words.path]
    with service(words.serve.split(",")) as (address, process):
        asyncio.run(compare(process, address, list(islice(cycle(menu), words.pages)), words.seconds))


async def compare(process: psutil.Process, address: str, paths: list[str], seconds: float) -> None:
    """With and without."""
    cores, pages = psutil.cpu_count() or 1, len(paths)
    await asyncio.sleep(SETTLE_S)
    alone, memory = await measured(process, seconds)
    print(f"| | % of {cores} cores | MB | B/s a page |\n|---|---|---|---|")
    print(f"| no page | {100 * alone / cores:.2f} | {memory:.1f} | |", flush=True)
    opened = [Open() for _ in paths]
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as http:
        for each, path in zip(opened, paths, strict=True):
            await each.open(http, address, path)
    await asyncio.sleep(SETTLE_S)
    before = sum(each.received for each in opened)
    with_pages, more = await measured(process, seconds)
    sent = (sum(each.received for each in opened) - before) / seconds / pages
    print(f"| {pages} pages | {100 * with_pages / cores:.2f} | {more:.1f} | {sent:.0f} |")
    print(f"| difference | {100 * (with_pages - alone) / cores:.2f} | {more - memory:.1f} | |")
    for each in opened:
        await each.close()
    await asyncio.sleep(SETTLE_S)
    left, less = await measured(process, seconds / 4)
    print(f"| they left | {100 * left / cores:.2f} | {less:.1f} | |")


if __name__ == "__main__":
    main()
