"""People of a video on the page of their job: seen, named, merged, split, rendered again; with a real worker."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page
from tools.walks.task import Place

from console.conftest import PATIENCE_S, PHONE, Service, Visits, faults, walked_by_keys

av = pytest.importorskip("av")
pytest.importorskip("trackers")
pytestmark = pytest.mark.asyncio(loop_scope="session")

MINA = '<img src=x onerror="document.title=1"> Mina'


@pytest.fixture(scope="module")
def working(bare: Service, model_path: Path) -> Iterator[str]:
    """A service, and a worker beside it on the same database."""
    environment = {**os.environ, "SISEON_CACHE_DIR": str(bare.folder), "SISEON_MODEL_PATH": str(model_path)}
    command = [sys.executable, "-m", "siseon", "worker", "--applications", "people"]
    settings = ["--set", "people.pose=none", "--set", "people.faces=none"]
    with (bare.folder / "people-worker.log").open("w") as log:
        worker = subprocess.Popen([*command, *settings], stderr=log, env=environment, cwd=bare.folder)
    yield bare.address
    worker.terminate()
    worker.wait(PATIENCE_S)


def smaller(clip: Path) -> bytes:
    """A ninth of its pixels, of every third picture: drawing and coding them again is most of this test's time."""
    made = io.BytesIO()
    with av.open(str(clip)) as read, av.open(made, "w", format="mp4") as written:
        stream = written.add_stream("mpeg4", rate=10, width=640, height=360, pix_fmt="yuv420p")
        stream.bit_rate = 2_000_000
        for number, frame in enumerate(islice(read.decode(video=0), 0, None, 3)):
            small = frame.reformat(640, 360, "yuv420p")
            small.pts, small.time_base = number, Fraction(1, 10)
            for packet in stream.encode(small):
                written.mux(packet)
        for packet in stream.encode():
            written.mux(packet)
    return made.getvalue()


def handed_in(address: str, clip: Path) -> str:
    job = {"job": json.dumps({"application": "people"})}
    files = {"files": ("hug.mp4", smaller(clip))}
    accepted = httpx.post(f"{address}/v1/jobs", data=job, files=files, timeout=PATIENCE_S)
    assert accepted.status_code == 202, accepted.text
    return str(accepted.json()["id"])


async def time_of(page: Page) -> float:
    return float(await page.locator("video").evaluate("video => video.currentTime"))


async def rendered(page: Page) -> None:
    """Ask for it, see it go on, and wait until it is made."""
    video = await page.locator("video").get_attribute("src")
    await page.get_by_role("button", name="Render again").focus()
    await page.keyboard.press("Enter")
    await page.locator(".rendering progress").wait_for()
    assert await page.evaluate("document.activeElement.innerText") == "Render again"
    await page.wait_for_function(
        "before => document.querySelector('video')?.getAttribute('src') !== before",
        arg=video,
        timeout=PATIENCE_S * 1000,
    )
    await page.locator(".rendering").wait_for(state="detached")


@pytest.mark.timeout(240)
async def test_people_are_seen_named_merged_and_split_and_the_video_is_rendered_again(
    working: str, visits: Visits, test_data: Path
) -> None:
    job = handed_in(working, test_data / "video-dev" / "two_people_hug.mp4")
    visit = await visits.begin(working)
    visit.expected = re.compile("404")
    page = await visit.open(f"/console/jobs/{job}")
    await page.locator(".cast-name").nth(1).wait_for(timeout=PATIENCE_S * 1000)
    await walked_by_keys(visits, "People", Place(working, jobs={"people": job}))
    first, corrections = page.locator(".cast-name").nth(0), page.get_by_role("list", name="Corrections")

    # The timeline moves the video, by key and by click, and the cursor follows.
    ruler = page.get_by_role("slider", name="Time in the video")
    await page.wait_for_function("document.querySelector('video').readyState > 0")
    await ruler.focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("document.querySelector('video').currentTime === 1")
    assert await ruler.get_attribute("aria-valuetext") == "0:01.0 of 0:02"
    await page.get_by_role("img", name=re.compile("^Person 1: in the picture 0:00")).click()
    assert 1.1 < await time_of(page) < 1.5
    await page.locator(".cast-name.chosen", has_text="Person 1").wait_for()
    assert await faults(page) == []

    # What somebody asks for is listed, and what cannot be asked for is said where it was tried.
    await page.get_by_label("Is the same as").select_option(label="Person 2")
    await page.get_by_role("button", name="Merge").focus()
    await page.keyboard.press("Enter")
    await corrections.get_by_text("Not yet applied").wait_for()
    await page.get_by_label("Name", exact=True).fill(MINA)
    await page.get_by_label("Role").select_option(label="child")
    await page.get_by_role("button", name="Name", exact=True).click()
    await page.locator(".cast-name").nth(1).click()
    await ruler.focus()
    await page.keyboard.press("Home")
    await page.get_by_role("button", name="Split at 0:00.0").click()
    await page.get_by_text("move the video to between these").wait_for()
    await ruler.focus()
    await page.keyboard.press("ArrowRight")
    await page.get_by_role("button", name="Split at 0:01.0").click()
    await page.get_by_text("3 to be added").wait_for()

    # Two who are there at the same time are not merged, and that stands beside what was asked for.
    await rendered(page)
    await corrections.get_by_text("they are in the picture at the same time").wait_for()
    await page.locator(".cast-name").nth(2).wait_for()
    assert await corrections.get_by_text("Applied", exact=True).count() == 2
    assert await page.locator("img[src=x]").count() == 0
    assert MINA in await first.inner_text()
    await page.wait_for_function("document.querySelector('video').currentTime === 1")
    assert await faults(page) == []
    answer = await page.context.request.get(f"{working}/v1/jobs/{job}/conclusion/timeline.json")
    told = await answer.json()
    assert [person["name"] for person in told["people"]] == [MINA, None, None]
    await page.get_by_role("button", name="Take back: One person").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("1 to be taken back").wait_for()
    await page.wait_for_function("document.activeElement?.ariaLabel?.startsWith('Take back: ')")
    await page.get_by_role("button", name="Forget changes").click()
    await page.get_by_text("Nothing has changed since the video was made.").wait_for()

    narrow = await visits.begin(working, language="ko-KR", theme="dark", screen=PHONE)
    narrow.expected = visit.expected
    page = await narrow.open(f"/console/jobs/{job}")
    await page.get_by_role("slider", name="동영상의 시각").wait_for()
    await page.locator(".cast-name").nth(1).click()
    await page.get_by_role("button", name="나누기").wait_for()
    await page.get_by_text("동의 기록이 없습니다").wait_for()
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
