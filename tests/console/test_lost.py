"""A service that answers badly, dies, and comes back: pages say so, and find their way back by themselves."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from console.conftest import Service, Visits
from jobs.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")

ILL = (str(Path(__file__).parent / "ill_service.py"),)


async def test_pages_say_that_the_service_is_ill_or_the_connection_lost_and_recover(
    tmp_path: Path, visits: Visits
) -> None:
    port = str(free_port())  # at which it comes back
    service = Service(tmp_path, "--jobs-only", "--port", port, "--console", program=ILL)
    try:
        visit = await visits.begin(service.address, language="ko-KR")
        visit.expected = re.compile("ERR_|WebSocket|Failed to (load|fetch)")

        async def connected() -> int:
            return int(await (await visit.context.request.get(f"{service.address}/ill")).text())

        pages = [await visit.open(f"/console/{path}") for path in ("live", "jobs", "models", "")]
        page = pages[-1]
        for status in (401, 503):
            await visit.context.request.get(f"{service.address}/ill?{status}")
            for each in pages:
                await expect(each.get_by_role("alert").first).to_contain_text(f"answered {status}")
        await pages[0].reload()
        await expect(pages[0].get_by_role("alert")).to_contain_text("answered 503")
        while await connected() != len(pages):  # one that was loaded again is drawn before it is connected
            await asyncio.sleep(0.05)
        for each in pages:
            await expect(each.get_by_role("alert")).to_have_count(0)

        for moment_ms in (0, 50, 150, 400):
            left = await visit.context.new_page()
            coming = asyncio.create_task(left.goto(f"{service.address}/console/live"))
            await asyncio.sleep(moment_ms / 1000)
            await left.close()
            await asyncio.wait([coming])
            coming.exception()
        for each in pages[:-1]:
            await each.close()
        while await connected() > 1:
            await asyncio.sleep(0.1)
        assert "dropped" not in service.log.read_text()

        await expect(page.locator(".badge.ok")).to_be_visible()
        service.process.kill()
        service.process.wait()
        await expect(page.locator("#popup")).to_be_visible()
        await expect(page.locator("#popup")).to_contain_text("연결이 끊겼습니다")
        sign = "words => getComputedStyle(words, '::before').content"
        assert (
            await page.locator("#popup > span").first.evaluate(sign) == "none"
        )  # nothing stands on the words
        service = await asyncio.to_thread(Service, tmp_path, "--jobs-only", "--port", port, "--console")
        await expect(page.locator("#popup")).to_be_hidden(timeout=60_000)
        await expect(page.locator(".badge.ok")).to_be_visible()
        await page.get_by_role("link", name="시험", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("시험")
    finally:
        service.stop()
