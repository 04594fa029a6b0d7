"""The way of somebody who sees siseon for the first time, walked in a browser: clicks are counted, steps are pictured.

./dev python tools/strangers_path.py                 # both languages, wide and phone; to out/stranger

Start, drop a photo, read the answer, add a camera, calibrate it, get an alarm. A choice in a list and a file that is
chosen count as clicks; what is typed does not. Each task begins where the one before has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from live_scene import dials
from playwright.async_api import Browser, Locator, Page, async_playwright
from screenshots import ROOT, service

from siseon.console.preferences import Language
from siseon.console.words import words_of

Look = tuple[str, Language, str, int, int]
"""Name, language, as browsers say it, and size of the screen."""
LOOKS: tuple[Look, ...] = (
    ("wide-en", "en", "en-US", 1440, 900),
    ("wide-ko", "ko", "ko-KR", 1440, 900),
    ("phone-en", "en", "en-US", 390, 844),
    ("phone-ko", "ko", "ko-KR", 390, 844),
)
DIAL = 3
PHOTO = ROOT / "examples" / "sign.png"
PATIENCE_MS = 120_000
MOST = 3
"""Clicks of a task."""


@dataclass
class Walk:
    """One of them."""

    page: Page
    name: str
    folder: Path
    clicks: dict[str, int] = field(default_factory=dict)
    task: str = ""

    def begin(self, task: str) -> None:
        """What is to be done next."""
        self.task = task
        self.clicks[task] = 0

    async def click(self, what: Locator) -> None:
        """One click."""
        await what.click()
        self.clicks[self.task] += 1

    async def picture(self, step: str) -> None:
        """Of all that is on the page."""
        await self.page.wait_for_timeout(1000)
        await self.page.screenshot(path=self.folder / f"{self.name}-{step}.png", full_page=True)


async def walk(
    browser: Browser, look: tuple[str, Language, str, int, int], address: str, camera: str, to: Path
) -> Walk:
    """From the first page to an alarm."""
    name, language, locale, width, height = look
    words = words_of(language)
    context = await browser.new_context(locale=locale, viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    going = Walk(page, name, to)
    await page.goto(f"{address}/console/")
    await page.wait_for_function("window.socket?.connected")
    await going.picture("1-first-page")

    going.begin("a photo, and its answer")
    await going.click(page.get_by_role("link", name=words.overview.try_picture))
    await page.locator(".picker input[type=file]").first.set_input_files(PHOTO)
    going.clicks[going.task] += 1
    await page.locator(".things").wait_for()
    await going.picture("2-answer")

    going.begin("a camera")
    await going.click(page.locator(".brand"))
    await going.click(page.get_by_role("link", name=words.live.add))
    await page.get_by_label(words.camera.source).fill(camera)
    await going.picture("3-address")
    await going.click(page.get_by_role("button", name=words.camera.add, exact=True))
    await page.wait_for_url("**/console/live/camera-127-0-0-1")
    await page.locator(".live-picture canvas").wait_for()
    await going.picture("4-camera")

    going.begin("calibrated")
    await going.click(page.get_by_role("link", name=words.stream.calibrate).first)
    await page.locator(".preview .badge").first.wait_for()
    await page.wait_for_function("!document.querySelector('.workbench .spinner')")
    await going.picture("5-calibrating")
    await going.click(page.get_by_role("button", name=words.calibrate.save, exact=True))
    await page.wait_for_url("**/console/live/camera-127-0-0-1")
    await page.locator(".big-value", has_text=re.compile(r"\d")).wait_for()
    await going.picture("6-calibrated")

    going.begin("an alarm")
    await page.get_by_label(words.stream.rule_kind).select_option(label=words.alarms.kind_low)
    going.clicks[going.task] += 1
    await page.get_by_label(words.stream.rule_limit, exact=True).fill("900")
    await going.click(page.get_by_role("button", name=words.stream.rule_add))
    await page.get_by_text(words.alarms.state_unacknowledged).first.wait_for()
    await going.picture("7-alarm")
    await context.close()
    return going


async def main() -> None:
    """All looks, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=ROOT / "out" / "stranger")
    parser.add_argument("--looks", default=",".join(look[0] for look in LOOKS))
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    with service(["text", "gauges"]) as (address, _), dials() as cameras:
        camera = f"{cameras}/{DIAL}"
        httpx.get(camera, params={"share": 0.5})
        async with async_playwright() as playwright:
            program = shutil.which("chromium")
            browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for look in LOOKS:
                if look[0] in chosen.looks.split(","):
                    going = await walk(browser, look, address, camera, chosen.to)
                    assert max(going.clicks.values()) <= MOST, going.clicks
                    print(
                        look[0],
                        *(f"{task}: {clicks}" for task, clicks in going.clicks.items()),
                        sep="  ",
                        flush=True,
                    )
                    for one in httpx.get(f"{address}/v1/streams", timeout=60).json():
                        httpx.delete(f"{address}/v1/streams/{one['name']}", timeout=60)


if __name__ == "__main__":
    asyncio.run(main())
