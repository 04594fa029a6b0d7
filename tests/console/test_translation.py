"""A translated picture of a job: compared, edited by mouse and by key, rendered again, kept and taken back."""

from __future__ import annotations

import io
import json
import math
import re
import shutil
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops
from playwright.async_api import Page
from tools.oil_flight import worker
from tools.walks.task import Place

from console.conftest import PATIENCE_S, PHONE, Service, Visits, faults, walked_by_keys

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(shutil.which("apertium") is None, reason="apertium is not installed"),
]

SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
ATTACK = "<img src=x onerror=alert(1)>"
RING = "Please ring twice"


@pytest.fixture(scope="module")
def translated(bare: Service) -> tuple[str, str]:
    """The address of a service, and a job whose picture a worker has translated."""
    order = {"application": "translation", "options": {"target": "es"}}
    files = [("files", (f"{ATTACK}.png", SIGN.read_bytes()))]
    told = {"job": json.dumps(order)}
    with worker(bare.folder, "translation"):
        sent = httpx.post(f"{bare.address}/v1/jobs", data=told, files=files, timeout=PATIENCE_S)
        job = sent.json()["id"]
        httpx.get(f"{bare.address}/v1/jobs/{job}/events", timeout=PATIENCE_S)
    return bare.address, job


async def picture(page: Page, address: str) -> Image.Image:
    """What is there now."""
    answer = await page.context.request.get(address)
    return Image.open(io.BytesIO(await answer.body())).convert("RGB")


async def test_regions_are_edited_rendered_again_kept_and_taken_back(
    translated: tuple[str, str], visits: Visits
) -> None:
    address, job = translated
    visit = await visits.begin(address)
    visit.expected = re.compile("40[049]")
    page = await visit.open(f"/console/jobs/{job}")
    slider = page.get_by_role("slider", name="How much of the picture before is shown")
    await slider.focus()
    await page.keyboard.press("Home")
    assert await slider.get_attribute("aria-valuetext") == "Before 0 %"
    assert "100%" in await page.locator(".compare-before").evaluate("each => each.style.clipPath")
    assert await faults(page) == []
    await page.get_by_role("link", name="Compare and edit").click()
    await page.get_by_role("heading", name=f"{ATTACK}.png", level=1).wait_for()
    items = f"{address}/v1/jobs/{job}/items"

    async def stands() -> tuple[dict[str, object], list[dict[str, object]]]:
        item = (await (await page.context.request.get(items)).json())[0]
        result = await (await page.context.request.get(f"{address}{item['result']}")).json()
        return item, result["data"]["regions"]

    first, regions = await stands()
    (number,) = (place for place, region in enumerate(regions) if region["text"] == RING)
    row = page.locator(".region-row").nth(number)
    # Chosen in the picture it opens in the list, and the other way about; by key too.
    await page.locator(".compare-sheet img").first.scroll_into_view_if_needed()
    await page.locator(f".compare-region[data-mark='{number}']").click()
    await page.locator(f".region.chosen[data-region='{number}']").wait_for()
    other = page.locator(".region-row").nth(0)
    await other.focus()
    await page.keyboard.press("Enter")
    await page.locator(".compare-region.chosen[data-mark='0']").wait_for()
    await row.click()
    await page.locator(f".compare-region.chosen[data-mark='{number}']").wait_for()
    assert await faults(page) == []

    # A text that would be markup stays text, in the list and in the picture.
    render = page.get_by_role("button", name="Render again")
    assert await render.is_disabled()
    text = page.get_by_label("Translation")
    await text.fill(f"Llame {ATTACK}")
    await page.get_by_text("1 changed, not rendered yet").wait_for()
    await page.locator(".region.chosen .region-said").get_by_text(ATTACK).wait_for()
    # Its lower right corner is dragged: more room.
    corner = page.locator(".compare-corner").nth(2)
    box = await corner.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 25, steps=4)
    await page.mouse.up()
    (x1, y1), (x2, y2) = regions[number]["polygon"][:2]
    await page.wait_for_function(
        "least => Number(document.querySelectorAll('.region-form .numbers input')[2].value) > least",
        arg=math.dist((x1, y1), (x2, y2)) + 20,
    )
    # Rendered by key, the focus stays where it is; what is typed meanwhile stays too, on top of what was rendered.
    await render.focus()
    await page.keyboard.press("Enter")
    await page.evaluate(f"""() => {{
      const text = document.querySelector('.region-form textarea');
      text.value = 'Llame {ATTACK} ya';
      text.dispatchEvent(new Event('input', {{ bubbles: true }}));
    }}""")
    await page.get_by_text("Edited by hand").wait_for()
    await page.get_by_text("1 changed, not rendered yet").wait_for()
    assert await text.input_value() == f"Llame {ATTACK} ya"
    await page.wait_for_function("document.activeElement?.innerText === 'Render again'")
    await page.get_by_role("button", name="Discard changes").click()
    # The list is made again then: a row of before would no longer answer.
    await page.get_by_text("Everything is in the picture.").wait_for()
    await row.click()
    assert await page.locator("img[src=x]").count() == 0
    edited, now = await stands()
    assert now[number]["translated"] == f"Llame {ATTACK}"
    assert [region["translated"] for place, region in enumerate(now) if place != number] == [
        region["translated"] for place, region in enumerate(regions) if place != number
    ]
    old, new = [await picture(page, f"{address}{each['files'][0]}") for each in (first, edited)]
    changed = ImageChops.difference(old, new)
    assert changed.getbbox(), "that region has changed"
    # Of a list all entries have one size, so that a longer one may change those beside it.
    for region in (*regions, *now):
        across, down = ([point[axis] for point in region["polygon"]] for axis in (0, 1))
        box = (min(across) - 5, min(down) - 5, max(across) + 5, max(down) + 5)
        changed.paste((0, 0, 0), tuple(map(round, box)))
    assert changed.getbbox() is None, "nothing but regions has changed"

    # What does not fit is refused by name, and nothing is lost.
    await page.get_by_label("Translation").fill("Palabra muy larga " * 60)
    await render.click()
    await page.get_by_role("alert").get_by_text(f"Region {number + 1}: its text cannot be set").wait_for()
    assert (await stands())[0]["revision"] == edited["revision"]
    await page.get_by_role("button", name="Discard changes").click()
    await page.get_by_text("Everything is in the picture.").wait_for()

    # A region is added by numbers and keys; meanwhile somebody else has edited.
    await page.get_by_role("button", name="Add a region").focus()
    await page.keyboard.press("Enter")
    await render.click()
    await page.get_by_role("alert").get_by_text("has no text").wait_for()
    await page.get_by_label("Translation").fill("Hola")
    await page.get_by_label("Top").fill("1e308")
    await page.get_by_text("far outside of the picture").wait_for()
    await page.get_by_label("Top").fill("10")
    await page.context.request.delete(f"{items}/0/edit", headers={"If-Match": f'"{edited["revision"]}"'})
    await render.click()
    await page.get_by_role("alert").get_by_text("superseded").wait_for()
    await page.get_by_role("button", name="Show what stands now").click()
    await page.get_by_text("As translated").wait_for()
    assert (await stands())[0]["files"] == first["files"]
    await page.get_by_text("1 changed, not rendered yet").wait_for()
    await page.locator(".region-said").get_by_text("Hola").wait_for()
    await page.get_by_role("button", name="Remove").click()
    await page.wait_for_function("document.activeElement?.className.includes('region-row')")

    # Left out: its original stands again, for others too, on a phone, in the other language; then taken back.
    await row.click()
    await page.get_by_role("button", name="Leave out").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement?.innerText === 'Put back'")
    await render.click()
    await page.get_by_text("Edited by hand").wait_for()
    phone = await visits.begin(address, language="ko-KR", theme="dark", screen=PHONE)
    again = await phone.open(f"/console/jobs/{job}/items/0")
    await again.get_by_text("직접 수정함").wait_for()
    await again.locator(".region-said.why").get_by_text("제외함").wait_for()
    assert await again.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    await again.locator(".region-row").nth(number).click()
    assert await faults(again) == []
    await again.get_by_role("button", name="기계 번역으로 되돌리기").click()
    await again.get_by_role("button", name="수정한 내용을 모두 버릴까요?").click()
    await again.get_by_text("번역된 그대로").wait_for()
    assert (await stands())[0]["revision"] == first["revision"]

    await walked_by_keys(visits, "Translation", Place(address, jobs={"translation": job}))

    # The job is removed while the page is open.
    await page.context.request.delete(f"{address}/v1/jobs/{job}")
    await again.get_by_label("번역문").fill("x")
    await again.get_by_role("button", name="다시 그리기").click()
    await again.get_by_role("alert").get_by_text("job_not_found").wait_for()
    gone = await visit.open(f"/console/jobs/{job}/items/{'9' * 30}")
    await gone.get_by_role("alert").get_by_text("job_not_found").wait_for()
