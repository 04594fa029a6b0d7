"""What pages follow, of a service that answers badly: they are told so, and what comes when it is well again."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from siseon.console import api as api_module
from siseon.console.api import Api, Problem
from siseon.console.feeds import Feeds

GOOD = {"/metrics": b"", "/readyz": b'{"status": "ready", "version": "1"}'}
REFUSED = json.dumps({"code": "unauthorized", "detail": "the token is another one", "status": 401}).encode()


class Service:
    """Answers all looks well, with nothing in them, until it is told to answer otherwise."""

    def __init__(self) -> None:
        self.status = 200
        self.body: bytes | None = None
        self.hangs = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        body = GOOD.get(Request(scope).url.path, b"[]") if self.body is None else self.body
        await Response(body, self.status)(scope, receive, send)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>", "contract_violation"),
        (200, b'{"a": "\xff', "contract_violation"),
        (200, b'[{"name": 1}]', "contract_violation"),
        (401, REFUSED, "unauthorized"),
        (500, b"", "stage_failed"),
    ],
)
async def test_a_bad_answer_is_told_with_its_code_and_the_next_good_one_is_shown(
    status: int, body: bytes, code: str
) -> None:
    service = Service()
    feeds = Feeds(Api(service, None))
    for name in ("overview", "ready", "models", "streams", "alarm_events", "traces", "jobs"):
        service.status, service.body = status, body
        feed, news = getattr(feeds, name), list[Any]()
        feed.follow("page", news.append)
        await feed.ask_again()
        assert isinstance(news[-1], Problem), (name, news)
        assert news[-1].code == code, (name, news)
        service.status, service.body = 200, None
        await feed.ask_again()
        assert not isinstance(news[-1], Problem), (name, news)
    await feeds.close()


async def test_a_service_that_does_not_answer_is_told_of_after_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_module, "TIMEOUT_S", 0.01)
    service = Service()
    service.hangs = True
    feeds = Feeds(Api(service, None))
    await feeds.ready.ask_again()
    news: list[Any] = []
    feeds.ready.follow("page", news.append)
    while not news:
        await asyncio.sleep(0.01)
    assert news[-1].code == "deadline_exceeded"
    await feeds.close()
