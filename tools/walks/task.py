"""What a task is, and what it finds where it begins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from siseon.console.words import Words

from .hands import Hand

PATIENCE_S = 90.0
SIGN = Path(__file__).parents[2] / "examples" / "sign.png"
BOILER, DIAL = "boiler", 1
"""A stream, and what it looks at."""
ADDED = "camera-127-0-0-1"
"""What a camera of this machine is called that nobody has given a name."""


@dataclass
class Place:
    """A service, and what it has for the pages that are there only then."""

    address: str
    camera: str = ""
    """Of a dial, number ``DIAL``."""
    jobs: dict[str, str] = field(default_factory=dict)
    """Of an application, done."""
    token: str = ""

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The service itself."""
        answer = httpx.request(method, self.address + path, timeout=PATIENCE_S, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Task:
    """Of one page."""

    page: str
    what: str
    path: str
    """``{text}`` and the like are jobs."""
    do: Callable[[Hand, Words, Place], Awaitable[None]]
    before: Callable[[Place], None] = lambda place: None
    """What must be there."""

    async def done(self, hand: Hand, words: Words, place: Place) -> None:
        """Do it, from its page on."""
        await asyncio.to_thread(self.before, place)
        page = hand.page
        await page.goto(place.address + self.path.format(**place.jobs))
        await page.wait_for_function("window.socket?.connected || !window.createApp")
        await self.do(hand, words, place)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "it scrolls sideways"
        )


def half_failed(address: str) -> str:
    """A job of text with a picture and something that is none; its id."""
    files = [("files", ("sign.png", SIGN.read_bytes())), ("files", ("letter.png", b"no picture"))]
    sent = httpx.post(
        f"{address}/v1/jobs",
        data={"job": json.dumps({"application": "text"})},
        files=files,
        timeout=PATIENCE_S,
    )
    job = str(sent.raise_for_status().json()["id"])
    httpx.get(f"{address}/v1/jobs/{job}/events", timeout=PATIENCE_S)
    return job
