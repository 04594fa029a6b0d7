"""The operations that keep streams: add, list, look, change, remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from siseon.hosting.host import Host
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

P = ParamSpec("P")


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
    @router.post(
        STREAMS,
        summary="Keep a stream, and run it from now on, after a restart too",
        status_code=201,
        openapi_extra={"requestBody": _body("StreamRequest")},
    )
    async def add_stream(request: Request, response: Response) -> StreamInfo:
        body = await request.body()
        order = await beside(len(body), parse_json, body, REQUEST)
        info = await within(request, center, _done(center, order.name, _add, center.host, order))
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
        return await within(request, center, _done(center, name, _change, center.host, name, order))

    @router.delete(ONE, summary="Keep a stream no longer; it is stopped", status_code=204)
    async def remove_stream(request: Request, name: str) -> Response:
        async def removed() -> None:
            await center.ask(kept.remove, name)
            await center.follow()

        await within(request, center, removed())
        return Response(status_code=204)


def _add(database: Database, host: Host, order: StreamRequest) -> None:
    check_application(host, order.application, order.options.set)
    check_told(host, order.application, order.options)
    kept.add(
        database,
        order.name,
        admitted(host.settings, order.source),
        order.application,
        order.options,
        trusted=False,
        most=host.settings.streams_most,
    )


def _change(database: Database, host: Host, name: str, order: StreamChange) -> None:
    def check(stream: kept.Kept) -> None:
        if order.application is not None or "set" in order.options:
            check_application(host, stream.application, stream.options.set)
        if order.application is not None or order.options.keys() & {"alarms", "webhook"}:
            check_told(host, stream.application, stream.options)

    kept.change(
        database,
        name,
        source=None if order.source is None else admitted(host.settings, order.source),
        application=order.application,
        options=order.options,
        trusted=False,
        check=check,
    )


def _body(model: str) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


async def _done(
    center: Center,
    name: str,
    work: Callable[Concatenate[Database, P], None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> StreamInfo:
    """The stream as it runs after ``work`` has changed what is kept of it."""
    await center.ask(work, *args, **kwargs)
    await center.follow()
    return await _info(center, name)


async def _info(center: Center, name: str) -> StreamInfo:
    for info in await _infos(center):
        if info.name == name:
            return info
    raise kept.missing()


async def _infos(center: Center) -> list[StreamInfo]:
    found, told = await center.ask(_looked)
    hubs = {hub.name: hub for hub in center.hubs()}
    return [_view(one, hubs.get(one.kept.name), told) for one in found]


def _looked(database: Database) -> tuple[list[Standing], dict[str, Running]]:
    return standings(database), ownership.told(database)


def _view(standing: Standing, hub: Hub | None, told: dict[str, Running]) -> StreamInfo:
    return StreamInfo.of(standing, hub, told.get(standing.kept.name))
