"""A real service with its console, and a real browser: one of each for all tests of a process.

A page that is opened here is watched: a message of the browser's console about an error, an exception, or a request to
anywhere but the service fails the test that opened it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from tools.walks.axe import AXE, serious
from tools.walks.hands import Keys
from tools.walks.task import Place
from tools.walks.tasks import TASKS

from siseon.console.words import words_of

ROOT = Path(__file__).parents[2]
READY = re.compile(r"console (http://\S+)/console/")
SISEON = ("-m", "siseon")
PATIENCE_S = 90
WIDE, PHONE = (1440, 900), (390, 844)
expect.set_options(timeout=30_000)


class Service:
    """``siseon serve`` as an operator starts it, in a folder of its own."""

    def __init__(
        self, folder: Path, *words: str, program: Sequence[str] = SISEON, **environment: str
    ) -> None:
        self.folder = folder
        self.log = folder / "service.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", *words],
                stderr=log,
                env={**os.environ, "COLUMNS": "200", "SISEON_CACHE_DIR": str(folder), **environment},
                cwd=folder,
            )
        self.address = self._address()

    def _address(self) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            if found := READY.search(self.log.read_text()):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """As an operator stops it; what it has said must not be a traceback."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0, self.log.read_text()
        assert "Traceback" not in self.log.read_text(), self.log.read_text()


@contextmanager
def running(folder: Path, *words: str, **environment: str) -> Iterator[Service]:
    """A service, stopped at the end."""
    service = Service(folder, *words, **environment)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """With the pipelines whose networks come with siseon."""
    with running(tmp_path_factory.mktemp("console"), "text", "gauges", "--port", "0") as started:
        yield started


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Without a pipeline: jobs that workers run, each application by one of its own."""
    with running(tmp_path_factory.mktemp("bare"), "--jobs-only", "--console", "--port", "0") as started:
        yield started


@pytest.fixture(scope="session")
def service(shared: Service) -> str:
    """Its address."""
    return shared.address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no browser: apt install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        await started.close()


class Seat:
    """Before the browser, with a tab that stays open: what was loaded once, by a process that is there, comes sooner.

    Whoever leaves it leaves nothing behind: other tabs, cookies, permissions and what pages keep are gone.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.tab: Page | None = None
        """The one that stays, while nobody has it."""

    async def tidy(self, tab: Page, address: str) -> None:
        """Make it as it was, with this tab, which has shown pages of that address."""
        await tab.mouse.move(-1, -1)
        await tab.evaluate("sessionStorage.clear()")
        tools = await self.context.new_cdp_session(tab)
        await tools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": KEPT})
        await tools.detach()
        for page in self.context.pages:
            if page is not tab:
                await page.close()
        await tab.goto("about:blank")
        await self.context.clear_cookies()
        await self.context.clear_permissions()
        self.tab = tab


KEPT = "local_storage,indexeddb,cache_storage,service_workers,file_systems,shared_storage"
"""What a page can leave in a browser, beside cookies and what is its tab's alone."""


class Visit:
    """Pages of one person: with a language, a theme and a screen."""

    def __init__(self, seat: Seat, address: str, theme: str, screen: tuple[int, int]) -> None:
        self.context = seat.context
        self.address = address
        self.wrong: list[str] = []
        """What the browser complained about."""
        self.expected = re.compile(r"(?!)")
        """Complaints that a test provokes."""
        self.leaves_traces = False
        """What is done cannot be taken back for who comes next: a false clock, say."""
        self._seat, self._theme, self._screen = seat, theme, screen
        self._tab: Page | None = None

    async def blank(self) -> Page:
        """A page that is watched, and shows nothing yet."""
        kept, self._seat.tab = self._seat.tab, None
        page = kept or await self.context.new_page()
        self._tab = self._tab or page
        for event, heard in self._watch.items():
            page.on(event, heard)
        await self.turn(page, self._theme, self._screen)
        return page

    @staticmethod
    async def turn(page: Page, theme: str, screen: tuple[int, int]) -> None:
        """Have another theme, and another screen."""
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await page.set_viewport_size({"width": screen[0], "height": screen[1]})

    async def open(self, path: str = "/console/", page: Page | None = None) -> Page:
        """A page, drawn and connected; in place of ``page``."""
        page = page or await self.blank()
        await page.goto(self.address + path)
        await page.wait_for_function("window.socket?.connected || !window.createApp")
        return page

    async def end(self) -> bool:
        """Whether somebody else can have the seat; else it is closed."""
        tab = self._tab
        if tab is None or tab.is_closed() or self.leaves_traces or not tab.url.startswith(self.address):
            await self.context.close()
            return False
        for event, heard in self._watch.items():
            tab.remove_listener(event, heard)
        await self._seat.tidy(tab, self.address)
        return True

    def check(self) -> None:
        assert not self.wrong, self.wrong

    @cached_property
    def _watch(self) -> dict[Any, Callable[[Any], None]]:
        return {
            "console": lambda message: self._note(message.text) if message.type == "error" else None,
            "pageerror": lambda error: self._note(str(error)),
            "request": lambda request: self._check(request.url),
        }

    def _note(self, text: str) -> None:
        if not self.expected.search(text):
            self.wrong.append(text)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.address).netloc:
            self.wrong.append(f"a request to {url}")


class Visits:
    """Opens the console for a test, and looks at its end whether all was well."""

    def __init__(self, browser: Browser, free: dict[str, Seat]) -> None:
        """``free``: seats, by language."""
        self._browser, self._free = browser, free
        self._begun: list[Visit] = []
        self._here: dict[Visit, tuple[str, Seat]] = {}

    async def begin(
        self,
        address: str,
        *,
        language: str = "en-US",
        theme: str = "light",
        screen: tuple[int, int] = WIDE,
    ) -> Visit:
        seat = self._free.pop(language, None) or await self._seat(language)
        visit = Visit(seat, address, theme, screen)
        self._begun.append(visit)
        self._here[visit] = language, seat
        return visit

    async def _seat(self, language: str) -> Seat:
        context = await self._browser.new_context(locale=language, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        return Seat(context)

    async def leave(self, visit: Visit) -> None:
        """One is over before the test is."""
        language, seat = self._here.pop(visit)
        if language in self._free:
            await visit.context.close()
        elif await visit.end():
            self._free[language] = seat

    async def end(self) -> None:
        for visit in list(self._here):
            await self.leave(visit)

    def check(self) -> None:
        for visit in self._begun:
            visit.check()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seats() -> dict[str, Seat]:
    """Those that are free, by language."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser, seats: dict[str, Seat]) -> AsyncIterator[Visits]:
    made = Visits(browser, seats)
    yield made
    await made.end()
    made.check()


async def walked_by_keys(visits: Visits, page: str, place: Place) -> None:
    """The main task of a page by keys alone: each of them in another language, theme and width than its neighbours."""
    number, task = next((at, task) for at, task in enumerate(TASKS) if task.page == page)
    visit = await visits.begin(
        place.address,
        language="ko-KR" if number & 1 else "en-US",
        theme="dark" if number & 2 else "light",
        screen=PHONE if number & 4 else WIDE,
    )
    hand = Keys(await visit.blank())
    await task.done(hand, words_of("ko" if number & 1 else "en"), place)
    assert hand.faults == []
    await visits.leave(visit)


async def faults(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    if not AXE.is_file():
        pytest.skip("axe is not installed: npm install --prefix tests/console")
    return await serious(page)
