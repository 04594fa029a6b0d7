"""The steps of each task, the same for both hands."""

from __future__ import annotations

import math
import re
from itertools import count
from typing import Any

from playwright.async_api import Locator, Page, expect

from siseon.applications.gauges.generated import calibration_of, photo
from siseon.console.words import Words

from .hands import Hand
from .task import ADDED, BOILER, DIAL, PATIENCE_S, SIGN, Place

NEAR = 1.0
"""Pixels from where a point should be."""
numbers = count(1)


def _named(page: Page, kind: Any, name: str) -> Locator:
    return page.locator("main").get_by_role(kind, name=name, exact=True)


async def overview(hand: Hand, words: Words, place: Place) -> None:
    """The service is well; on to Try."""
    await hand.page.locator(".page-head").get_by_text(words.overview.ready).wait_for()
    await hand.press(_named(hand.page, "link", words.overview.try_picture))
    await hand.page.get_by_role("heading", level=1, name=words.trying.title).wait_for()


async def trying(hand: Hand, words: Words, place: Place) -> None:
    """An application, a picture, its answer, a layer less."""
    page = hand.page
    await hand.choose(page.locator("#application"), "text")
    await page.get_by_role("group", name=f"{words.trying.options}: text").wait_for()
    await hand.give(_named(page, "button", words.trying.choose), SIGN)
    await page.locator(".thing").first.wait_for(timeout=PATIENCE_S * 1000)
    marks = page.locator(".viewer .mark:visible")
    shown = await marks.count()
    await hand.press(page.locator(".layer input").first)
    await expect(marks).not_to_have_count(shown)


async def live(hand: Hand, words: Words, place: Place) -> None:
    """Somebody looks at one of the tiles."""
    page = hand.page
    await page.locator(".tile canvas").first.wait_for()
    await hand.press(page.get_by_role("link", name=BOILER, exact=True))
    await page.get_by_role("heading", level=1, name=BOILER).wait_for()


async def add(hand: Hand, words: Words, place: Place) -> None:
    """An address, tried and kept."""
    page = hand.page
    await hand.write(page.get_by_label(words.camera.source), place.camera)
    await hand.press(_named(page, "button", words.camera.test))
    await page.locator("img.tested").wait_for()
    await hand.press(_named(page, "button", words.camera.add))
    await page.wait_for_url(f"**/console/live/{ADDED}")


async def stream(hand: Hand, words: Words, place: Place) -> None:
    """A limit that is exceeded at once."""
    page = hand.page
    await page.locator(".big-value", has_text=re.compile(r"\d")).wait_for()
    await hand.choose(page.get_by_label(words.stream.rule_kind, exact=True), words.alarms.kind_low)
    await hand.write(page.get_by_label(words.stream.rule_limit, exact=True), "100000")
    await hand.press(_named(page, "button", words.stream.rule_add))
    await page.locator("li.row", has_text=words.alarms.kind_low).wait_for()
    await page.get_by_text(words.alarms.state_unacknowledged).first.wait_for()


async def calibrate(hand: Hand, words: Words, place: Place) -> None:
    """A circle of the right size about the middle, and three marks with their values."""
    page, own = hand.page, words.calibrate
    truth = calibration_of(photo(DIAL, "evaluation"))
    await page.locator(".pointing img").wait_for()
    await page.wait_for_function("!document.querySelector('.workbench .spinner')")
    await hand.press(_named(page, "button", own.clear))
    await page.get_by_text(own.step_centre).wait_for()
    await _point(hand, words, truth.centre, own.point_centre, truth.width)
    await page.get_by_text(own.step_rim).wait_for()
    edge = truth.rim[0]
    await _put(hand, words, edge, truth.width)
    await _right(hand, page.get_by_label(own.radius), math.dist(truth.centre, edge))
    marks = sorted(truth.scale, key=lambda mark: mark.value)
    for number, mark in enumerate((marks[0], marks[len(marks) // 2], marks[-1]), start=1):
        await _point(hand, words, mark.at, own.point_mark.format(number=number), truth.width)
        await hand.write(page.get_by_label(own.value_of.format(number=number), exact=True), f"{mark.value:g}")
    await page.locator(".preview .badge.ok, .preview .badge.warn, .preview .badge.bad").first.wait_for()
    await hand.press(_named(page, "button", own.save))
    await page.wait_for_url(f"**/console/live/{BOILER}")


async def _point(hand: Hand, words: Words, at: tuple[float, float], name: str, width: int) -> None:
    own = words.calibrate
    await _put(hand, words, at, width)
    for label, wanted in zip((own.across, own.down), at, strict=True):
        await _right(hand, hand.page.get_by_label(label.format(name=name), exact=True), wanted)


async def _put(hand: Hand, words: Words, at: tuple[float, float], width: int) -> None:
    """The next point: by a click where it belongs, by a key in the middle."""
    picture = hand.page.locator(".pointing svg")
    box = await picture.bounding_box()
    assert box is not None
    scale = box["width"] / width
    button = _named(hand.page, "button", words.calibrate.add_point)
    await hand.use(button, ["Enter"], picture, {"x": at[0] * scale, "y": at[1] * scale})


async def _right(hand: Hand, written: Locator, wanted: float) -> None:
    """Where a number is not that already it is written."""
    await written.wait_for()
    if abs(float(await written.input_value()) - wanted) > NEAR:
        await hand.write(written, f"{wanted:.1f}")


async def alarms(hand: Hand, words: Words, place: Place) -> None:
    """Seen, and put away for a while."""
    page, own = hand.page, words.alarms
    alarm = f"{BOILER}.reading.low"
    deed = page.get_by_role("button", name=own.acknowledge_of.format(alarm=alarm), exact=True)
    await deed.wait_for()
    await hand.write(page.get_by_label(own.by, exact=True), "Eve")
    await hand.press(deed)
    await deed.wait_for(state="detached")
    await hand.press(page.get_by_role("button", name=own.filter_active, exact=True))
    shelve = page.get_by_role("button", name=own.shelve_of.format(alarm=alarm), exact=True)
    await shelve.wait_for()
    await hand.choose(page.get_by_label(own.shelve_for), own.minutes_15)
    await hand.press(shelve)
    await shelve.wait_for(state="detached")


async def jobs(hand: Hand, words: Words, place: Place) -> None:
    """A file for an application."""
    page, own = hand.page, words.jobs
    await hand.write(page.get_by_label(own.application, exact=True), "text")
    await hand.give(page.locator("label.button", has_text=own.choose).first, SIGN)
    await page.locator(".sent-files li").wait_for()
    await hand.press(_named(page, "button", own.submit))
    await page.wait_for_url("**/console/jobs/*")
    await page.locator(".item").wait_for()


async def job(hand: Hand, words: Words, place: Place) -> None:
    """What has failed, all results, and once more."""
    page, own = hand.page, words.jobs
    await page.locator(".item").nth(1).wait_for()
    await hand.choose(page.get_by_label(own.which), own.failed)
    await expect(page.locator(".item")).to_have_count(1)
    async with page.expect_download():
        await hand.press(page.get_by_role("link", name=own.archive))
    retry = _named(page, "button", own.retry)
    await hand.press(retry)
    await retry.wait_for(state="detached")
    assert not await page.evaluate("document.activeElement.matches('.danger')"), (
        "Enter once more would cancel it"
    )


async def translation(hand: Hand, words: Words, place: Place) -> None:
    """Another text for a region."""
    page, own = hand.page, words.translation
    await page.locator(".compare-sheet img").first.wait_for()
    await hand.press(page.locator(".region-row").last)
    await hand.write(page.get_by_label(own.translation, exact=True), f"Llame {next(numbers)}")
    await page.get_by_text(own.unsaved.format(count=1)).wait_for()
    await hand.press(_named(page, "button", own.render))
    await page.get_by_text(own.rendered).wait_for()


async def oil(hand: Hand, words: Words, place: Place) -> None:
    """From the map to a slick and to a frame."""
    page = hand.page
    await page.locator(".oil-slick").first.wait_for(state="attached")
    await hand.use(page.locator(".oil-view"), ["n", "Enter"], page.locator('[data-mark="s0"]'))
    await page.locator('tr.chosen[data-mapped="s0"]').wait_for()
    await hand.press(page.locator('[data-mapped="f1"] button'))
    await page.wait_for_function("document.querySelector('.oil-opened img')?.naturalWidth > 0")


async def people(hand: Hand, words: Words, place: Place) -> None:
    """Without rendering it: see ``tests/console/test_people.py``."""
    page, own = hand.page, words.people
    first = page.locator(".cast-name").first
    await first.wait_for()
    ruler = page.get_by_role("slider", name=own.time)
    await page.wait_for_function("document.querySelector('video')?.readyState > 0")
    await hand.use(ruler, ["ArrowRight"], ruler)
    await page.wait_for_function("document.querySelector('video').currentTime > 0.5")
    await hand.press(first)
    await hand.write(page.get_by_label(own.called, exact=True), f"Mina {next(numbers)}")
    await hand.press(_named(page, "button", own.rename))
    await page.get_by_text(own.not_applied).first.wait_for()
    await hand.press(_named(page, "button", own.forget))
    await page.get_by_text(own.not_applied).first.wait_for(state="detached")


async def models(hand: Hand, words: Words, place: Place) -> None:
    """By a part of its name."""
    page, own = hand.page, words.models
    listed = page.get_by_role("region", name=own.catalogue)
    await listed.get_by_role("link", name="yolox-nano").wait_for()
    await hand.write(page.get_by_label(own.search), "gauge-pointer")
    await listed.get_by_role("link", name="yolox-nano").wait_for(state="detached")
    await hand.press(listed.get_by_role("link", name="gauge-pointer"))
    await page.get_by_role("heading", level=1, name="gauge-pointer").wait_for()


async def model(hand: Hand, words: Words, place: Place) -> None:
    """Into memory and out."""
    page, own = hand.page, words.models
    await hand.press(_named(page, "button", own.load))
    loaded = page.get_by_text(re.compile(r"\S+".join(map(re.escape, own.was_loaded.split("{version}")))))
    await loaded.wait_for(timeout=PATIENCE_S * 1000)
    await hand.press(_named(page, "button", own.unload))
    await loaded.wait_for(state="detached")
    await page.locator("main [role=status] .badge.ok").wait_for()


async def traces(hand: Hand, words: Words, place: Place) -> None:
    """The newest."""
    page, own = hand.page, words.traces
    link = page.locator("td a").first
    await link.wait_for()
    await hand.press(link)
    await page.get_by_role("heading", name=own.waterfall).wait_for()


async def trace(hand: Hand, words: Words, place: Place) -> None:
    """Its file, and back to all."""
    page = hand.page
    async with page.expect_download():
        await hand.press(page.get_by_role("link", name=words.traces.perfetto))
    await hand.press(page.get_by_role("link", name=words.traces.back))
    await page.get_by_role("heading", level=1, name=words.traces.title).wait_for()


async def sign_in(hand: Hand, words: Words, place: Place) -> None:
    """With the token; out by the menu."""
    page = hand.page
    await hand.write(page.get_by_label(words.sign_in.token), place.token)
    await hand.press(page.get_by_role("button", name=words.sign_in.go))
    await page.get_by_role("heading", level=1, name=words.overview.title).wait_for()
    menu = page.get_by_role("button", name=words.shell.menu, exact=True)
    if await menu.is_visible():
        await hand.press(menu)
    await hand.press(page.get_by_role("button", name=words.shell.sign_out))
    await page.get_by_label(words.sign_in.token).wait_for()
