"""Many streams over one WebSocket, as small pictures: a browser opens six connections to one place, and no more.

The client says what it wants to see, in JSON, and may say so again: ``{"streams": ["gate", "yard"], "width": 320,
"fps": 1, "drawn": true}``. It gets a binary message for each picture: a line of JSON (stream, state, number, at), which
ends with the first line feed, then the JPEG. What cannot be shown is a text message with a failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.websockets import WebSocketState

from siseon.contracts import Failure, InputError, SiseonError, StreamError
from siseon.service.parsing import parse_json
from siseon.service.problems import problem
from siseon.service.streams.lasting import while_wanted
from siseon.service.streams.paths import STREAMS
from siseon.service.streams.video import Fps, Width
from siseon.streams.center import Center
from siseon.streams.hub import StreamEnded
from siseon.streams.life import State
from siseon.streams.pictures.look import Look
from siseon.streams.pictures.screen import Shown
from siseon.streams.pictures.screens import Screens

TILES = STREAMS + "/tiles"
MOST = 100
"""Streams over one connection."""
GOING_AWAY = 1001


class TilesRequest(BaseModel):
    """What is to be seen from now on, in place of what was before."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    streams: list[str] = Field(max_length=MOST)
    width: Width = Width(320)
    """Pixels across, and down, at most."""
    fps: Fps = Fps.f1
    """Pictures of each stream a second, at most."""
    drawn: bool = True


class TileHead(BaseModel):
    """The line before a picture."""

    stream: str
    state: State
    number: int | None
    """Of the frame; none: the picture says why there is none."""
    at: datetime
    """When it had come, UTC."""


class TileFailure(BaseModel):
    """Why a stream is not shown, or a request not taken."""

    stream: str | None
    failure: Failure


REQUEST = TypeAdapter(TilesRequest)


def add_tile_routes(router: APIRouter, center: Center, screens: Screens) -> None:
    """The one there is."""

    @router.websocket(TILES)
    async def tiles(socket: WebSocket) -> None:
        try:
            with screens.place():
                await socket.accept()
                await Mosaic(socket, center, screens).show(lambda: center.host.state == "ready")
        except SiseonError as refused:
            await socket.send_denial_response(problem(refused, socket.state.trace))


class Mosaic:
    """What one client sees."""

    def __init__(self, socket: WebSocket, center: Center, screens: Screens) -> None:
        self._socket = socket
        self._center = center
        self._screens = screens
        self._turn = asyncio.Lock()
        """One stream after the other sends: each has the newest picture by then."""
        self._streams: set[asyncio.Task[None]] = set()

    async def show(self, goes_on: Callable[[], bool]) -> None:
        """Until the client leaves, or the service is to end."""
        try:
            await while_wanted(goes_on, self._orders())
        finally:
            await self._clear()
        if self._socket.client_state is WebSocketState.CONNECTED:
            await self._socket.close(GOING_AWAY)

    async def _orders(self) -> None:
        while (message := await self._socket.receive())["type"] == "websocket.receive":
            try:
                order = parse_json((message.get("text") or "").encode(), REQUEST)
            except InputError as error:
                await self._fail(None, error)
                continue
            await self._clear()
            for name in dict.fromkeys(order.streams):
                self._streams.add(asyncio.create_task(self._stream(name, order)))

    async def _clear(self) -> None:
        streams, self._streams = self._streams, set()
        for task in streams:
            task.cancel()
        if streams:
            await asyncio.wait(streams)

    async def _stream(self, name: str, order: TilesRequest) -> None:
        look = Look(drawn=order.drawn, side=int(order.width))
        with suppress(WebSocketDisconnect):
            try:
                with self._screens.viewing(self._center.hub(name), look, int(order.fps)) as viewer:
                    while await viewer.ready():
                        async with self._turn:
                            if (shown := viewer.take()) is not None:
                                await self._socket.send_bytes(tile(name, shown))
            except StreamEnded:
                await self._fail(name, StreamError("the stream has ended here"))
            except SiseonError as error:
                await self._fail(name, error)

    async def _fail(self, stream: str | None, error: SiseonError) -> None:
        async with self._turn:
            told = TileFailure(stream=stream, failure=error.failure())
            await self._socket.send_text(told.model_dump_json())


def tile(stream: str, shown: Shown) -> bytes:
    """A message with a picture."""
    head = TileHead(stream=stream, state=shown.state, number=shown.number, at=shown.at)
    return head.model_dump_json().encode() + b"\n" + shown.jpeg
