"""A timeline asked of the service: once for all pages that show it, and gone with the last of them."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from siseon.console.api import Api
from siseon.console.jobs.known import File
from siseon.console.people.timelines import Timelines

FILE = File(name="timeline.json", nbytes=40, media_type="application/json", path="/j/timeline.json")
FIRST, SECOND = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


class Service:
    """Answers with one document, and counts."""

    def __init__(self, document: bytes) -> None:
        self.document, self.asked = document, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await Response(self.document)(scope, receive, send)


async def test_ten_pages_read_a_timeline_once_and_what_no_page_shows_is_not_kept() -> None:
    service = Service(b'{"duration_ms": 1000, "seen": "x"}')
    of = Timelines(Api(service, None))
    shown = await asyncio.gather(*(of.of(FILE, FIRST) for _ in range(10)))
    assert service.asked == 1
    assert all(each is shown[0] for each in shown)
    assert await of.of(FILE, SECOND) is not shown[0], "it was made again"
    assert service.asked == 2
    shown.clear()
    gc.collect()
    await of.of(FILE, FIRST)
    assert service.asked == 3


async def test_what_is_no_timeline_is_refused_for_each_that_asks() -> None:
    of = Timelines(Api(Service(b"<html>"), None))
    for _ in range(2):
        with pytest.raises(ValueError, match="JSON"):
            await of.of(FILE, FIRST)
