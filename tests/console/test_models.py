"""Models: found, loaded, warmed up, unloaded, used in a pipeline; by click and by key."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from playwright.async_api import FilePayload, Locator, expect

from console.conftest import PHONE, ROOT, Visits, faults
from networks import Networks, save_network

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGN = ROOT / "examples" / "sign.png"
READER_CARD = """
name = "own-reader"
version = "{version}"
task = "text-recognize"
licence = "Apache-2.0"
[[files]]
name = "reader.onnx"
[input]
height = 48
resize = "stretch"
[output]
decoder = "ctc"
"""
CARD = """
name = "by-form"
version = "{version}"
task = "classify"
licence = "Apache-2.0"
labels = ["red", "green", "blue"]
[[files]]
name = "colours.onnx"
[input]
width = 16
height = 16
[output]
decoder = "logits"
"""


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


async def test_a_model_is_found_by_its_task_and_opened(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open("/console/models")
    catalogue = page.get_by_role("region", name="All models")
    await catalogue.get_by_role("link", name="yolox-nano").wait_for()
    await page.get_by_label("Find by name or task").fill("  SEGMENT ")
    await catalogue.get_by_role("link", name="yolox-nano").wait_for(state="detached")
    await page.get_by_label("Find by name or task").fill("nothing like it")
    await catalogue.get_by_text("No model has this").wait_for()
    await page.get_by_label("Find by name or task").fill("yolox-x")
    await catalogue.get_by_role("cell", name="to pull from github.com").wait_for()
    await page.get_by_label("Find by name or task").fill("ppocr-v6-rec")
    await catalogue.get_by_role("cell", name="here", exact=True).wait_for()
    await catalogue.get_by_role("link", name="ppocr-v6-rec").click()
    await page.get_by_role("heading", name="ppocr-v6-rec", level=1).wait_for()
    await page.get_by_text("text-recognize").wait_for()


async def test_a_warm_up_counts_and_what_is_no_number_is_refused_by_the_service(
    service: str, visits: Visits
) -> None:
    visit = await visits.begin(service, screen=PHONE, language="ko-KR")
    page = await visit.open("/console/models/ppocr-v6-rec")
    await page.get_by_label("실행 횟수").fill("3")
    await page.get_by_role("button", name="예열").click()
    await page.get_by_text("3번 실행했습니다").wait_for()
    await page.get_by_label("실행 횟수").fill("0")
    await page.get_by_role("button", name="예열").click()
    await page.get_by_role("alert").get_by_text("iterations").wait_for()


async def test_a_model_without_weights_says_what_to_do(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open("/console/models/yolox-x")
    await page.get_by_text("to pull from github.com").wait_for()
    await page.get_by_role("button", name="Load", exact=True).click()
    await page.get_by_role("alert").get_by_text("siseon models pull yolox-x").wait_for()


async def test_a_model_is_used_in_a_pipeline(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open("/console/models/ppocr-v6-rec")
    await page.get_by_label("Place").select_option(label="text · recognizer (now ppocr-v6-rec)")
    await page.get_by_role("button", name="Use this one").click()
    await page.get_by_text("text · recognizer is now ppocr-v6-rec.").wait_for()
    await page.get_by_label("Place").select_option(label="text · detector (now ppocr-v6-det)")
    await page.get_by_role("button", name="Use this one").click()
    await (
        page.get_by_role("alert")
        .get_by_text("text · detector")
        .or_(page.get_by_role("alert"))
        .first.wait_for()
    )


def reader(folder: Path) -> bytes:
    """A network that reads some letters of light and dark, whatever is there."""
    nodes = [
        helper.make_node("AveragePool", ["pixels"], ["pooled"], kernel_shape=[48, 8], strides=[48, 8]),
        helper.make_node("Squeeze", ["pooled", "axis"], ["flat"]),
        helper.make_node("Transpose", ["flat"], ["steps"], perm=[0, 2, 1]),
        helper.make_node("Softmax", ["steps"], ["characters"], axis=2),
    ]
    path, shape = folder / "reader.onnx", ("n", 3, 48, "w")
    save_network(path, "pixels", nodes, {"characters": 3}, input_shape=shape, axis=np.array([2]))
    network = onnx.load(path)
    helper.set_model_props(network, {"character": "a"})
    return network.SerializeToString()


async def test_a_new_version_is_used_its_calls_are_charted_and_the_earlier_one_is_used_again(
    service: str, visits: Visits, tmp_path: Path
) -> None:
    page = await (await visits.begin(service, screen=PHONE, theme="dark")).open("/console/models")
    network, sign = reader(tmp_path), {"file": file("sign.png", SIGN.read_bytes())}
    for version in ("1", "2"):
        card = READER_CARD.format(version=version).encode()
        sent = {"card": file("card.toml", card), "file0": file("reader.onnx", network)}
        assert (await page.request.post(f"{service}/v1/models", multipart=sent)).ok

    async def use(option: Locator, among: Locator) -> str:
        told = await option.inner_text()
        await among.select_option(label=told)
        await page.get_by_role("button", name="Use this one").press("Enter")
        return told

    await page.goto(f"{service}/console/models/own-reader")
    place, which = page.get_by_label("Place"), page.get_by_role("combobox", name="Version").nth(1)
    await place.select_option(label=await place.locator("option", has_text="recognizer").inner_text())
    chart = page.get_by_role("img", name=re.compile("^Latency of a call"))
    await expect(chart).to_contain_text("Nothing has happened yet")
    for version in ("2", "1"):
        await use(which.locator("option", has_text=f"{version} ·"), which)
        await page.get_by_text(f"text · recognizer is now own-reader@{version}.").wait_for()
        await expect(place.locator("option:checked")).to_contain_text(f"now own-reader@{version}")
        answer = await (await page.request.post(f"{service}/v1/pipelines/text", multipart=sign)).json()
        assert [one["version"] for one in answer["models"] if one["name"] == "own-reader"] == [version]
    await expect(chart).not_to_contain_text("Nothing has happened yet")
    await expect(chart).to_contain_text(" ms")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert await faults(page) == []
    await page.goto(f"{service}/console/models/ppocr-v6-rec")
    await use(place.locator("option", has_text="recognizer (now own-reader@1)"), place)
    await page.get_by_text("text · recognizer is now ppocr-v6-rec.").wait_for()
    for version in ("1", "2"):
        assert (await page.request.delete(f"{service}/v1/models/own-reader/versions/{version}")).ok


async def test_a_model_that_is_unknown_is_said_to_be(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open("/console/models/%3Cimg%20src=x%20onerror=alert(1)%3E")
    await page.get_by_role("alert").get_by_text("model_not_found").wait_for()
    assert await page.locator("main img").count() == 0


async def test_a_version_is_registered_with_its_card_and_opened(
    service: str, visits: Visits, networks: Networks
) -> None:
    networks.classifier(name="colours")
    weights = file("colours.onnx", (networks.folder / "colours.onnx").read_bytes())
    visit = await visits.begin(service)
    visit.expected = re.compile("400")
    page = await visit.open("/console/models")
    files, submit = page.locator("input[type=file]"), page.get_by_role("button", name="Register")
    await files.set_input_files([weights, file("c.toml", b"name =")])
    await submit.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").locator("code", has_text="invalid_input").wait_for()
    for version in (1, 2):
        await page.goto(f"{service}/console/models")
        card = file("card.toml", CARD.format(version=version).encode())
        await files.set_input_files([weights, card])
        await submit.click()
        await page.get_by_role("heading", name="by-form", level=1).wait_for()
        await expect(page.get_by_role("combobox", name="Version").first).to_contain_text(f"{version} · ")
        await expect(page.locator(".menu [aria-current]")).to_have_text("Models")
        assert await faults(page) == []
    beside = await visit.open("/console/models")
    listed = beside.get_by_role("region", name="All models").get_by_role("link", name="by-form")
    await expect(listed).to_have_count(2)
    for left in (1, 0):
        await page.goto(f"{service}/console/models/by-form")
        await page.get_by_role("button", name="Delete").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Delete").press("Enter")
        await page.wait_for_url("**/console/models")
        await expect(listed).to_have_count(left)


async def test_what_comes_with_the_service_is_not_deleted(service: str, visits: Visits) -> None:
    page = await (await visits.begin(service)).open("/console/models/gauge-pointer")
    await page.get_by_role("button", name="Delete").click()
    assert await faults(page) == []
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await page.get_by_role("alert").locator("code", has_text="model_exists").wait_for()
