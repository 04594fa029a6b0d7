"""The operations on one result that a person changes: the picture that it is of, the edit, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError

from siseon.applications.application import AnyApplication
from siseon.applications.registry import find
from siseon.contracts import DeadlineExceeded, Encoded, FailureCode, InputError, JobError, Result
from siseon.contracts.words import words_of
from siseon.hosting.deadline import Allowance
from siseon.hosting.editing import Editing
from siseon.jobs import store
from siseon.jobs.answers import result_of
from siseon.jobs.editing import check_revision, input_of, keep_edit, take_back
from siseon.jobs.opening import Opened
from siseon.jobs.order import Order
from siseon.jobs.wire import Item, State
from siseon.media.bounds import MediaBounds
from siseon.media.formats import sniff
from siseon.service.jobs.desk import Desk
from siseon.service.jobs.names import item_number, job_id
from siseon.service.jobs.request import JOBS
from siseon.service.jobs.results import FILE, SANDBOXED
from siseon.service.jobs.views import ItemInfo
from siseon.service.parsing import beside, parse_json
from siseon.service.tracing import allowed_seconds
from siseon.service.uploads import read_body
from siseon.settings import Settings

ITEM = JOBS + "/{job}/items/{number}"
VALUES = 200_000
"""Of an edit: some 1,000 regions with their lines."""
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[!#-~]+"$'},
    "description": "The `ETag` of the result that was changed (also the `revision` of the item): an edit of what "
    "somebody else has changed meanwhile is refused as `superseded`.",
}
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "description": "The `data` of the item's result, with its changes."}
        }
    },
}


@dataclass(frozen=True, slots=True)
class _Found:
    """An item that can be edited, and its application."""

    item: Item
    name: str
    application: AnyApplication
    order: Order


def add_edit_routes(router: APIRouter, desk: Desk) -> None:
    """All of them."""

    @router.get(
        ITEM + "/picture",
        summary="The picture of an item as it came, before anything was done to it",
        response_class=Response,
        responses=FILE,
    )
    async def get_job_picture(request: Request, job: str, number: int) -> Response:
        def look(jobs: Opened) -> Encoded:
            item = store.item(jobs.database, job_id(job), item_number(job, number))
            return input_of(jobs.artifacts, item, desk.bounds)

        picture = await desk.ask(request, look)
        kind = f"image/{sniff(picture.data).lower()}"
        return Response(
            picture.data, media_type=kind, headers={**SANDBOXED, "Cache-Control": "private, no-cache"}
        )

    @router.put(
        ITEM + "/edit",
        summary="Change the result of one picture by hand: it is made again as the edit says",
        description="The body is the `data` of the item's result with other regions, texts or styles, as the edit file "
        "of `siseon run translation`. The picture is rendered again from it; nothing is read or translated, and no "
        "network is asked. Where a text cannot stand as it is wanted, nothing is changed. What the worker made stays: "
        "`unedited` of the item.",
        openapi_extra={"requestBody": BODY, "parameters": [IF_MATCH]},
    )
    async def put_job_edit(request: Request, response: Response, job: str, number: int) -> ItemInfo:
        body = await read_body(request)
        seconds = allowed_seconds(request.headers, desk.host.settings.request_timeout_s)
        with desk.requests.counted("edit"):
            item = await _edited(desk, body, seconds, job, number, _revision_of(request))
        return _told(response, item)

    @router.delete(
        ITEM + "/edit",
        summary="Take an edit back: what the worker made stands there again",
        openapi_extra={"parameters": [IF_MATCH]},
    )
    async def remove_job_edit(request: Request, response: Response, job: str, number: int) -> ItemInfo:
        expected = _revision_of(request)

        def back(jobs: Opened) -> Item:
            found = _editable(jobs, job, number, expected)
            take_back(jobs, found.item)
            return store.item(jobs.database, job, number)

        with desk.requests.counted("edit"):
            return _told(response, await desk.ask(request, back))


async def _edited(desk: Desk, body: bytes, seconds: float, job: str, number: int, expected: str) -> Item:
    """The item, made again as the body says and kept, within these seconds."""
    allowance = Allowance(seconds)
    found = await desk.within(allowance, _editable, job, number, expected)
    kind: TypeAdapter[Any] = TypeAdapter(found.application.result)
    wanted = await beside(len(body), parse_json, body, kind, VALUES)
    editing = await desk.within(allowance, _editing, found, wanted, desk.host.settings, desk.bounds)
    try:
        (made,) = await desk.edit.map([editing], timeout=allowance.left())
    except DeadlineExceeded:
        raise DeadlineExceeded(
            f"the picture of item {number} was not made again within {seconds:g} s",
            hint="all of its regions are: allow more time with X-Request-Timeout or "
            "SISEON_REQUEST_TIMEOUT_S, or render the edit file with siseon run translation --set edits=FOLDER",
            stage="edit",
        ) from None

    def keep(jobs: Opened) -> Item:
        keep_edit(jobs, found.item, made.result, made.files)
        return store.item(jobs.database, job, number)

    return await desk.within(allowance, keep)


def _revision_of(request: Request) -> str:
    told = request.headers.get("if-match", "").strip()
    if len(told) < 3 or not (told[0] == told[-1] == '"'):
        raise InputError(
            "the request does not say which result it changes",
            hint='send If-Match with the ETag of the result that was changed: If-Match: "000000-1"',
        )
    return told[1:-1]


def _editable(jobs: Opened, job: str, number: int, expected: str) -> _Found:
    standing = store.job(jobs.database, job_id(job))
    application = find(standing.application)
    if application.edit is None:
        raise InputError(
            f"a result of {standing.application} is not changed by hand", hint="results of translation are"
        )
    item = store.item(jobs.database, job, item_number(job, number))
    if item.state is not State.done:
        raise JobError(
            f"item {number} of job {job} is {item.state}: there is no result to change",
            code=FailureCode.job_not_finished,
        )
    check_revision(item, expected)
    return _Found(item, standing.application, application, Order.of(standing.options))


def _editing(jobs: Opened, found: _Found, wanted: object, settings: Settings, bounds: MediaBounds) -> Editing:
    application, item = found.application, found.item
    kind: TypeAdapter[Result[Any]] = TypeAdapter(Result[application.result])  # type: ignore[name-defined]
    try:
        stands = kind.validate_json(result_of(jobs.artifacts, item))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:200] or "its root"
        raise InputError(
            f"what was kept of item {item.number} is no result of {found.name}: {place}: {words_of(first)}",
            code=FailureCode.storage_failed,
            hint="its file was damaged or replaced: submit the picture again",
        ) from None
    return Editing(
        application=application,
        options=found.order.options(found.name, settings),
        picture=input_of(jobs.artifacts, item, bounds),
        stands=stands,
        wanted=wanted,
    )


def _told(response: Response, item: Item) -> ItemInfo:
    info = ItemInfo.of(item)
    response.headers["ETag"] = f'"{info.revision}"'
    return info
