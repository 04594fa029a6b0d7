"""Try, as a person uses it: an example, a file, a drop, a paste; layers, options, the same call as a program; and what
others have written stays text, wherever it comes from.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont
from playwright.async_api import Page, expect

from console.conftest import PHONE, ROOT, Visits, faults

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGN = ROOT / "examples" / "sign.png"
LINES = [
    "SEOUL LINE OF SIGHT",
    "Opening hours",
    "Monday to Friday 8:30 - 18:00",
    "Saturday 10:00 - 14:00",
    "Please ring twice",
]


async def titles(page: Page) -> list[str]:
    await page.locator(".things").wait_for()
    return await page.locator(".thing-title").all_inner_texts()


async def test_an_example_is_read_with_one_click_and_drawn_in_layers(service: str, visits: Visits) -> None:
    page = await (await visits.begin(service)).open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("gauges")
    await page.get_by_role("button", name="Two dials").click()
    pressure, temperature = found = await titles(page)
    assert float(pressure.split()[0]) == pytest.approx(6.4, abs=0.1)
    assert float(temperature.split()[0]) == pytest.approx(52, abs=1)
    assert await page.locator(".label:visible").all_text_contents() == found
    assert await page.locator(".mark.line:visible").count() == 2
    await page.get_by_label("Instruments: needles 2").uncheck()
    await expect(page.locator(".mark.line:visible")).to_have_count(0)
    await expect(page.locator(".mark.outline:visible")).to_have_count(2)
    await page.get_by_label("Labels 2").uncheck()
    await expect(page.locator(".label:visible")).to_have_count(0)
    assert await page.locator(".fall").count() > 3
    assert "gauge-instruments" in await page.locator(".card", has_text="Models used").inner_text()
    assert await faults(page) == []


async def test_by_keys_alone_a_picture_is_read_and_a_line_lights_up(service: str, visits: Visits) -> None:
    page = await (await visits.begin(service, language="ko-KR", theme="dark")).open("/console/try")
    await page.get_by_role("combobox", name="애플리케이션").focus()
    await page.keyboard.type("text")
    await page.get_by_role("button", name="표지판").focus()
    await page.keyboard.press("Enter")
    assert await titles(page) == LINES
    await page.locator(".thing").nth(1).focus()
    await expect(page.locator(".mark.lit")).to_have_count(1)
    assert await faults(page) == []


async def test_what_the_pointer_is_on_is_told_and_copied(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    await visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await visit.open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("text")
    await page.get_by_role("button", name="A sign").click()
    await titles(page)
    await page.locator(".mark").nth(1).hover()
    await expect(page.locator(".viewer-card strong")).to_have_text("Opening hours")
    await page.locator(".mark").nth(1).click()
    await expect(page.locator(".viewer-said")).to_contain_text("Opening hours")
    assert await page.evaluate("navigator.clipboard.readText()") == "Opening hours"


@pytest.mark.parametrize("way", ["chosen", "dropped", "pasted"])
async def test_a_picture_comes_by_choice_drop_or_paste(service: str, visits: Visits, way: str) -> None:
    page = await (await visits.begin(service)).open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("text")
    if way == "chosen":
        await page.locator('input[type="file"]').first.set_input_files(SIGN)
    else:
        await page.evaluate(
            """async ([way, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "sign.png", {type: "image/png"}));
                const event = way === "dropped" ? new DragEvent("drop", {dataTransfer: data, bubbles: true})
                    : new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
                document.querySelector(".picker").dispatchEvent(event);
            }""",
            [way, list(SIGN.read_bytes())],
        )
    assert await titles(page) == LINES


async def test_options_are_those_of_the_application_and_hold(service: str, visits: Visits) -> None:
    page = await (await visits.begin(service)).open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("text")
    await page.get_by_role("group", name="Options: text").wait_for()  # Others have a "Min score" too.
    await page.get_by_label("Min score").fill("0.999")
    await page.get_by_role("button", name="A sign").click()
    found = await titles(page)
    assert len(found) == len(LINES)
    assert found != LINES
    assert "min_score=0.999" in await page.locator("#curl").inner_text()
    await page.get_by_label("Min score").fill("7")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("alert")).to_contain_text("min_score")
    await expect(page.get_by_role("alert")).to_contain_text("invalid_input")


async def test_the_same_call_runs_as_a_command_and_as_a_program(
    service: str, visits: Visits, tmp_path: Path
) -> None:
    name = 'it\'s "a" sign; $(touch x).png'
    (tmp_path / name).write_bytes(SIGN.read_bytes())
    page = await (await visits.begin(service)).open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("text")
    await page.get_by_role("group", name="Options: text").wait_for()  # Others have a "Min score" too.
    await page.get_by_label("Min score").fill("0.9")
    await page.locator('input[type="file"]').first.set_input_files(tmp_path / name)
    await titles(page)
    command, program = [await page.locator(each).inner_text() for each in ("#curl", "#python")]
    told = await said(["bash", "-c", command], tmp_path)
    assert [line["text"] for line in json.loads(told)["data"]["lines"]] == LINES
    assert LINES[0] in await said([sys.executable, "-c", program], tmp_path)
    assert os.listdir(tmp_path) == [name]


async def said(words: list[str], folder: Path) -> str:
    environment = {**os.environ, "NO_PROXY": "*", "no_proxy": "*"}
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_what_others_have_written_is_text_and_never_markup(
    service: str, visits: Visits, tmp_path: Path
) -> None:
    words = '<img src=x onerror="document.title=1">'
    picture = Picture.new("RGB", (1100, 220), "white")
    font = ImageFont.truetype("DejaVuSans.ttf", 44)
    ImageDraw.Draw(picture).text((30, 80), words, "black", font)
    name = "<img src=x onerror=document.title='name'>${document.title=2}`{{7*7}}`.png"
    picture.save(tmp_path / "picture.png")
    visit = await visits.begin(service)
    page = await visit.open("/console/try")
    await page.get_by_role("combobox", name="Application").select_option("text")
    await page.locator('input[type="file"]').first.set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": (tmp_path / "picture.png").read_bytes()}
    )
    found = await titles(page)
    assert any("onerror" in title and "<img" in title for title in found), found
    await page.locator(".mark").first.hover()
    await page.locator(".thing").first.click()
    assert "{{7*7}}" in await page.locator("#python").inner_text()
    assert await page.locator(".viewer-picture").get_attribute("alt") == name
    await page.locator("summary").click()
    assert await page.title() == "Try · siseon"
    assert await page.locator('img[src="x"]').count() == 0


async def test_what_is_no_picture_is_refused_with_its_name(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open("/console/try")
    await page.locator('input[type="file"]').first.set_input_files(
        {"name": "letter.png", "mimeType": "image/png", "buffer": b"<b>no picture</b>"}
    )
    panel = page.get_by_role("alert")
    await expect(panel).to_contain_text("This kind of file is not read")
    await expect(panel).to_contain_text("unsupported_media")
    await expect(panel).to_contain_text("What to do")
    await expect(page.locator(".viewer")).to_be_hidden()
    await expect(panel.locator("dt", has_text="Trace")).to_have_count(1)
    assert await faults(page) == []


async def test_a_file_that_is_too_long_is_refused_on_the_way(
    service: str, visits: Visits, tmp_path: Path
) -> None:
    visit = await visits.begin(service)
    visit.expected = re.compile("413")
    with (tmp_path / "long.png").open("wb") as file:
        file.truncate(65 << 20)
    page = await visit.open("/console/try")
    await page.locator('input[type="file"]').first.set_input_files(tmp_path / "long.png")
    await expect(page.get_by_role("alert")).to_contain_text("image_too_large")


async def test_on_a_phone_one_takes_a_photo_and_sees_the_answer(service: str, visits: Visits) -> None:
    page = await (await visits.begin(service, screen=PHONE)).open("/console/try")
    camera = page.locator('input[capture="environment"]')
    await expect(page.get_by_role("button", name="Take a photo")).to_be_visible()
    await page.get_by_role("combobox", name="Application").select_option("text")
    await camera.set_input_files(SIGN)
    assert await titles(page) == LINES
    await expect(page.locator(".viewer-picture")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert await faults(page) == []
