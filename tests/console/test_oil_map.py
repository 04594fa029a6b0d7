"""The map of a flight over oil in the page of its job: looked at by mouse, keys and finger; with a real worker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tools.oil_flight import done, hand_in, pictures, worker
from tools.walks.task import Place

from console.conftest import PATIENCE_S, PHONE, Service, Visit, Visits, faults, walked_by_keys
from siseon.console.words import words_of
from siseon.jobs import store
from siseon.jobs.opening import opened
from siseon.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>.JPG"
SLOW = "somebody who takes long"
"""A worker that holds a frame."""
FINAL = ".oil-left:not(.preliminary) .oil-slick"
SHOTS = ((0.0, 0.0), (400.0, 0.0))


@pytest.fixture(scope="module")
def flown(bare: Service) -> tuple[str, Path]:
    """A service, and the folder of its jobs."""
    for library in ("pyproj", "rasterio", "pyogrio", "reportlab"):
        pytest.importorskip(library)
    return bare.address, bare.folder


async def test_the_map_of_a_flight_is_looked_at(flown: tuple[str, Path], visits: Visits) -> None:
    address, folder = flown
    first, *others = pictures(SHOTS)
    named = {HOSTILE: first, **{f"DJI_{n}.JPG": data for n, data in enumerate(others, 2)}}
    await _cancelled(visits, address, first)
    job = hand_in(address, {**named, "broken.JPG": b"\xff\xd8 damaged"})
    visit = await visits.begin(address)
    page = await visit.open(f"/console/jobs/{job}")
    await page.get_by_text("The map is drawn as frames are answered: 0 of 3 are.").wait_for()
    with opened(Settings(cache_dir=folder)) as jobs:
        store.register(jobs.database, SLOW, ["oilspill"], lease_s=600)
        assert [item.number for item in store.claim(jobs.database, SLOW, ["oilspill"], 1)] == [0]
        with worker(folder):
            await _grows(page)
            store.leave(jobs.database, SLOW)
            await page.locator(FINAL).first.wait_for(state="attached", timeout=PATIENCE_S * 1000)
            done(address, job)
    await expect(page.locator(".preliminary")).to_have_count(0)
    assert await faults(page) == []
    await walked_by_keys(visits, "Oil", Place(address, jobs={"oilspill": job}))
    await _hover_and_click(page)
    await _keys(page)
    await _layers(page)
    await _files(page, job)
    await _in_korean_on_a_phone(visits, address, job)
    await _gone_while_it_is_looked_at(visit, page, job)


async def _grows(page: Page) -> None:
    """While a frame is not answered yet, those that are stand on a map that says what it is."""
    await page.locator(".preliminary .oil-slick").first.wait_for(state="attached", timeout=PATIENCE_S * 1000)
    await page.get_by_text("2 of 3 frames have ended.").wait_for()
    assert await page.locator(".oil .badge").get_by_text("Preliminary").is_visible()
    assert await page.locator(".oil .stat-value").count() == 0, (
        "no area is told before frames are put together"
    )
    await expect(page.locator(".preliminary .oil-frame")).to_have_count(1)
    assert await faults(page) == []
    await page.locator(".oil-view").focus()
    await page.keyboard.press("n")
    await page.locator(".oil-map [role=status]").get_by_text("Emulsion").wait_for(state="attached")


async def _cancelled(visits: Visits, address: str, picture: bytes) -> None:
    """A job that makes no map says so, and does not seem to be at it for ever."""
    job = hand_in(address, {"a.JPG": picture})
    visit = await visits.begin(address)
    page = await visit.open(f"/console/jobs/{job}")
    await page.get_by_role("button", name="Cancel the job").click()
    await page.get_by_text("There is no map: the job was cancelled, or no frame was answered.").wait_for()
    await expect(page.locator(".oil .spinner")).to_have_count(0)
    await visits.leave(visit)


async def _hover_and_click(page: Page) -> None:
    row = page.locator('[data-mapped="s0"]')
    assert await row.get_by_text("Emulsion").is_visible()
    await row.get_by_role("button").hover()
    await page.locator('.oil-slick.lit[data-mark="s0"]').wait_for(state="attached")
    slick = page.locator('[data-mark="s0"]')
    await slick.scroll_into_view_if_needed()
    box = await slick.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator(".oil-view .viewer-card")
    await card.get_by_text("Emulsion").wait_for()
    await page.locator('tr.lit[data-mapped="s0"]').wait_for()
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.locator('tr.chosen[data-mapped="s0"]').wait_for()
    await page.locator('.oil-slick.chosen[data-mark="s0"]').wait_for(state="attached")
    opener = page.get_by_role("button", name=f"Open the result of {HOSTILE}")
    await opener.focus()
    await page.locator('.oil-frame.lit[data-mark="f0"], .oil-frame.lit').first.wait_for(state="attached")
    await page.keyboard.press("Enter")
    await page.locator(".oil-opened h3").get_by_text(HOSTILE).wait_for()
    await page.wait_for_function("document.querySelector('.oil-opened img')?.naturalWidth > 0")
    assert await page.locator("img[src=x]").count() == 0
    await page.get_by_text("Frames that failed and are not on the map: 1").click()
    await page.get_by_text("broken.JPG: corrupt_image").wait_for()


async def _keys(page: Page) -> None:
    view, drawing = page.locator(".oil-view"), page.locator(".oil-view > svg")
    await page.get_by_role("button", name="Show all of it").click()
    whole = await _looked_at(page)
    await view.focus()
    await page.keyboard.press("+")
    closer = await _looked_at(page)
    assert closer[2] == pytest.approx(whole[2] / 1.5, rel=1e-3)
    await page.keyboard.press("ArrowRight")
    assert (await _looked_at(page))[0] > closer[0]
    await page.keyboard.press("0")
    assert await _looked_at(page) == pytest.approx(whole)
    await page.keyboard.press("n")
    await page.locator(".oil-map [role=status]").get_by_text("Emulsion").wait_for(state="attached")
    await page.keyboard.press("Enter")
    await page.locator('tr.chosen[data-mapped="s1"]').wait_for()  # it goes on from the one that was clicked
    box = await drawing.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(*middle)
    await page.mouse.wheel(0, -200)
    await page.wait_for_function(
        "(was) => document.querySelector('.oil-view > svg').viewBox.baseVal.width < was", arg=whole[2]
    )
    before = await _looked_at(page)
    await page.mouse.down()
    await page.mouse.move(middle[0] - 90, middle[1], steps=3)
    await page.mouse.up()
    assert (await _looked_at(page))[0] > before[0]


async def _layers(page: Page) -> None:
    await page.get_by_label("Emulsion").uncheck()
    assert not await page.locator('[data-mark="s0"]').is_visible()
    await page.get_by_label("Emulsion").check()
    await page.get_by_label("Longitude and latitude").uncheck()
    assert not await page.locator(".oil-labels").is_visible()


async def _files(page: Page, job: str) -> None:
    item = page.locator(".item").first
    await item.get_by_role("link", name="TIF").wait_for()
    await expect(item.locator("img")).to_have_count(2)  # what a browser cannot show is no picture
    for name, file in (("Report (HTML)", "flight.html"), ("Report (PDF)", "flight.pdf")):
        target = await page.get_by_role("link", name=name).get_attribute("href")
        assert target == f"/console/api/v1/jobs/{job}/conclusion/{file}"
        assert (await page.request.get(page.url.partition("/console")[0] + target)).ok


async def _in_korean_on_a_phone(visits: Visits, address: str, job: str) -> None:
    words = words_of("ko").oil
    visit = await visits.begin(address, language="ko-KR", theme="dark", screen=PHONE)
    page = await visit.open(f"/console/jobs/{job}")
    await page.get_by_role("heading", name=words.map, exact=True).wait_for()
    await page.locator(".oil-slick").first.wait_for(state="attached")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert await page.get_by_label(words.emulsion).is_checked()
    assert await faults(page) == []
    await _pinch(page)
    await page.close()


async def _pinch(page: Page) -> None:
    """Two fingers that go apart."""
    view = page.locator(".oil-view")
    await view.scroll_into_view_if_needed()
    box = await view.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = await _looked_at(page)
    screen = await page.context.new_cdp_session(page)
    await screen.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90)):
        fingers = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        await screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    await screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await page.wait_for_function(
        "(was) => document.querySelector('.oil-view > svg').viewBox.baseVal.width < was / 2", arg=before[2]
    )


async def _gone_while_it_is_looked_at(visit: Visit, page: Page, job: str) -> None:
    visit.expected = re.compile("404")
    removed = await page.request.delete(f"{page.url.partition('/console')[0]}/v1/jobs/{job}")
    assert removed.status == 204
    await page.get_by_role("alert").get_by_text("job_not_found").wait_for()


async def _looked_at(page: Page) -> list[float]:
    box = await page.locator(".oil-view > svg").get_attribute("viewBox")
    assert box is not None
    return [float(each) for each in box.split()]
