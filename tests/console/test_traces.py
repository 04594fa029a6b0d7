"""Traces: of an answered, a failed and a shared request; by click and by key."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

from console.conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGN = (Path(__file__).parents[2] / "examples" / "sign.png").read_bytes()


async def _send(service: str, *bodies: bytes) -> list[str]:
    async with httpx.AsyncClient(base_url=service, timeout=120, trust_env=False) as client:
        answers = await asyncio.gather(
            *(
                client.post("/v1/pipelines/text", content=body, headers={"Content-Type": "image/png"})
                for body in bodies
            )
        )
    return [answer.json()["trace_id"] for answer in answers]


async def test_a_trace_is_opened_and_its_waterfall_says_in_words_what_it_draws(
    service: str, visits: Visits
) -> None:
    (trace_id,) = await _send(service, SIGN)
    visit = await visits.begin(service)
    page = await visit.open("/console/traces")
    row = page.get_by_role("link", name=trace_id[:8])
    await row.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name=f"text {trace_id[:8]}").wait_for()
    told = await page.locator(".waterfall").get_attribute("aria-label")
    assert "detect_text: Wait" in told
    await page.locator(".waterfall rect.work-bar").nth(3).wait_for(state="attached")
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="For Perfetto").click()
    path = await (await begun.value).path()
    file = json.loads(await asyncio.to_thread(path.read_text))
    assert any(trace_id[:8] in event["name"] for event in file["traceEvents"])


async def test_of_two_requests_in_one_trace_each_is_opened(service: str, visits: Visits) -> None:
    sent = {"Content-Type": "image/png", "traceparent": f"00-{'5e' * 16}-{'12' * 8}-01"}
    for body in (SIGN, b"no picture"):
        await asyncio.to_thread(
            httpx.post, f"{service}/v1/pipelines/text", content=body, headers=sent, timeout=120
        )
    visit = await visits.begin(service)
    page = await visit.open("/console/traces")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="5e5e5e5e"))
    await row.filter(has_text="unsupported_media").wait_for()
    await row.filter(has_not_text="unsupported_media").get_by_role("link").click()
    await page.get_by_role("heading", name="text 5e5e5e5e").wait_for()
    await page.locator(".waterfall rect.work-bar").nth(3).wait_for(state="attached")


async def test_failed_requests_are_found_by_their_code(service: str, visits: Visits) -> None:
    (trace_id,) = await _send(service, b"no picture")
    visit = await visits.begin(service, language="ko-KR", theme="dark")
    page = await visit.open("/console/traces")
    await page.get_by_label("요청 종류").select_option(label="실패")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=trace_id[:8]))
    await row.get_by_text("unsupported_media").wait_for()
    await page.get_by_role("heading", name=re.compile("단계가 가장 먼저 포화됩니다")).first.wait_for()


async def test_a_trace_that_is_not_kept_is_said_to_be_gone(service: str, visits: Visits) -> None:
    visit = await visits.begin(service)
    for trace_id in ("0" * 32, "%3Cb%3Ex"):
        page = await visit.open(f"/console/traces/{trace_id}")
        await page.get_by_role("alert").get_by_text("trace_not_found").wait_for()
        assert await page.locator("main b").count() == 0
