"""What holds for every page: languages, themes, screens, keys, screen readers, and that nothing leaves this machine."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from console.conftest import PHONE, WIDE, Visits, faults
from siseon.console.pages import PAGES
from siseon.console.words import words_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

MENU = [page for page in PAGES if page.icon is not None]

LOOKS = {
    "en-US": (("light", WIDE), ("dark", PHONE)),
    "ko-KR": (("dark", PHONE), ("light", PHONE), ("dark", WIDE)),
}
"""A page is loaded as the first one, so in each language, theme and width; and turned into the others as it stands."""


@pytest.mark.parametrize("language", LOOKS, ids=["english", "korean"])
async def test_every_page_is_drawn_and_can_be_read_by_all(
    service: str, visits: Visits, language: str
) -> None:
    words = words_of("ko" if language == "ko-KR" else "en")
    (theme, screen), *turned = LOOKS[language]
    visit = await visits.begin(service, language=language, theme=theme, screen=screen)
    page = await visit.blank()
    for each in MENU:
        await visit.turn(page, theme, screen)
        await visit.open(f"/console{each.path}", page)
        await is_drawn(page, each.title(words), language)
        for other in turned:
            await visit.turn(page, *other)
            await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
            await is_drawn(page, each.title(words), language)


async def is_drawn(page: Page, title: str, language: str) -> None:
    """As it is now."""
    assert await page.locator("h1").first.inner_text() == title
    assert await page.locator("html").get_attribute("lang") == language
    assert await page.locator("main").count() == 1
    assert await page.locator('[aria-current="page"]').count() == 1
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    if language == "en-US":  # axe takes longer than all else together, and its rules know no language
        assert await faults(page) == []


async def test_the_menu_leads_to_every_page_by_keys_alone(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    for each in MENU:
        await page.locator(".menu a", has_text=each.title(words_of("en"))).focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/console{each.path}")
        assert await page.locator("h1").first.inner_text() == each.title(words_of("en"))


async def test_language_and_theme_are_chosen_and_kept(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    page = await visit.open()
    await page.get_by_role("link", name="한국어").click()
    await page.get_by_role("heading", name="개요", level=1).wait_for()
    await page.get_by_role("link", name="어둡게").click()
    await page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    again = await visit.open()
    assert await again.locator("html").get_attribute("data-theme") == "dark"
    assert await again.locator("h1").first.inner_text() == "개요"
    dark = await again.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(15, 23, 27)"


async def test_on_a_phone_the_menu_is_a_drawer(service: str, visits: Visits) -> None:
    visit = await visits.begin(service, screen=PHONE)
    page = await visit.open()
    drawer = page.locator("#menu")
    assert not await drawer.is_visible()
    opener = page.get_by_role("button", name="Menu")
    await opener.click()
    await drawer.wait_for(state="visible")
    assert await opener.get_attribute("aria-expanded") == "true"
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await drawer.wait_for(state="hidden")
    assert await page.evaluate("document.activeElement.className.includes('menu-button')")


async def test_an_unknown_address_is_told_in_the_frame(service: str, visits: Visits) -> None:
    visit = await visits.begin(service, language="ko-KR")
    visit.expected = re.compile("404")
    page = await visit.open("/console/nowhere")
    await page.get_by_text("페이지를 찾을 수 없습니다").wait_for()
    await page.get_by_role("link", name="개요로 이동").click()
    await page.get_by_role("heading", name="개요", level=1).wait_for()


async def test_a_page_changes_in_place_and_keeps_nothing_of_what_is_gone(
    service: str, visits: Visits
) -> None:
    visit = await visits.begin(service)
    visit.leaves_traces = True
    await visit.context.clock.install()
    page = await visit.open()
    row = page.get_by_role("region", name="Pipelines").locator("tbody tr", has_text="text")
    drawn, before = await row.element_handle(), await row.inner_text()
    sent = {"Content-Type": "image/png"}
    await visit.context.request.post(f"{service}/v1/pipelines/text", data=b"none", headers=sent)
    await expect(row).not_to_have_text(before, use_inner_text=True)
    assert drawn is not None
    assert await drawn.evaluate("row => row.isConnected"), "it was not made again"
    names = "document.getElementById('app')._vnode.component.refs"
    await page.evaluate(f"{names}.gone = null")  # as Vue leaves one of each element that is no more
    await page.clock.fast_forward(61_000)
    await page.wait_for_function(f"!Object.values({names}).includes(null)")
