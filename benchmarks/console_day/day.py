"""What a day does to pages that stay open, and to the service behind them.

    ./dev python benchmarks/console_day/day.py                        # eight pages
    ./dev python benchmarks/console_day/day.py --pages live           # one of them
    ./dev python benchmarks/console_day/day.py --looks 4320           # a tenth of a day

A service with four cameras (which see dials), alarms, a job with results, models and traces; its pages are open in one
Chromium. Then the day begins: what feeds ask for is played (``played.py``), one look of two seconds after the
other as fast as all pages take it, each time with other figures; pictures of cameras come as they are. At each tenth
are printed: the memory of the service and of the browser in MB, and of each page the MB that JavaScript holds after a
collection, its nodes and its listeners.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import operator
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.async_api import BrowserContext, CDPSession, async_playwright

from siseon.applications.gauges.generated import calibration_of, photo

READY = re.compile(r"console (http://\S+)/console/")
START_S = 120.0
ROOT = Path(__file__).parents[2]
SIGN = ROOT / "examples" / "sign.png"
A_DAY = 24 * 3600 // 2
PAGES = {
    "overview": "",
    "live": "live",
    "stream": "live/gauge-0",
    "alarms": "alarms",
    "jobs": "jobs",
    "job": "jobs/{job}",
    "models": "models",
    "traces": "traces",
}
CAMERAS = 4
READ_FPS = 0.2
"""Readings are played; the cameras' own are to take no time from the day."""
PICTURES = 8
"""Of the job."""
SETTLE_S = 5.0
ACKNOWLEDGED = """setInterval(() => {
  const taken = {client_id: window.clientId, next_message_id: window.nextMessageId};
  if (!window.did_handshake || taken.next_message_id === window.told) return;
  window.socket.emit("ack", taken);
  window.told = taken.next_message_id;
}, 100)"""
"""A page tells every three seconds what it has taken; here a look waits for it."""


def main() -> None:
    """Read the command line, and play."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--looks", type=int, default=A_DAY, help="of the Overview; a day has 43,200")
    parser.add_argument("--pages", default=",".join(PAGES), help=f"of {','.join(PAGES)}")
    words = parser.parse_args()
    pages = words.pages.split(",")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and what was started with it
    with tempfile.TemporaryDirectory() as folder, cameras() as address, service(Path(folder)) as (at, pid):
        job = prepared(at, address, Path(folder))
        asyncio.run(day(at, psutil.Process(pid), job, pages, words.looks))


@contextmanager
def cameras() -> Iterator[str]:
    """Dials, seen over HTTP."""
    program = subprocess.Popen(
        [sys.executable, ROOT / "tools" / "dial_camera.py"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        yield program.stdout.readline().strip()
    finally:
        program.terminate()
        program.wait()


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, int]]:
    """With the day before it; yields its address and its process."""
    dial = folder / "dial.json"
    dial.write_text(calibration_of(photo(1, "evaluation")).model_dump_json())
    words = ["serve", "gauges", "text", "--set", f"gauges.calibration={dial}", "--port", "0", "--console"]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "service.py", *words],
            stderr=log,
            env=environment(folder),
        )
        try:
            until = time.monotonic() + START_S
            while not (found := READY.search(Path(log.name).read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(Path(log.name).read_text())
                time.sleep(0.2)
            yield found[1], process.pid
        finally:
            process.terminate()
            process.wait()
            said = Path(log.name).read_text()
            print(f"the log has {len(said.splitlines())} lines, {said.count('Traceback')} tracebacks")
            if "Traceback" in said:
                print(said[said.index("Traceback") :][:3000])


def environment(folder: Path) -> dict[str, str]:
    """Of a service that finds nothing but what this makes."""
    own = {"SISEON_CACHE_DIR": str(folder), "SISEON_STREAMS_ALLOW": "127.0.0.0/8", "COLUMNS": "200"}
    return {**os.environ, **own}


def prepared(address: str, seen: str, folder: Path) -> str:
    """Cameras with alarms, answered requests, a job with results: the job's id."""
    with httpx.Client(base_url=address, trust_env=False, timeout=120) as http:
        httpx.get(f"{seen}/1", params={"share": 0.5})  # one picture: the camera's work is none of ours
        rules = [{"tag": "reading", "kind": "low", "limit": 900.0}]
        stated = calibration_of(photo(1, "evaluation")).model_dump(mode="json", exclude_none=True)
        for number in range(CAMERAS):
            order = {"name": f"gauge-{number}", "source": f"{seen}/1", "application": "gauges"}
            options = {"fps": READ_FPS, "alarms": rules}
            http.post("/v1/streams", json={**order, "options": options}).raise_for_status()
            path = f"/v1/streams/gauge-{number}/calibration?reference=none"
            http.put(path, json=stated).raise_for_status()
        picture = SIGN.read_bytes()
        http.post("/v1/pipelines/text", files={"file": picture}).raise_for_status()
        job = {"job": json.dumps({"application": "text", "pictures": True})}
        files = [("files", (f"sign-{number}.png", picture)) for number in range(PICTURES)]
        made = http.post("/v1/jobs", data=job, files=files).raise_for_status().json()
        worker = subprocess.Popen(
            [sys.executable, "-m", "siseon", "worker", "--applications", "text"],
            stderr=subprocess.DEVNULL,
            env=environment(folder),
        )
        try:
            while http.get(f"/v1/jobs/{made['id']}").json()["state"] != "done":
                time.sleep(0.5)
        finally:
            worker.terminate()
            worker.wait()
        while not http.get("/v1/alarms/events").json():
            time.sleep(0.5)
        return str(made["id"])


async def day(address: str, process: psutil.Process, job: str, pages: list[str], looks: int) -> None:
    """Play it, and look at the memory ten times."""
    paths = [PAGES[name].format(job=job) for name in pages]
    async with async_playwright() as playwright, httpx.AsyncClient(base_url=address, timeout=60) as http:
        program = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        await context.add_init_script(ACKNOWLEDGED)
        wrong: list[str] = []
        again: list[str] = []
        opened = [await open_page(context, f"{address}/console/{path}", wrong, again) for path in paths]
        await asyncio.sleep(SETTLE_S)
        again.clear()
        head = "  ".join(f"{name:>16}" for name in pages)
        print(f"  looks      s  service  trimmed   malloc    blocks  browser  {head}", flush=True)
        begun = time.monotonic()
        told: dict[str, int] = {}
        counted: list[dict[str, int]] = []
        for tenth in range(11):
            until = looks * tenth // 10
            await http.post(f"/day?until={until}")
            over = not until
            while not over:
                told, over = operator.itemgetter("looks", "over")((await http.get("/day")).json())
                over = over and bool(told)
                await asyncio.sleep(0.5)
            await asyncio.sleep(SETTLE_S / 5)
            own = (await http.get("/day/memory")).json()
            counted.append(own["objects"])
            columns = [f"{until:7d}", f"{time.monotonic() - begun:5.0f}"]
            columns += [f"{own[each]:7.1f}" for each in ("resident_mb", "trimmed_mb", "malloc_mb")]
            columns += [f"{own['blocks']:8d}", f"{browser_mb():7.1f}"]
            columns += [f"{await held(session):>16}" for session in opened]
            print("  ".join(columns) + (f"  loaded again: {len(again)}" if again else ""), flush=True)
        print("looks: " + ", ".join(f"{path.replace(job, 'JOB')} {count}" for path, count in told.items()))
        more = Counter(counted[-1]) - Counter(counted[5])
        print("objects of the service that are more than at half the day: " + str(more.most_common(12)))
        cpu_s = [sum(sum(one.cpu_times()[:2]) for one in each) for each in ([process], browsers())]
        print(f"CPU: service {cpu_s[0]:.0f} s, browser {cpu_s[1]:.0f} s, from their start")
        print(f"errors in pages: {len(wrong)} {wrong[:3]}; pages loaded again: {len(again)} {again[:3]}")
        await browser.close()


async def open_page(context: BrowserContext, url: str, wrong: list[str], again: list[str]) -> CDPSession:
    """Open, drawn and connected; ``again``: gets its address whenever it is loaded."""
    page = await context.new_page()
    page.on("load", lambda _: again.append(url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(url)
    await page.wait_for_function("window.did_handshake === true")
    return await context.new_cdp_session(page)


async def held(session: CDPSession) -> str:
    """What a page has in memory now: megabytes of JavaScript, nodes, listeners."""
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    heap: dict[str, Any] = await session.send("Runtime.getHeapUsage")
    counted: dict[str, Any] = await session.send("Memory.getDOMCounters")
    return f"{heap['usedSize'] / 1e6:.2f} {counted['nodes']} {counted['jsEventListeners']}"


def browsers() -> list[psutil.Process]:
    """All processes of the browser."""
    return [one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()]


def browser_mb() -> float:
    """Of all its processes; what they share counts once."""
    return sum(one.memory_full_info().pss for one in browsers()) / 1e6


if __name__ == "__main__":
    main()
