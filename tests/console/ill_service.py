"""``siseon serve`` that answers as ``/ill?STATUS`` says, whatever it is asked for, and well again after ``/ill``.

``/ill`` says how many pages are connected.
"""

from __future__ import annotations

import sys
from typing import Any

from fastapi import FastAPI
from nicegui.client import Client
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

import siseon.console.mount
from siseon.cli import main
from siseon.settings import Settings

attach = siseon.console.mount.attach


class Ill:
    """Before the service."""

    def __init__(self, service: ASGIApp) -> None:
        self._service, self._status = service, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/ill":
            self._status = int(scope["query_string"] or 0)
            connected = sum(each.has_socket_connection for each in Client.instances.values())
            await Response(str(connected))(scope, receive, send)
        elif scope["type"] == "http" and self._status and scope["path"].startswith(("/v1/", "/metrics")):
            await Response(b"<html>", self._status)(scope, receive, send)
        else:
            await self._service(scope, receive, send)


def attached(service: FastAPI, settings: Settings) -> Any:
    service.add_middleware(Ill)
    return attach(service, settings)


siseon.console.mount.attach = attached
sys.argv[0] = "siseon"
main()
