"""Pictures of every page of the console: both themes, both languages, wide and phone.

./dev python tools/screenshots.py                    # starts a service, all pages, to out/screenshots
./dev python tools/screenshots.py overview try --to FOLDER --url http://127.0.0.1:8000
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
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from live_scene import streams
from oil_flight import done, hand_in, pictures, worker
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
READY = re.compile(r"console (http://\S+)/console/")
START_S = 120.0
LOOKS = (
    ("wide-light", "en-US", "light", 1440, 900),
    ("wide-dark", "ko-KR", "dark", 1440, 900),
    ("phone-light", "ko-KR", "light", 390, 844),
    ("phone-dark", "en-US", "dark", 390, 844),
)
"""Name, language, theme and size of each picture."""


async def as_it_is(page: Page) -> None:
    """Nothing to do before the picture is taken."""
    await page.wait_for_timeout(1500)


async def with_dials(page: Page) -> None:
    """An example has been read."""
    await page.select_option("#application", "gauges")
    await page.locator(".example").nth(1).click()
    await page.wait_for_selector(".things")
    await page.wait_for_timeout(500)


async def with_sign(page: Page) -> None:
    """A text has been read, and the pointer is on a line."""
    await page.select_option("#application", "text")
    await page.locator(".example").first.click()
    await page.wait_for_selector(".things")
    await page.wait_for_timeout(300)


async def with_requests(page: Page) -> None:
    """Three pictures are read, and one that is none is refused."""
    address = re.match(r"http://[^/]+", page.url)[0]
    picture = (ROOT / "examples" / "sign.png").read_bytes()
    for body in (picture, picture, picture, b"no picture"):
        await page.context.request.post(
            f"{address}/v1/pipelines/text", data=body, headers={"Content-Type": "image/png"}
        )
    await page.wait_for_timeout(3000)


async def with_a_trace(page: Page) -> None:
    """The newest that was answered."""
    await with_requests(page)
    await page.locator("td a").nth(1).click()
    await page.wait_for_timeout(1500)


async def with_pictures(page: Page) -> None:
    """Until live pictures are there."""
    await page.locator(".live-picture canvas, .point").first.wait_for(timeout=60_000)
    await page.wait_for_timeout(4000)


async def with_a_tested_source(page: Page) -> None:
    """One that cannot be seen."""
    await page.locator("input").first.fill("rtsp://127.0.0.1:9554/sub")
    await page.locator(".actions button").nth(1).click()
    await page.locator(".error-panel").wait_for(timeout=60_000)


async def with_a_map(page: Page) -> None:
    """A frame of the flight is opened, and the pointer is on a slick."""
    await page.locator(".oil-slick").first.wait_for(state="attached", timeout=60_000)
    await page.locator("[data-mapped=f2] button").click()
    await page.wait_for_function("document.querySelector('.oil-opened img')?.naturalWidth > 0")
    await page.locator("[data-mapped=s0] button").hover()
    await page.wait_for_timeout(1500)


async def with_a_region(page: Page) -> None:
    """Of a job's picture that was translated, the last text is being changed."""
    await page.locator(".region-row").last.click()
    await page.locator(".region-form textarea").fill("Llame dos veces, por favor")
    await page.wait_for_timeout(500)


async def with_somebody(page: Page) -> None:
    """Somebody in a video is chosen, at one second."""
    await page.locator(".cast-name").first.click()
    await page.locator(".cast-ruler").focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_timeout(1500)


STREAMS = {"live", "stream", "calibrate", "add-camera", "alarms"}
"""Pages for which there must be some."""
TRANSLATION = "translation"
PEOPLE = "job-people"
FLIGHT = {"jobs", "job-oil"}
"""Pages for which a flight over oil must have been a job."""

PAGES: dict[str, tuple[str, Callable[[Page], Awaitable[None]]]] = {
    "overview": ("/console/", with_requests),
    "try": ("/console/try", as_it_is),
    "try-gauges": ("/console/try", with_dials),
    "try-text": ("/console/try", with_sign),
    "models": ("/console/models", as_it_is),
    "model": ("/console/models/ppocr-v6-rec", as_it_is),
    "traces": ("/console/traces", with_requests),
    "trace": ("/console/traces", with_a_trace),
    "live": ("/console/live", with_pictures),
    "stream": ("/console/live/boiler", with_pictures),
    "calibrate": ("/console/live/boiler/calibrate", with_pictures),
    "add-camera": ("/console/add-camera", with_a_tested_source),
    "alarms": ("/console/alarms", as_it_is),
    "translation": ("/console/jobs/{translated}/items/0", with_a_region),
    "jobs": ("/console/jobs", as_it_is),
    "job-people": ("/console/jobs/{people}", with_somebody),
    "job-oil": ("/console/jobs/{flight}", with_a_map),
}
"""By name: the address, and what is done there first; ``{flight}``, ``{people}`` and ``{translated}`` are jobs."""


@contextmanager
def service(pipelines: list[str], **settings: str) -> Iterator[tuple[str, Path]]:
    """A service of its own, in a folder of its own; yields its address and that folder."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        command = [sys.executable, "-m", "siseon", "serve", *pipelines, "--port", "0", "--console"]
        environment = {
            **os.environ,
            "SISEON_CACHE_DIR": folder,
            "SISEON_STREAMS_ALLOW": "127.0.0.0/8",
            "COLUMNS": "200",
            **settings,
        }
        process = subprocess.Popen(command, stderr=log, env=environment)
        try:
            until = time.monotonic() + START_S
            while not (found := READY.search(Path(log.name).read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(Path(log.name).read_text())
                time.sleep(0.2)
            yield found[1], Path(folder)
        finally:
            process.terminate()
            process.wait()


def flight(address: str) -> str:
    """A job of drawn pictures, done; its id."""
    job = hand_in(address, {f"DJI_{number:04d}.JPG": data for number, data in enumerate(pictures(), 1)})
    done(address, job)
    return job


def translate(address: str, folder: Path) -> str:
    """A job with one picture, translated by a worker that ends then; its id."""
    order = {"application": "translation", "options": {"target": "es"}}
    files = {"files": ("sign.png", (ROOT / "examples" / "sign.png").read_bytes())}
    sent = httpx.post(f"{address}/v1/jobs", data={"job": json.dumps(order)}, files=files)
    job = str(sent.raise_for_status().json()["id"])
    with worker(folder, "translation"):
        httpx.get(f"{address}/v1/jobs/{job}/events", timeout=START_S)
    return job


def watch(address: str, folder: Path) -> str:
    """A job with a clip of two people, done by a worker that ends then; its id."""
    clips = os.environ.get("SISEON_TEST_DATA") or sys.exit("set SISEON_TEST_DATA: there is no clip of people")
    files = {"files": ("hug.mp4", (Path(clips) / "video-dev" / "two_people_hug.mp4").read_bytes())}
    sent = httpx.post(f"{address}/v1/jobs", data={"job": '{"application": "people"}'}, files=files)
    job = str(sent.raise_for_status().json()["id"])
    with worker(folder, "people"):
        httpx.get(f"{address}/v1/jobs/{job}/events", timeout=START_S)
    return job


async def take(browser: Browser, address: str, names: list[str], folder: Path, **jobs: str) -> None:
    """All looks of these pages."""
    job = await asyncio.to_thread(flight, address) if FLIGHT.intersection(names) else ""
    for look, language, theme, width, height in LOOKS:
        context = await browser.new_context(
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        for name in names:
            path, prepare = PAGES[name]
            page = await context.new_page()
            page.on("console", lambda message: print(f"  {message.type}: {message.text[:200]}"))
            await page.goto(address + path.format(flight=job, **{"translated": "", "people": "", **jobs}))
            await prepare(page)
            await page.evaluate("scrollTo(0, 0)")
            target = folder / f"{name}-{look}.png"
            await page.screenshot(path=target, full_page=True)
            print(target)
            await page.close()
        await context.close()


async def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("pages", nargs="*", choices=[*PAGES, []], help="names; all without any")
    parser.add_argument("--to", type=Path, default=ROOT / "out" / "screenshots")
    parser.add_argument("--url", help="of a service that runs already")
    parser.add_argument("--serve", default="text,gauges", help="pipelines of the service that is started")
    words = parser.parse_args()
    words.to.mkdir(parents=True, exist_ok=True)
    names = words.pages or list(PAGES)
    program = shutil.which("chromium") or sys.exit("there is no browser: apt install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if words.url:
            await take(browser, words.url.rstrip("/"), names, words.to)
        else:
            with service(words.serve.split(",")) as (address, folder), ExitStack() as stack:
                if STREAMS.intersection(names):
                    stack.enter_context(streams(address))
                if FLIGHT.intersection(names):
                    stack.enter_context(worker(folder))
                translated = translate(address, folder) if TRANSLATION in names else ""
                people = watch(address, folder) if PEOPLE in names else ""
                await take(browser, address, names, words.to, translated=translated, people=people)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
