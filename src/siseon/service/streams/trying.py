"""``POST /v1/streams/test``: whether a source can be seen, before it is kept: its first picture, or why none came."""

from __future__ import annotations

import asyncio
import base64
import time
from contextlib import suppress
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.applications.build import bounds
from siseon.contracts import CapacityError, FailureCode
from siseon.media.addresses import networks
from siseon.service.hangup import while_connected
from siseon.service.parsing import beside, parse_json
from siseon.service.streams.admission import admitted
from siseon.service.streams.asking import within
from siseon.service.streams.paths import STREAMS
from siseon.service.streams.request import SOURCE
from siseon.streams.address import LONGEST, Address
from siseon.streams.causes import Cause
from siseon.streams.center import Center
from siseon.streams.options import StreamOptions, Transport
from siseon.streams.pictures.look import coded, seen, shrunk
from siseon.streams.source import Change, Shot, Source

MOST = 4
"""At once, those whose server does not let go of them yet included."""
PATIENCE_S = 12.0
"""For the first picture."""
SIDE = 640
"""Of the picture that is answered."""
NAME = "(a source that is tested)"


class SourceRequest(BaseModel):
    """A source to be tested, as it would be kept."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: str = Field(min_length=1, max_length=LONGEST, repr=False, json_schema_extra=SOURCE)
    transport: Transport = "tcp"


class SourceSeen(BaseModel):
    """What came of it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    address: str
    """Without what is secret in it."""
    state: Literal["live", "failed"]
    cause: Cause | None = None
    """Of a failure."""
    message: str = ""
    """The cause in words."""
    hint: str = ""
    width: int | None = None
    """Pixels of its pictures; None where none came."""
    height: int | None = None
    seconds: float
    """That it took."""
    picture: str | None = None
    """Its first picture: JPEG in base64, at most 640 pixels across and down."""


REQUEST = TypeAdapter(SourceRequest)
BODY = {"required": True, "content": {"application/json": {"schema": SourceRequest.model_json_schema()}}}


def add_test_route(router: APIRouter, center: Center) -> None:
    """The one there is."""
    settings = center.host.settings
    trying: set[Source] = set()

    @router.post(
        STREAMS + "/test",
        summary="Whether a source can be seen, before it is kept: its first picture, or why there is none",
        openapi_extra={"requestBody": BODY},
    )
    async def test_source(request: Request) -> SourceSeen:
        body = await request.body()
        order = await beside(len(body), parse_json, body, REQUEST)

        async def done() -> SourceSeen:
            address = Address.parse(await asyncio.to_thread(admitted, settings, order.source))
            options = StreamOptions(
                transport=order.transport,
                key_s=PATIENCE_S,
                allow=networks(settings.streams_allow),
                ca=settings.streams_ca,
                bounds=bounds(settings),
            )
            trying.difference_update([each for each in trying if each.over])
            if len(trying) >= MOST:
                raise CapacityError(
                    f"{MOST} sources are tested already, as many as may be at once",
                    code=FailureCode.overloaded,
                    hint="try again in a few seconds",
                )
            source = Source(NAME, address, options)
            trying.add(source)
            begun = time.monotonic()
            came = await _first(source)
            return await asyncio.to_thread(_told, came, str(address), options, time.monotonic() - begun)

        return await while_connected(request, within(request, center, done()))


async def _first(source: Source) -> Shot | Change | None:
    """Its first picture, or the change that says why there is none; None: nothing came in time."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # the source outlives the service by the time-out of a dead server
            loop.call_soon_threadsafe(news.set)

    source.start(tell)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await news.wait()
                news.clear()
                if (shot := source.take()) is not None:
                    return shot
                for change in source.changes():
                    if change.cause is not None:
                        return change
    except TimeoutError:
        return None
    finally:
        source.stop()


def _told(came: Shot | Change | None, address: str, options: StreamOptions, seconds: float) -> SourceSeen:
    took = round(seconds, 2)
    if isinstance(came, Shot):
        image = seen(came.view, options.bounds.max_side, options.bounds)
        return SourceSeen(
            address=address,
            state="live",
            width=image.width,
            height=image.height,
            seconds=took,
            picture=base64.b64encode(coded(shrunk(image, SIDE))).decode(),
        )
    cause = (came.cause if came is not None else None) or Cause.timed_out
    detail = came.detail if came is not None else ""
    message = f"{cause.meaning}: {detail}" if detail else cause.meaning
    return SourceSeen(
        address=address, state="failed", cause=cause, message=message, hint=cause.remedy, seconds=took
    )
