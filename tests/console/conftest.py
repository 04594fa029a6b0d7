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
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
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


class Visit:
    """Pages of one person: with a language, a theme and a screen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.wrong: list[str] = []
        """What the browser complained about."""
        self.expected = re.compile(r"(?!)")
        """Complaints that a test provokes."""

    async def blank(self) -> Page:
        """A page that is watched, and shows nothing yet."""
        page = await self.context.new_page()
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda request: self._check(request.url))
        return page

    async def open(self, path: str = "/console/") -> Page:
        """A page, drawn and connected."""
        page = await self.blank()
        await page.goto(self.address + path)
        await page.wait_for_function("window.did_handshake === true || !window.createApp")
        return page

    def check(self) -> None:
        assert not self.wrong, self.wrong

    def _note(self, text: str) -> None:
        if not self.expected.search(text):
            self.wrong.append(text)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.address).netloc:
            self.wrong.append(f"a request to {url}")


class Visits:
    """Opens the console for a test, and looks at its end whether all was well."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._begun: list[Visit] = []

    async def begin(
        self,
        address: str,
        *,
        language: str = "en-US",
        theme: str = "light",
        screen: tuple[int, int] = WIDE,
    ) -> Visit:
        context = await self._browser.new_context(
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": screen[0], "height": screen[1]},
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        visit = Visit(context, address)
        self._begun.append(visit)
        return visit

    async def end(self) -> None:
        for visit in self._begun:
            await visit.context.close()

    def check(self) -> None:
        for visit in self._begun:
            visit.check()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser) -> AsyncIterator[Visits]:
    made = Visits(browser)
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
    await hand.page.close()


async def faults(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    if not AXE.is_file():
        pytest.skip("axe is not installed: npm install --prefix tests/console")
    return await serious(page)
