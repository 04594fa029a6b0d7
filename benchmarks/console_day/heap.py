"""Of what a page has more after a part of the day: what its JavaScript holds, by kind, in two pictures of its heap.

    ./dev python benchmarks/console_day/heap.py --page overview --looks 800,2800

Objects of the page are told by their constructor; ``code`` is what the browser has compiled, ``native`` its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import httpx
from day import ACKNOWLEDGED, PAGES, SETTLE_S, cameras, open_page, prepared, service
from playwright.async_api import CDPSession, async_playwright

MOST = 20
"""Kinds that are told."""
TEXTS = ("string", "concatenated string", "sliced string", "number")
"""Types of which each has a name of its own."""

Heap = Counter[str]
"""Bytes by kind."""


def main() -> None:
    """Read the command line, and look twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--page", choices=PAGES, default="overview")
    parser.add_argument("--looks", default="800,2800", help="after which the heap is looked at")
    words = parser.parse_args()
    looks = [int(each) for each in words.looks.split(",")]
    with tempfile.TemporaryDirectory() as folder, cameras() as seen, service(Path(folder)) as (address, _):
        job = prepared(address, seen, Path(folder))
        asyncio.run(compare(address, PAGES[words.page].format(job=job), looks))


async def compare(address: str, path: str, looks: list[int]) -> None:
    """Play, look, play on, look again."""
    async with async_playwright() as playwright, httpx.AsyncClient(base_url=address, timeout=60) as http:
        program = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        await context.add_init_script(ACKNOWLEDGED)
        await open_page(context, f"{address}/console/{path}", [], [])
        await asyncio.sleep(SETTLE_S)
        heaps: list[Heap] = []
        for until in looks:
            await http.post(f"/day?until={until}")
            while not (await http.get("/day")).json()["over"]:  # noqa: ASYNC110
                await asyncio.sleep(0.5)
            session = await context.new_cdp_session(context.pages[0])
            heaps.append(await heap(session))
            await session.detach()
            print(f"after {until:,} looks: {sum(heaps[-1].values()) / 1e6:.2f} MB", flush=True)
        for kind, more in (heaps[-1] - heaps[0]).most_common(MOST):
            print(f"{more:10,d} bytes more of {kind}")
        await browser.close()


async def heap(session: CDPSession) -> Heap:
    """What is there after a collection."""
    pieces: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda told: pieces.append(told["chunk"]))
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    await session.send("HeapProfiler.takeHeapSnapshot")
    told = json.loads("".join(pieces))
    form, names, nodes = told["snapshot"]["meta"], told["strings"], told["nodes"]
    fields, types = form["node_fields"], form["node_types"][0]
    kind, name, size = (fields.index(each) for each in ("type", "name", "self_size"))
    found: Heap = Counter()
    for at in range(0, len(nodes), len(fields)):
        of = types[nodes[at + kind]]
        found[of if of in TEXTS else f"{of} {names[nodes[at + name]][:60]}"] += nodes[at + size]
    return found


if __name__ == "__main__":
    main()
