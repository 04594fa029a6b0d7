"""What a stream tells, live: as server-sent events (WHATWG HTML, 9.2), and over a WebSocket.

It begins with the state of the moment, and then goes on with what comes. Nothing is told again: a client that was cut
off has missed what came meanwhile (its history is kept elsewhere), and one that is slow misses the oldest, and is told
how much.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from fastapi import APIRouter, Response, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from siseon.contracts import SiseonError
from siseon.service import sent_events
from siseon.service.problems import problem
from siseon.service.streams.lasting import while_wanted
from siseon.service.streams.paths import ONE
from siseon.streams.center import Center
from siseon.streams.hub import AnyTold, Hub
from siseon.streams.wire import MissedTold

CODED = 64
"""Outcomes whose JSON is remembered for others who follow the same streams."""
GOING_AWAY = 1001


class Coder:
    """JSON of what streams tell, made once for all who follow them."""

    def __init__(self) -> None:
        self._made: OrderedDict[int, tuple[AnyTold, str]] = OrderedDict()

    def json(self, told: AnyTold) -> str:
        """One line."""
        found = self._made.get(id(told))
        if found is None:
            found = self._made[id(told)] = told, told.model_dump_json()
            if len(self._made) > CODED:
                self._made.popitem(last=False)
        return found[1]


def add_told_routes(router: APIRouter, center: Center) -> None:
    """Both of them."""
    coder = Coder()

    def goes_on() -> bool:  # what is told without an end must not hold up that of the service
        return center.host.state == "ready"

    @router.get(
        ONE + "/events",
        summary="States, results and failures of a stream as they come, as server-sent events",
        description="`event` is `state`, `result`, `failure` or `missed`, `data` a document of that kind. It begins "
        "with the state of the moment; `Last-Event-ID` means nothing, since live events are not told again.",
        response_class=Response,
        responses={200: {"content": sent_events.described("StreamEvent")}},
    )
    async def follow_stream(name: str) -> Response:
        return sent_events.answer(_events(center.hub(name), coder), goes_on)

    @router.websocket(ONE + "/results")
    async def results(socket: WebSocket, name: str) -> None:
        try:
            hub = center.hub(name)
        except SiseonError as refused:
            await socket.send_denial_response(problem(refused, socket.state.trace))
            return
        await socket.accept()
        await while_wanted(goes_on, _send(socket, hub, coder), _left(socket))
        if socket.client_state is WebSocketState.CONNECTED:
            await socket.close(GOING_AWAY)


async def _lines(hub: Hub, coder: Coder) -> AsyncGenerator[tuple[str, str], None]:
    """Kind and JSON of all that comes, until the stream ends here."""
    with hub.subscribe() as following:
        if hub.state is not None:
            yield "state", coder.json(hub.state)
        missed = 0
        async for outcome in following:
            if following.dropped > missed:
                told = MissedTold(stream=hub.name, missed=following.dropped - missed)
                missed = following.dropped
                yield told.kind, told.model_dump_json()
            yield outcome.told.kind, coder.json(outcome.told)


async def _events(hub: Hub, coder: Coder) -> AsyncGenerator[bytes, None]:
    async with aclosing(_lines(hub, coder)) as lines:
        async for kind, json in lines:
            yield sent_events.event(kind, json)


async def _send(socket: WebSocket, hub: Hub, coder: Coder) -> None:
    with suppress(WebSocketDisconnect):
        async with aclosing(_lines(hub, coder)) as lines:
            async for _kind, json in lines:
                await socket.send_text(json)


async def _left(socket: WebSocket) -> None:
    """Until the client goes; what it says means nothing."""
    while (await socket.receive())["type"] == "websocket.receive":
        pass
