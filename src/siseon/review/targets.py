"""Reach what a review is asked for over HTTP: a URL, or an ASGI application in this process."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson

from siseon.contracts import FailureCode, InputError
from siseon.review.channel import Asgi, AsgiChannel, Channel, SocketChannel
from siseon.review.file_server import FileServer
from siseon.review.lifespan import running
from siseon.review.operation import Envelope, discover
from siseon.review.service import HttpService

IN_PROCESS_URL = "http://127.0.0.1:8000"
"""Address of an application in this process: where uvicorn would serve it, so that commands can be copied."""


@dataclass(frozen=True)
class Hints:
    """What the user knows of the service; None is looked up in its OpenAPI document."""

    path: str | None = None
    field: str | None = None
    envelope: Envelope | None = None
    health: str | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    """Sent with every request, for services that want a token."""
    timeout_s: float = 30.0
    """Seconds for one request."""


@asynccontextmanager
async def at_url(url: str, hints: Hints) -> AsyncIterator[HttpService]:
    """The service at a URL. Its path is the operation's, or what goes before ``hints.path``.

    Raises:
        InputError: ``url_unreachable``, or the operation is not known.
    """
    try:
        parts = urlsplit(url)
        path = hints.path or (parts.path if parts.path.strip("/") else None)
        before = parts.path.rstrip("/") if hints.path else ""
        client = httpx.AsyncClient(
            base_url=urlunsplit((parts.scheme, parts.netloc, before, "", "")),
            timeout=hints.timeout_s,
            headers=hints.headers,
            trust_env=False,
            # A connection that the service closes after an error must not fail the next request.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise InputError(f"{url} is not an address: {error}") from None
    async with client, _service(client, SocketChannel(), url, hints, path) as service:
        yield service


@asynccontextmanager
async def in_process(app: Asgi, label: str, hints: Hints) -> AsyncIterator[HttpService]:
    """An ASGI application, started and stopped as a server does.

    Raises:
        InputError: its start-up failed, or the operation is not known.
    """
    async with running(app) as started:
        transport = httpx.ASGITransport(app=started, raise_app_exceptions=False)
        client = httpx.AsyncClient(
            transport=transport, base_url=IN_PROCESS_URL, timeout=hints.timeout_s, headers=hints.headers
        )
        async with client, _service(client, AsgiChannel(started), label, hints, hints.path) as service:
            yield service


@asynccontextmanager
async def _service(
    client: httpx.AsyncClient, channel: Channel, label: str, hints: Hints, path: str | None
) -> AsyncIterator[HttpService]:
    document = await _openapi(client)
    operation = discover(document, path=path, field=hints.field, envelope=hints.envelope, health=hints.health)
    with FileServer() if operation.envelope is Envelope.json_url else nullcontext() as files:
        yield HttpService(client, operation, channel, label=label, headers=hints.headers, files=files)


async def _openapi(client: httpx.AsyncClient) -> dict[str, Any] | None:
    """The service's OpenAPI document from ``/openapi.json``; None when there is none."""
    try:
        answer = await client.get("/openapi.json")
    except httpx.HTTPError as error:
        raise InputError(
            f"{client.base_url} cannot be reached: {error or type(error).__name__}",
            code=FailureCode.url_unreachable,
            hint="start the service first, or give module:attribute",
        ) from None
    try:
        document = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None
    return document if answer.is_success and isinstance(document, dict) else None
