"""The operations on a stream's calibration: where its instrument is in its pictures, and what the scale means."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, TypeAdapter

from siseon.applications.build import bounds
from siseon.applications.gauges import AnyCalibration, Calibration, DisplayCalibration
from siseon.contracts import FailureCode, InputError, StreamError
from siseon.jobs.database import Database
from siseon.media.bounds import MediaBounds
from siseon.media.encode import encode
from siseon.service.parsing import beside, parse_json
from siseon.service.streams.asking import within
from siseon.service.streams.paths import CALIBRATION
from siseon.streams import calibrations, kept
from siseon.streams.calibrations import Calibrated
from siseon.streams.center import Center
from siseon.streams.life import State
from siseon.streams.pictures.look import seen
from siseon.streams.source import Shot

ADAPTER: TypeAdapter[Calibration | DisplayCalibration] = TypeAdapter(AnyCalibration)
SCHEMAS = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in (Calibration, DisplayCalibration)]
QUALITY = 95
"""Of the kept picture: corners of the dial are followed to a tenth of a pixel."""

ReferenceOf = Annotated[
    Literal["now", "none"],
    Query(
        description="The picture that later ones are laid on, so that a camera that was moved is noticed or made up "
        "for: that of this moment, or none for a camera that stands still."
    ),
]


class CalibrationInfo(BaseModel):
    """A calibration as it is kept."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    calibration: AnyCalibration
    has_picture: bool
    """Whether later pictures are laid on the one that it was made of; see ``calibration/picture``."""
    changed_at: datetime

    @classmethod
    def of(cls, found: Calibrated) -> CalibrationInfo:
        """The view of one."""
        return cls(
            calibration=ADAPTER.validate_json(found.document),
            has_picture=found.picture is not None,
            changed_at=found.changed_at,
        )


def add_calibration_routes(router: APIRouter, center: Center) -> None:
    """All of them."""
    _add_looks(router, center)
    _add_changes(router, center)


def _add_looks(router: APIRouter, center: Center) -> None:
    @router.get(CALIBRATION, summary="The calibration of a stream")
    async def get_calibration(request: Request, name: str) -> CalibrationInfo:
        return CalibrationInfo.of(await within(request, center, center.ask(calibrations.get, name)))

    @router.get(
        CALIBRATION + "/picture",
        summary="The picture that was calibrated, as JPEG",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def get_calibrated_picture(request: Request, name: str) -> Response:
        found = await within(request, center, center.ask(calibrations.get, name))
        if found.picture is None:
            raise StreamError("the calibration has no picture", code=FailureCode.not_found)
        return Response(found.picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _add_changes(router: APIRouter, center: Center) -> None:
    @router.put(
        CALIBRATION,
        summary="Calibrate a stream; it is read so from its next frames on, without a new connection",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"anyOf": SCHEMAS}}},
            }
        },
    )
    async def calibrate(request: Request, name: str, reference: ReferenceOf = "now") -> CalibrationInfo:
        body = await request.body()
        stated = await beside(len(body), parse_json, body, ADAPTER)

        async def done() -> CalibrationInfo:
            await center.ask(takes_one, center, name)
            picture = await _picture(center, name, stated) if reference == "now" else None
            # A picture's name is of a file that is not here: the picture of the moment takes its place.
            document = stated.model_dump_json(exclude_none=True, exclude={"picture"})
            await center.ask(calibrations.put, name, document, picture)
            await center.follow()
            return CalibrationInfo.of(await center.ask(calibrations.get, name))

        return await within(request, center, done())

    @router.delete(CALIBRATION, summary="Read a stream without a calibration", status_code=204)
    async def forget_calibration(request: Request, name: str) -> Response:
        async def done() -> None:
            await center.ask(calibrations.remove, name)
            await center.follow()

        await within(request, center, done())
        return Response(status_code=204)


def takes_one(database: Database, center: Center, name: str) -> None:
    """Whether the stream's application reads by a calibration."""
    stream = kept.find(database, name)
    options = center.host[stream.application].application.options
    if "calibration" not in options.model_fields:
        raise InputError(
            f"{stream.application} reads without a calibration", hint="calibrate a stream of gauges"
        )


async def _picture(center: Center, name: str, stated: Calibration | DisplayCalibration) -> bytes:
    """The picture of this moment, as JPEG, of the size that the calibration's points are of."""
    hub = center.hub(name)
    shot = hub.shot
    if shot is None or hub.state is None or hub.state.state is not State.live:
        raise StreamError(
            "there is no picture of this moment to be kept with the stream's calibration",
            code=FailureCode.stream_not_live,
            hint="wait until it is live, or state reference=none for a camera that stands still",
        )
    size, picture = await asyncio.to_thread(_coded, shot, bounds(center.host.settings))
    if size != (stated.width, stated.height):
        raise InputError(
            f"the calibration is of a picture of {stated.width} × {stated.height} pixels, the stream has "
            f"{size[0]} × {size[1]}",
            hint="calibrate on a picture of this stream, of its full size",
        )
    return picture


def _coded(shot: Shot, within_bounds: MediaBounds) -> tuple[tuple[int, int], bytes]:
    """Size and JPEG of a frame."""
    image = seen(shot.view, within_bounds.max_side, within_bounds)
    return (image.width, image.height), encode(image, "jpeg", quality=QUALITY)
