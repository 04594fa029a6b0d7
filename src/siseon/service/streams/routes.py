"""The operations that keep streams: add, list, look, change, remove."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from siseon.contracts import StreamError
from siseon.jobs.database import Database
from siseon.service.parsing import beside, parse_json
from siseon.service.streams.admission import admitted, check_application, check_told
from siseon.service.streams.asking import within
from siseon.service.streams.paths import ONE, STREAMS
from siseon.service.streams.request import StreamChange, StreamRequest
from siseon.service.streams.views import StreamInfo
from siseon.streams import kept, ownership
from siseon.streams.center import Center
from siseon.streams.hub import Hub
from siseon.streams.ownership import Running, Standing, standings

REQUEST = TypeAdapter(StreamRequest)
CHANGE = TypeAdapter(StreamChange)


def add_kept_routes(router: APIRouter, center: Center) -> None:
    """All of them."""
    _add_looks(router, center)
    _add_changes(router, center)


def _add_looks(router: APIRouter, center: Center) -> None:
    @router.get(STREAMS, summary="The streams that are kept, with state, rates and counts")
    async def list_streams(request: Request) -> list[StreamInfo]:
        return await within(request, center, _infos(center))

    @router.get(ONE, summary="One stream")
    async def get_stream(request: Request, name: str) -> StreamInfo:
        return await within(request, center, _info(center, name))


def _add_changes(router: APIRouter, center: Center) -> None:
    settings = center.host.settings

    @router.post(
        STREAMS,
        summary="Keep a stream, and run it from now on, after a restart too",
        status_code=201,
        openapi_extra={"requestBody": _body("StreamRequest")},
    )
    async def add_stream(request: Request, response: Response) -> StreamInfo:
        body = await request.body()
        order = await beside(len(body), parse_json, body, REQUEST)

        def add(database: Database) -> None:
            check_application(center.host, order.application, order.options.set)
            check_told(center.host, order.application, order.options)
            kept.add(
                database,
                order.name,
                admitted(settings, order.source),
                order.application,
                order.options,
                trusted=False,
                most=settings.streams_most,
            )

        async def added() -> StreamInfo:
            await center.ask(add)
            return await _followed(center, order.name)

        info = await within(request, center, added())
        response.headers["Location"] = f"{STREAMS}/{order.name}"
        return info

    @router.patch(
        ONE,
        summary="Change a stream as it runs; another address or application begins anew",
        openapi_extra={"requestBody": _body("StreamChange")},
    )
    async def change_stream(request: Request, name: str) -> StreamInfo:
        body = await request.body()
        order = await beside(len(body), parse_json, body, CHANGE)

        def change(database: Database) -> None:
            kept.change(
                database,
                name,
                source=None if order.source is None else admitted(settings, order.source),
                application=order.application,
                options=order.options,
                trusted=False,
                check=checked,
            )

        def checked(stream: kept.Kept) -> None:
            if order.application is not None or "set" in order.options:
                check_application(center.host, stream.application, stream.options.set)
            if order.application is not None or order.options.keys() & {"alarms", "webhook"}:
                check_told(center.host, stream.application, stream.options)

        async def changed() -> StreamInfo:
            await center.ask(change)
            return await _followed(center, name)

        return await within(request, center, changed())

    @router.delete(ONE, summary="Keep a stream no longer; it is stopped", status_code=204)
    async def remove_stream(request: Request, name: str) -> Response:
        async def removed() -> None:
            await center.ask(kept.remove, name)
            await center.follow()

        await within(request, center, removed())
        return Response(status_code=204)


def _body(model: str) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


async def _followed(center: Center, name: str) -> StreamInfo:
    """The stream as it runs after a change."""
    await center.follow()
    return await _info(center, name)


async def _info(center: Center, name: str) -> StreamInfo:
    for info in await _infos(center):
        if info.name == name:
            return info
    raise StreamError("no stream is kept by that name", hint="GET /v1/streams names those there are")


async def _infos(center: Center) -> list[StreamInfo]:
    found, told = await center.ask(_looked)
    hubs = {hub.name: hub for hub in center.hubs()}
    return [_view(one, hubs.get(one.kept.name), told) for one in found]


def _looked(database: Database) -> tuple[list[Standing], dict[str, Running]]:
    return standings(database), ownership.told(database)


def _view(standing: Standing, hub: Hub | None, told: dict[str, Running]) -> StreamInfo:
    return StreamInfo.of(standing, hub, told.get(standing.kept.name))
