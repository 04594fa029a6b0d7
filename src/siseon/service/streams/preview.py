"""What who calibrates a stream asks for: what it would read, and what sight proposes. Nothing is kept of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.applications.build import bounds
from siseon.applications.gauges import Calibration, Reading
from siseon.applications.gauges.closer import Box
from siseon.applications.gauges.contracts import Unit
from siseon.applications.gauges.draft import Draft
from siseon.applications.gauges.preview import by_sight, largest_around, reading_of
from siseon.contracts import FailureCode, Image, InputError, StreamError
from siseon.contracts.wire import Pixel
from siseon.service.hangup import while_connected
from siseon.service.parsing import beside, parse_json
from siseon.service.streams.asking import within
from siseon.service.streams.calibration import ADAPTER, SCHEMAS, takes_one
from siseon.service.streams.paths import CALIBRATION
from siseon.streams.center import Center
from siseon.streams.life import State
from siseon.streams.pictures.look import seen
from siseon.streams.source import Shot


class CalibrationPreview(BaseModel):
    """What a calibration would make of the picture of this moment."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    reading: Reading
    at: datetime
    """When the picture had come, UTC."""


class ProposalRequest(BaseModel):
    """What is known before sight looks."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    centre: tuple[Pixel, Pixel] | None = None
    """A point in the dial that is meant; None: the largest."""
    unit: Unit | None = None
    """Of the scale that is meant, where a dial has several."""


class CalibrationProposal(BaseModel):
    """A calibration by sight, for a person to look at."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    width: int
    """Of the picture that was looked at."""
    height: int
    calibration: Calibration | None
    """None: nothing is proposed."""
    reading: Reading | None
    """Of the picture, by it."""
    doubts: tuple[str, ...] = Field(default=())
    """What of it sight itself does not bear out."""
    others: tuple[str, ...] = Field(default=())
    """Scales of the dial that are not proposed, in words."""
    message: str = ""
    """Why nothing is proposed."""


WISH = TypeAdapter(ProposalRequest)


def add_preview_routes(router: APIRouter, center: Center) -> None:
    """Both of them. One picture is looked at after the other: who calibrates must not slow down what is read."""
    turn = asyncio.Lock()

    @router.post(
        CALIBRATION + "/preview",
        summary="What the picture of this moment would be read as by a calibration, which is not kept",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"anyOf": SCHEMAS}}},
            }
        },
    )
    async def preview_calibration(request: Request, name: str) -> CalibrationPreview:
        body = await request.body()
        stated = await beside(len(body), parse_json, body, ADAPTER)

        async def done() -> CalibrationPreview:
            shot = await _shot(center, name)
            async with turn:
                image = await asyncio.to_thread(_image, center, shot)
                if (image.width, image.height) != (stated.width, stated.height):
                    raise InputError(
                        f"the calibration is of a picture of {stated.width} × {stated.height} pixels, the stream has "
                        f"{image.width} × {image.height}",
                        hint="calibrate on a picture of this stream, of its full size",
                    )
                reading = await asyncio.to_thread(reading_of, image, stated, center.host.models)
            return CalibrationPreview(reading=reading, at=shot.at)

        return await while_connected(request, within(request, center, done()))

    @router.post(
        CALIBRATION + "/proposal",
        summary="What sight proposes of the picture of this moment: marks with their values, for a person to look at",
        description="It takes the time of a reading by sight, seconds where the processor is busy.",
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": ProposalRequest.model_json_schema()}}}
        },
    )
    async def propose_calibration(request: Request, name: str) -> CalibrationProposal:
        body = await request.body()
        wish = parse_json(body, WISH) if body else ProposalRequest()

        async def done() -> CalibrationProposal:
            shot = await _shot(center, name)
            async with turn:
                image = await asyncio.to_thread(_image, center, shot)
                return await _proposed(center, image, wish)

        return await while_connected(request, within(request, center, done()))


async def _proposed(center: Center, image: Image, wish: ProposalRequest) -> CalibrationProposal:
    def choose(boxes: Sequence[Box]) -> Box | None:
        return largest_around(boxes, wish.centre)

    host = center.host
    found = await by_sight(image, wish.unit, choose, host.models, bounds(host.settings))
    if isinstance(found, str):
        return _nothing(image, found)
    draft = Draft(unit=wish.unit).completed(found.draft)
    try:
        calibration = draft.calibration(image.width, image.height, "").model_copy(update={"picture": None})
    except InputError as error:
        return _nothing(image, error.message)
    reading = await asyncio.to_thread(reading_of, image, calibration, host.models)
    return CalibrationProposal(
        width=image.width,
        height=image.height,
        calibration=calibration,
        reading=reading,
        doubts=found.doubts(draft, reading),
        others=found.others,
    )


def _nothing(image: Image, message: str) -> CalibrationProposal:
    return CalibrationProposal(
        width=image.width, height=image.height, calibration=None, reading=None, message=message
    )


async def _shot(center: Center, name: str) -> Shot:
    """The picture of this moment of a stream that can be calibrated."""
    await center.ask(takes_one, center, name)
    hub = center.hub(name)
    shot = hub.shot
    if shot is None or hub.state is None or hub.state.state is not State.live:
        raise StreamError(
            "there is no picture of this moment to be looked at",
            code=FailureCode.stream_not_live,
            hint="wait until the stream is live",
        )
    return shot


def _image(center: Center, shot: Shot) -> Image:
    within_bounds = bounds(center.host.settings)
    return seen(shot.view, within_bounds.max_side, within_bounds)
