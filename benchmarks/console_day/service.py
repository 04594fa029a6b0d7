"""``siseon serve`` with its console, and a day before it: as ``siseon serve``, but that feeds ask without a pause
from the moment at which the day begins (``POST /day``), and pages that are silent for a while are not given up: here
they have as much to do as they can.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from fastapi import FastAPI
from played import Played
from starlette.types import Receive, Scope, Send

import siseon.console.mount
from siseon.cli import main
from siseon.console.poller import Feed
from siseon.settings import Settings

attach = siseon.console.mount.attach
made = Feed.__init__
feeds: list[Feed[Any]] = []


def noted(feed: Feed[Any], *words: Any) -> None:
    """A feed that is known here."""
    made(feed, *words)
    feeds.append(feed)


class Quick(Played):
    """With feeds that do not wait."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", "/day"):
            for feed in feeds:
                feed._every_s = 0.001
            await asyncio.sleep(0)
        await super().__call__(scope, receive, send)


def attached(service: FastAPI, settings: Settings) -> Any:
    """The console before a service that has a day."""
    service.add_middleware(Quick)
    return attach(service, settings)


siseon.console.mount.RECONNECT_S = 120.0
Feed.__init__ = noted  # type: ignore[method-assign]
siseon.console.mount.attach = attached
sys.argv[0] = "siseon"
main()
