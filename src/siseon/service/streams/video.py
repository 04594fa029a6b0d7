"""The operations that show a stream: as MJPEG, and one picture at a time."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.types import Receive, Scope, Send

from siseon.contracts import FailureCode, StreamError
from siseon.media.encode import encode
from siseon.service.hangup import hung_up, while_connected
from siseon.service.streams.asking import within
from siseon.service.streams.lasting import while_wanted
from siseon.service.streams.paths import ONE
from siseon.streams.center import Center
from siseon.streams.hub import Answered, Hub, StreamEnded
from siseon.streams.pictures.look import LARGEST, Look
from siseon.streams.pictures.screen import Shown, Viewer
from siseon.streams.pictures.screens import Screens


class Width(IntEnum):
    """Pixels across, and down, at most: a few sizes, so that viewers share pictures."""

    w160, w320, w640, w1280 = 160, 320, 640, 1280


class Fps(IntEnum):
    """Pictures a second at most."""

    f1, f2, f5, f10, f25 = 1, 2, 5, 10, 25


REPEAT_S = 2.0
"""After so long without another picture the last one is sent again: a client that has gone is found out by it."""
BOUNDARY = b"frame"
MIXED = f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"
FRESH_S = 10.0

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def add_video_routes(router: APIRouter, center: Center, screens: Screens) -> None:
    """All of them."""

    @router.get(
        ONE + "/video",
        summary="The stream as MJPEG, for <img>: drawn and coded once for all who look",
        response_class=Response,
        responses={200: {"content": {MIXED.partition(";")[0]: _BINARY}}},
    )
    async def get_video(
        name: str, drawn: bool = True, width: Width | None = None, fps: Fps = Fps.f10
    ) -> Response:
        look = Look(drawn=drawn, side=LARGEST if width is None else int(width))
        return Mjpeg(screens, center.hub(name), look, int(fps), lambda: center.host.state == "ready")

    @router.get(
        ONE + "/snapshot",
        summary="The newest picture of the stream",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": _BINARY, "image/png": _BINARY}}},
    )
    async def get_snapshot(
        request: Request,
        name: str,
        drawn: bool = False,
        width: Width | None = None,
        format: Literal["jpeg", "png"] = "jpeg",
        max_age: Annotated[float, Query(gt=0, le=86400)] = FRESH_S,
    ) -> Response:
        hub = center.hub(name)
        side = screens.maker.bounds.max_side if width is None else int(width)
        making = _snapshot(screens, hub, Look(drawn=drawn, side=side), format, max_age)
        return await while_connected(request, within(request, center, making))


class Mjpeg(Response):
    """Parts without an end; each replaces the one before."""

    media_type = MIXED

    def __init__(
        self, screens: Screens, hub: Hub, look: Look, fps: float, goes_on: Callable[[], bool]
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._screens = screens
        self._hub = hub
        self._look = look
        self._fps = fps
        self._goes_on = goes_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the stream.

        Raises:
            CapacityError: ``overloaded``.
        """
        with self._screens.place(), self._screens.viewing(self._hub, self._look, self._fps) as viewer:
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            left = hung_up(Request(scope, receive))
            await while_wanted(self._goes_on, self._parts(viewer, send), left)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _parts(self, viewer: Viewer, send: Send) -> None:
        """A part ends with the boundary of the next: browsers show it when they have that."""
        await send(_piece(b"--" + BOUNDARY + b"\r\n"))
        last: Shown | None = None
        try:
            while True:
                last = await viewer.next(REPEAT_S) or last
                if last is not None:
                    await send(_piece(part(last.jpeg)))
        except StreamEnded:
            return


def part(jpeg: bytes) -> bytes:
    """One picture of the answer."""
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
    return head + jpeg + b"\r\n--" + BOUNDARY + b"\r\n"


def _piece(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _snapshot(
    screens: Screens, hub: Hub, look: Look, form: Literal["jpeg", "png"], max_age: float
) -> Response:
    newest = hub.answered if look.drawn else hub.shot
    if newest is None:
        raise _none(hub, "has no picture with a result yet" if look.drawn else "has no picture yet")
    shot = newest.shot if isinstance(newest, Answered) else newest
    if shot.age_s > max_age:
        raise _none(hub, f"has no picture of the last {max_age:g} s, the newest is {shot.age_s:.1f} s old")
    data = await screens.maker.make(hub, newest, look, lambda image: encode(image, form))
    headers = {
        "Cache-Control": "no-store",
        "X-Frame-Number": str(shot.number),
        "X-Frame-At": shot.at.isoformat(timespec="milliseconds"),
        "X-Frame-Age": f"{shot.age_s:.3f}",
    }
    return Response(data, media_type=f"image/{form}", headers=headers)


def _none(hub: Hub, what: str) -> StreamError:
    state = hub.state
    why = "" if state is None else f" ({state.state}{f': {state.message}' if state.message else ''})"
    return StreamError(
        f"the stream {what}{why}",
        code=FailureCode.stream_not_live,
        hint=(state.hint if state is not None else "")
        or "ask again when it is live, or with a larger max_age",
    )
