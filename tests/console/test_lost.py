"""A service that dies, and comes back: a page says so, and finds its way back by itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from console.conftest import Service, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_page_says_that_the_connection_is_lost_and_recovers(tmp_path: Path, visits: Visits) -> None:
    service = Service(tmp_path, "--jobs-only", "--port", "0", "--console")
    port = service.address.rpartition(":")[2]
    try:
        visit = await visits.begin(service.address, language="ko-KR")
        visit.expected = re.compile("ERR_|WebSocket|Failed to (load|fetch)")
        page = await visit.open("/console/")
        await expect(page.locator(".badge.ok")).to_be_visible()
        service.process.kill()
        service.process.wait()
        await expect(page.locator("#popup")).to_be_visible()
        await expect(page.locator("#popup")).to_contain_text("연결이 끊어졌습니다")
        service = await asyncio.to_thread(Service, tmp_path, "--jobs-only", "--port", port, "--console")
        await expect(page.locator("#popup")).to_be_hidden(timeout=20_000)
        await expect(page.locator(".badge.ok")).to_be_visible()
        await page.get_by_role("link", name="시험").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("시험")
    finally:
        service.stop()
