"""The main task of every page of the console, done by keys alone and by clicks, in all looks; one line each.

./dev python tools/every_task.py                     # all 17 pages, 8 looks, both hands
./dev python tools/every_task.py --pages Try "A model" --looks ko-dark-390

A line that is not ok says why: what could not be reached or done, what had the focus and did not show it, was cut off
or hidden, and what axe finds that is serious. Of each page and look the last moment of the walk by keys is pictured.
Lines are kept in the folder (``--to``): what was well is not walked again, and the table at the end is of all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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

from siseon.console.preferences import LANGUAGES, Language
from siseon.console.words import words_of

LOOKS = [
    (language, theme, width) for language in LANGUAGES for theme in ("light", "dark") for width in (1440, 390)
]
SIGN_IN = "Sign-in"
TOKEN = "a token for one walk"
PATIENCE_MS = 60_000
SERVED = ["text", "gauges"]
BESIDE = ("Jobs", "A job")
"""For which a worker reads texts."""
LIVE = ("Live", "Add a camera", "A stream", "Calibrate", "Alarms")


@dataclass(frozen=True)
class Walk:
    """One of them."""

    page: str
    language: Language
    theme: str
    width: int
    hand: str

    @property
    def name(self) -> str:
        """Of its picture, and of its line."""
        look = (self.page.lower().replace(" ", "-"), self.language, self.theme, str(self.width))
        return "-".join((*look, self.hand))


class Book:
    """What has been walked, line by line in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "walks.jsonl"
        lines = self._file.read_text().splitlines() if self._file.is_file() else []
        self._told = {line["walk"]: line for line in map(json.loads, lines)}

    def is_well(self, walk: Walk) -> bool:
        """It was walked, and nothing was wrong."""
        return walk.name in self._told and not self._told[walk.name]["wrong"]

    def write(self, walk: Walk, what: str, counted: int, wrong: Sequence[str]) -> None:
        """And say it."""
        line = {"walk": walk.name, "page": walk.page, "what": what, "hand": walk.hand, "counted": counted}
        self._told[walk.name] = {**line, "wrong": list(wrong)}
        with self._file.open("a") as file:
            file.write(json.dumps(self._told[walk.name]) + "\n")
        print(walk.name, counted, "; ".join(wrong).replace("\n", " ") or "ok", sep="  ", flush=True)

    def table(self) -> None:
        """Of all pages: least and most of all looks."""
        print("\n| page | done there | keys | clicks | walks that were well |\n|---|---|---|---|---|")
        for task in TASKS:
            lines = [line for line in self._told.values() if line["page"] == task.page]
            well = [line for line in lines if not line["wrong"]]
            spans = []
            for hand in (Keys.name, Pointer.name):
                counted = sorted({line["counted"] for line in well if line["hand"] == hand})
                spans.append(" to ".join(map(str, counted[:: max(1, len(counted) - 1)])) or "–")
            print(
                "|",
                task.page,
                "|",
                task.what,
                "|",
                *spans[:1],
                "|",
                *spans[1:],
                "|",
                len(well),
                "of",
                len(lines),
                "|",
            )


async def walk(browser: Browser, task: Task, each: Walk, place: Place, book: Book) -> None:
    """With one hand."""
    context = await browser.new_context(
        locale="ko-KR" if each.language == "ko" else "en-US",
        color_scheme="dark" if each.theme == "dark" else "light",
        viewport={"width": each.width, "height": 900 if each.width > 400 else 844},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    hand = (Keys if each.hand == Keys.name else Pointer)(page)
    try:
        await task.done(hand, words_of(each.language), place)
    except (AssertionError, Error) as error:
        wrong.append(str(error)[:400])
    if isinstance(hand, Keys):
        await page.screenshot(path=book.folder / f"{each.name}.png")
        wrong += [*dict.fromkeys(hand.faults), *await serious(page)]
    await context.close()
    book.write(each, task.what, hand.counted, wrong)


@contextmanager
def places(pages: AbstractSet[str]) -> Iterator[Place]:
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


async def all_of(walks: Sequence[tuple[Task, Walk]], place: Place, book: Book) -> None:
    """One after the other."""
    async with async_playwright() as playwright:
        program = shutil.which("chromium") or sys.exit("there is no browser: apt install chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for task, each in walks:
            await walk(browser, task, each, place, book)


def main() -> None:
    """Read the command line, and walk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    names = [task.page for task in TASKS]
    looks = {"-".join(map(str, look)): look for look in LOOKS}
    parser.add_argument("--pages", nargs="*", choices=names, default=names)
    parser.add_argument("--looks", nargs="*", choices=looks, default=list(looks))
    parser.add_argument("--to", type=Path, default=ROOT / "out" / "tasks")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    book = Book(chosen.to)
    walks = [
        (task, Walk(task.page, *looks[look], kind.name))
        for task in TASKS
        for look in chosen.looks
        for kind in (Keys, Pointer)
        if task.page in chosen.pages
    ]
    left = [(task, each) for task, each in walks if not book.is_well(each)]
    guarded = [(task, each) for task, each in left if task.page == SIGN_IN]
    if others := [(task, each) for task, each in left if task.page != SIGN_IN]:
        with places({task.page for task, _ in others}) as place:
            asyncio.run(all_of(others, place, book))
    if guarded:
        with service(["--jobs-only"], SISEON_TOKEN=TOKEN) as (address, _):
            asyncio.run(all_of(guarded, Place(address, token=TOKEN), book))
    book.table()
    sys.exit(0 if all(book.is_well(each) for _, each in walks) else 1)


if __name__ == "__main__":
    main()
