"""``/api/streams`` and ``/api/video-feed/NAME``: the earlier service's addresses of streams.

They become ours before anything looks at them, so that token, limits and answers are those of ``/v1/streams``. Only
what the earlier service took to add a stream is said in other words.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from siseon.service.compat.predict import GAUGES
from siseon.service.parsing import parse_json
from siseon.service.problems import RESPONSES
from siseon.service.streams.paths import ONE, STREAMS

OF_THE_ROUTE = ("endpoint", "path_params", "route")
"""What routing has written into a scope."""

EARLIER = "/api/streams"
OURS = (
    (re.compile(r"/api/streams"), STREAMS),
    (re.compile(r"/api/streams/([^/]+)"), ONE),
    (re.compile(r"/api/video-feed/([^/]+)"), ONE + "/video"),
)


class EarlierStream(BaseModel):
    """A stream to be added, as the earlier service took it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(validation_alias=AliasChoices("name", "id", "stream_id"))
    url: str = Field(validation_alias=AliasChoices("url", "rtsp_url", "source"))
    fps: float | None = Field(default=None, validation_alias=AliasChoices("fps", "fps_limit"))


STREAM = TypeAdapter(EarlierStream)


class EarlierAddresses:
    """Around an application: what is asked at an earlier address is asked at ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = ours(scope["path"]) if scope["type"] == "http" else None
        if path is None or (path == STREAMS and scope["method"] == "POST"):  # that has a body of another form
            await self.app(scope, receive, send)
            return
        await self.app({**scope, "path": path, "raw_path": quote(path).encode()}, receive, send)


def ours(path: str) -> str | None:
    """Our address for one of the earlier service; None for any other."""
    for pattern, made in OURS:
        found = pattern.fullmatch(path)
        if found:
            return made.format(name=found[found.lastindex or 0])
    return None


def earlier_stream_routes() -> APIRouter:
    """What the earlier service took to add a stream."""
    router = APIRouter(responses=RESPONSES)

    @router.post(
        EARLIER,
        summary="Keep a stream, in the words of the earlier service; all else of /api/streams is /v1/streams",
        status_code=201,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": EarlierStream.model_json_schema()}},
            }
        },
    )
    async def add_stream(request: Request) -> Response:
        asked = parse_json(await request.body(), STREAM)
        options = {} if asked.fps is None else {"fps": asked.fps}
        order = {"name": asked.name, "source": asked.url, "application": GAUGES, "options": options}
        return _Asked(request.app.router, STREAMS, orjson.dumps(order))

    return router


class _Asked(Response):
    """The answer of another address of the same application."""

    def __init__(self, app: ASGIApp, path: str, body: bytes) -> None:
        super().__init__()
        self._app, self._path, self._body = app, path, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask it and pass its answer on."""
        message: Message | None = {"type": "http.request", "body": self._body, "more_body": False}

        async def replay() -> Message:
            nonlocal message
            if message is None:
                return await receive()
            first, message = message, None
            return first

        fresh = {key: value for key, value in scope.items() if key not in OF_THE_ROUTE}
        await self._app({**fresh, "path": self._path, "raw_path": self._path.encode()}, replay, send)
