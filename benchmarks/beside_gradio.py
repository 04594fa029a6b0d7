"""The console's Try page beside Gradio's image interface: same picture, same pipeline, same browser.

    python3 -m venv /tmp/gradio && /tmp/gradio/bin/pip install . gradio
    ./dev python benchmarks/beside_gradio.py --gradio /tmp/gradio/bin/python --out out/gradio

Opens both, gives the picture, waits for its text, and prints for each: what was loaded until then, requests elsewhere
(tried, not necessarily answered), keys until the picture can be chosen (Tab, and Enter where a link skips the menu),
what axe finds, and whether a phone scrolls sideways. Pictures of both lie in the folder.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

from console import service

ROOT = Path(__file__).parents[1]
SIGN = ROOT / "examples" / "sign.png"
AXE = ROOT / "tests" / "console" / "node_modules" / "axe-core" / "axe.min.js"
READ = "SEOUL LINE OF SIGHT"
SCREENS = {"wide": (1440, 900), "phone": (390, 844)}
MOST_TABS = 60
PROGRAM = """
import asyncio, threading
import gradio as gr
from siseon.applications.decode import Decode
from siseon.applications.text import Text
from siseon.contracts import Encoded
from siseon.engine import Pipeline
from siseon.models import ModelManager

class Read(Pipeline):
    def __init__(self, models):
        self.decode, self.text = Decode(), Text(models)
    async def run(self, item):
        return await self.text.run(await self.decode(item))

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
pipeline = Read(ModelManager())
asyncio.run_coroutine_threadsafe(pipeline.__aenter__(), loop).result()

def read(path):
    item = Encoded(open(path, "rb").read(), path)
    data = asyncio.run_coroutine_threadsafe(pipeline(item, timeout=30), loop).result().data
    told = data.model_dump(mode="json")
    marks = []
    for line in told["lines"]:
        xs, ys = zip(*line["polygon"])
        marks.append(((int(min(xs)), int(min(ys)), int(max(xs)), int(max(ys))), line["text"]))
    return (path, marks), told

gr.Interface(read, gr.Image(type="filepath"), [gr.AnnotatedImage(), gr.JSON()], title="text").launch(server_port=PORT)
"""


class Loaded:
    """What a page asks for."""

    def __init__(self, page: Page, own: str) -> None:
        self.own, self.requests, self.bytes = own, 0, 0
        self.elsewhere: set[str] = set()
        page.on("request", lambda request: self._ask(request.url))

    async def watch(self, page: Page) -> None:
        """Count the bytes, too."""
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")
        session.on("Network.loadingFinished", lambda told: self._add(told["encodedDataLength"]))

    def _ask(self, url: str) -> None:
        place = urlsplit(url).netloc
        self.requests += 1
        if place and place != self.own:
            self.elsewhere.add(place)

    def _add(self, length: float) -> None:
        self.bytes += int(length)


async def look(browser: Browser, name: str, address: str, begin: str, submit: str | None, out: Path) -> None:
    """One of the two, on both screens; ``begin``: its page, ``submit``: what has to be clicked for an answer."""
    for screen, (width, height) in SCREENS.items():
        page = await browser.new_page(viewport={"width": width, "height": height})
        loaded = Loaded(page, urlsplit(address).netloc)
        await loaded.watch(page)
        await page.goto(address + begin)
        await page.locator("input[type=file]").first.set_input_files(SIGN)
        if submit is not None:
            await page.locator("img").first.wait_for()
            await page.get_by_role("button", name=submit, exact=True).click()
        await page.get_by_text(READ).and_(page.locator(":visible")).first.wait_for()
        await page.screenshot(path=out / f"{name}-{screen}.png", full_page=True)
        sideways = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        print(
            f"{name} {screen}: {loaded.requests} requests, {loaded.bytes / 1e6:.2f} MB, "
            f"elsewhere {sorted(loaded.elsewhere) or 'none'}, scrolls sideways: {sideways}, "
            f"axe {await faults(page)}"
        )
        await page.close()
    print(f"{name}: {await tabs(browser, address + begin)}")


async def faults(page: Page) -> str:
    """Rules broken, by how bad that is."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return ", ".join(f"{one['id']} ({one['impact']})" for one in found["violations"]) or "nothing"


async def tabs(browser: Browser, url: str) -> str:
    """How a picture is chosen without a mouse."""
    page = await browser.new_page()
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    key = "Tab"
    for pressed in range(1, MOST_TABS):
        await page.keyboard.press(key)
        key = "Enter" if await page.evaluate("document.activeElement.matches('a[href=\"#main\"]')") else "Tab"
        opened: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        page.once("filechooser", lambda chooser, opened=opened: opened.done() or opened.set_result(chooser))
        where = await page.evaluate("document.activeElement.innerText?.slice(0, 40) ?? ''")
        if re.search("choose|upload", where, re.IGNORECASE):
            await page.keyboard.press("Enter")
            try:
                await asyncio.wait_for(opened, 2)
            except TimeoutError:
                return f"{where!r} is reached after {pressed} keys; Enter opens nothing"
            return f"{where!r} is reached after {pressed} keys; Enter opens the choice of files"
    return f"nothing to choose a file with after {MOST_TABS} Tabs"


@contextmanager
def gradio(python: str) -> Iterator[str]:
    """Gradio's page of the same pipeline."""
    program = PROGRAM.replace("server_port=PORT", "server_port=None")
    process = subprocess.Popen([python, "-u", "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://[\d.:]+", line):
                yield found[0]
                return
        raise SystemExit("Gradio did not start")
    finally:
        process.terminate()
        process.wait()


async def compare(console: str, other: str, out: Path) -> None:
    """Both in one browser."""
    async with async_playwright() as playwright:
        program = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        await look(browser, "console", console, "/console/try", None, out)
        await look(browser, "gradio", other, "/", "Submit", out)
        await browser.close()


def main() -> None:
    """Read the command line, and look at both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--gradio", required=True, help="a Python that has gradio and siseon")
    parser.add_argument("--out", type=Path, default=Path("out/gradio"))
    words = parser.parse_args()
    words.out.mkdir(parents=True, exist_ok=True)
    with service(["text"]) as (console, _), gradio(words.gradio) as other:
        asyncio.run(compare(console, other, words.out))


if __name__ == "__main__":
    main()
