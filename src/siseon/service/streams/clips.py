"""The operations on clips: have one taken, list, look, fetch, remove."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from siseon.contracts import FailureCode, InputError, StreamError
from siseon.service.parsing import parse_json
from siseon.service.streams.asking import within
from siseon.service.streams.paths import ONE
from siseon.streams.center import Center
from siseon.streams.clips.archive import Archive
from siseon.streams.clips.clips import Clips
from siseon.streams.clips.options import MOST_AFTER_S, MOST_BEFORE_S
from siseon.streams.clips.take import Clip, ClipState

ALL = ONE + "/clips"
CLIP = ALL + "/{clip}"
MOST_LISTED = 1000
MEDIA_TYPE = "video/webm"
_ID = re.compile(r"[0-9a-f]{1,32}")

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED)]
Before = Annotated[str | None, Query(pattern=_ID.pattern, max_length=32)]


class ClipRequest(BaseModel):
    """A clip of what happens now."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    before_s: float | None = Field(default=None, ge=0, le=MOST_BEFORE_S)
    """Seconds before now, of those that the stream holds; by its options, when not given."""
    after_s: float | None = Field(default=None, ge=1, le=MOST_AFTER_S)
    """Seconds after it; by its options, when not given."""
    reason: str = Field(default="", max_length=200)
    """Kept with it."""


REQUEST = TypeAdapter(ClipRequest)
BODY = {"content": {"application/json": {"schema": ClipRequest.model_json_schema()}}}


def add_clip_routes(router: APIRouter, center: Center, clips: Clips, archive: Archive) -> None:
    """All of them."""

    @router.post(
        ALL,
        summary="Have a clip of what happens now: the seconds before, and those that follow",
        description="While one is taken, it is made longer.",
        status_code=202,
        openapi_extra={"requestBody": BODY},
    )
    async def take_clip(request: Request, response: Response, name: str) -> Clip:
        body = await request.body()
        order = parse_json(body, REQUEST) if body else ClipRequest()
        hub = center.hub(name)
        clip = clips.event(hub, order.reason, before_s=order.before_s, after_s=order.after_s)
        response.headers["Location"] = CLIP.format(name=name, clip=clip.id)
        return clip

    @router.get(ALL, summary="Clips of a stream, the newest first")
    async def list_clips(
        request: Request, name: str, limit: Limit = 100, before: Before = None
    ) -> list[Clip]:
        return await within(request, center, clips.of(name, before=before, limit=limit))

    @router.get(CLIP, summary="One clip")
    async def get_clip(request: Request, name: str, clip: str) -> Clip:
        return await within(request, center, clips.find(name, _id(clip)))

    @router.get(
        CLIP + "/video",
        summary="The video: VP9 in WebM",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def get_clip_video(request: Request, name: str, clip: str) -> Response:
        found = await within(request, center, clips.find(name, _id(clip)))
        _check_over(found)
        if found.failure is not None:
            raise InputError(
                f"the clip failed, there is no video of it: {found.failure.message}",
                code=FailureCode.not_found,
                hint=found.failure.hint,
            )
        size, pieces = await archive.video(found)
        headers = {
            "Content-Length": str(size),
            "Content-Disposition": f'inline; filename="{name}-{found.at:%Y%m%dT%H%M%S}.webm"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(pieces, media_type=MEDIA_TYPE, headers=headers)

    @router.delete(CLIP, summary="Keep a clip no longer", status_code=204)
    async def remove_clip(request: Request, name: str, clip: str) -> Response:
        async def removed() -> None:
            found = await clips.find(name, _id(clip))
            _check_over(found)
            await clips.remove(found)

        await within(request, center, removed())
        return Response(status_code=204)


def _id(clip: str) -> str:
    if _ID.fullmatch(clip) is None:
        raise InputError("that is not the id of a clip", code=FailureCode.not_found)
    return clip


def _check_over(clip: Clip) -> None:
    if clip.state is ClipState.taking:
        raise StreamError(
            f"the clip is not written yet, it has {clip.seconds:g} s so far",
            code=FailureCode.clip_not_ready,
            hint="ask again when its state is ready or failed",
        )
