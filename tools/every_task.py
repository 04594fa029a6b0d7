"""The main task of every page of the console, done by keys alone and by clicks, in all looks; one line each.

./dev python tools/every_task.py                     # all 17 pages, 8 looks, both hands; pictures to out/tasks
./dev python tools/every_task.py --pages Try "A model" --looks ko-dark-390

A line that is not ok says why: what could not be reached or done, what had the focus and did not show it, was cut off
or hidden, and what axe finds that is serious. Of each page and look the last moment of the walk by keys is pictured.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from live_scene import dials
from oil_flight import worker
from playwright.async_api import Browser, Error, async_playwright
from screenshots import ROOT, START_S, flight, service, translate, watch
from walks.axe import serious
from walks.hands import Keys, Pointer
from walks.task import DIAL, Place, Task, half_failed
from walks.tasks import TASKS

from siseon.console.words import words_of

LOOKS = [
    (tongue, theme, width) for tongue in ("en", "ko") for theme in ("light", "dark") for width in (1440, 390)
]
TOKEN = "a token for one walk"
PATIENCE_MS = 60_000
SERVED = ["text", "gauges"]
BESIDE = ("Jobs", "A job")
"""For which a worker reads texts."""
LIVE = ("Live", "Add a camera", "A stream", "Calibrate", "Alarms")


async def walk(browser: Browser, task: Task, look: tuple[str, str, int], place: Place, to: Path) -> bool:
    """Both hands; whether all was well."""
    language, theme, width = look
    words, well = words_of("ko" if language == "ko" else "en"), True
    for kind in (Keys, Pointer):
        context = await browser.new_context(
            locale="ko-KR" if language == "ko" else "en-US",
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 900 if width > 400 else 844},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
        hand = kind(page)
        try:
            await task.done(hand, words, place)
        except (AssertionError, Error) as error:
            wrong.append(str(error)[:400])
        if isinstance(hand, Keys):
            wrong += dict.fromkeys(hand.faults)
            wrong += await serious(page)
            name = "-".join((task.page.lower().replace(" ", "-"), language, theme, str(width)))
            await page.screenshot(path=to / f"{name}.png")
        await context.close()
        told = "ok" if not wrong else "; ".join(wrong).replace("\n", " ")
        print("|", task.page, "|", task.what, "|", language, "|", theme, "|", width, "|",
              f"{hand.counted} {hand.name}", "|", told, "|", flush=True)  # fmt: skip
        well = well and not wrong
    return well


@contextmanager
def places(pages: Sequence[str]) -> Iterator[Place]:
    """What these pages need."""
    with ExitStack() as stack:
        address, folder = stack.enter_context(service(SERVED))
        place = Place(address)
        if set(LIVE).intersection(pages):
            place.camera = f"{stack.enter_context(dials())}/{DIAL}"
            httpx.get(place.camera, params={"share": 0.5}, timeout=START_S)
        if set(BESIDE).intersection(pages):
            stack.enter_context(worker(folder, "text"))
            place.jobs["text"] = half_failed(address)
        if "Oil" in pages:
            with worker(folder):
                place.jobs["oilspill"] = flight(address)
        if "Translation" in pages:
            place.jobs["translation"] = translate(address, folder)
        if "People" in pages:
            place.jobs["people"] = watch(address, folder)
        yield place


async def all_of(
    tasks: Sequence[Task], looks: Sequence[tuple[str, str, int]], place: Place, to: Path
) -> bool:
    """One after the other."""
    async with async_playwright() as playwright:
        program = shutil.which("chromium") or sys.exit("there is no browser: apt install chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        return all([await walk(browser, task, look, place, to) for task in tasks for look in looks])


def main() -> None:
    """Read the command line, and walk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    names = [task.page for task in TASKS]
    parser.add_argument("--pages", nargs="*", choices=names, default=names)
    parser.add_argument("--looks", nargs="*", default=["-".join(map(str, look)) for look in LOOKS])
    parser.add_argument("--to", type=Path, default=ROOT / "out" / "tasks")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    looks = [look for look in LOOKS if "-".join(map(str, look)) in chosen.looks]
    tasks = [task for task in TASKS if task.page in chosen.pages]
    guarded = [task for task in tasks if task.page == "Sign-in"]
    print("| page | task | language | theme | width | done by | |\n|---|---|---|---|---|---|---|")
    well = True
    if open_ := [task for task in tasks if task not in guarded]:
        with places([task.page for task in open_]) as place:
            well = asyncio.run(all_of(open_, looks, place, chosen.to))
    if guarded:
        with service(["--jobs-only"], SISEON_TOKEN=TOKEN) as (address, _):
            well = asyncio.run(all_of(guarded, looks, Place(address, token=TOKEN), chosen.to)) and well
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
