"""The operations on alarms: how they stand, what happened, and what an operator does about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from siseon.contracts import InputError
from siseon.jobs.database import Database
from siseon.service import sent_events
from siseon.service.parsing import beside, parse_json
from siseon.service.streams.asking import within
from siseon.service.streams.paths import ALARMS
from siseon.streams.alarms import looking, store
from siseon.streams.alarms.standing import State
from siseon.streams.alarms.wire import AlarmEvent, AlarmTold, Deed, Shelving
from siseon.streams.center import Center

MOST = 1000
"""In one answer."""
LONGEST_ID = 300
LARGEST = 2**53
"""Of the numbers of events."""
LOOK_S = 0.5
"""Between two looks for events, for one who follows them."""
ALARM = ALARMS + "/{alarm}"


Limit = Annotated[int, Query(ge=1, le=MOST)]
Name = Annotated[str | None, Query(max_length=63)]


DEED, SHELVING = TypeAdapter(Deed), TypeAdapter(Shelving)
BODY = {"required": True, "content": {"application/json": {"schema": Deed.model_json_schema()}}}
SHELVING_BODY = {"required": True, "content": {"application/json": {"schema": Shelving.model_json_schema()}}}
D = TypeVar("D", bound=Deed)


def add_alarm_routes(router: APIRouter, center: Center) -> None:
    """All of them."""
    _add_looks(router, center)
    _add_events(router, center)
    _add_deeds(router, center)


def _add_looks(router: APIRouter, center: Center) -> None:
    @router.get(ALARMS, summary="Alarms as they stand, by id")
    async def list_alarms(
        request: Request,
        stream: Name = None,
        state: Annotated[list[State] | None, Query(max_length=len(State))] = None,
        after: Annotated[str, Query(max_length=LONGEST_ID)] = "",
        limit: Limit = MOST,
    ) -> list[AlarmTold]:
        def look(database: Database) -> list[AlarmTold]:
            return looking.listed(database, stream=stream, states=state or (), after=after, limit=limit)

        return await within(request, center, center.ask(look))


def _add_events(router: APIRouter, center: Center) -> None:
    @router.get(
        ALARMS + "/events",
        summary="What happened to alarms: a page of the log, or as it happens",
        description=f"`after` goes on behind that event; without it the newest are told. With `Accept: "
        f"{sent_events.MEDIA_TYPE}` they come as server-sent events, those behind `{sent_events.LAST_EVENT}` first.",
        response_model=list[AlarmEvent],
        responses={200: {"content": sent_events.described("AlarmEvent")}},
    )
    async def list_alarm_events(
        request: Request,
        stream: Name = None,
        after: Annotated[int | None, Query(ge=0, le=LARGEST)] = None,
        limit: Limit = 100,
    ) -> Response | list[AlarmEvent]:
        def look(database: Database) -> list[AlarmEvent]:
            if after is None:
                return looking.newest(database, stream=stream, limit=limit)
            return looking.events(database, stream=stream, after=after, limit=limit)

        if sent_events.MEDIA_TYPE not in request.headers.get("accept", ""):
            return await within(request, center, center.ask(look))
        header = request.headers.get(sent_events.LAST_EVENT)
        seen = sent_events.last_seen(header) if header else after
        if seen is None:
            seen = await within(request, center, center.ask(looking.last_event))
        return sent_events.answer(_followed(center, stream, seen), lambda: center.host.state == "ready")


async def _followed(center: Center, stream: str | None, after: int) -> AsyncGenerator[bytes, None]:
    while True:
        found = await center.ask(looking.events, stream=stream, after=after, limit=MOST)
        for one in found:
            yield sent_events.event(one.kind, one.model_dump_json(), one.id)
            after = one.id
        if not found:
            await asyncio.sleep(LOOK_S)


def _add_deeds(router: APIRouter, center: Center) -> None:
    @router.post(
        ALARM + "/acknowledge",
        summary="Say that somebody has seen it; one that is acknowledged already stays so",
        openapi_extra={"requestBody": BODY},
    )
    async def acknowledge_alarm(request: Request, alarm: str) -> AlarmTold:
        deed = await _read(request, DEED)
        return await within(request, center, center.ask(store.acknowledge, alarm, deed.by, deed.note))

    @router.post(
        ALARM + "/shelve",
        summary="Hear nothing of it for a time; what happens meanwhile is in the log",
        openapi_extra={"requestBody": SHELVING_BODY},
    )
    async def shelve_alarm(request: Request, alarm: str) -> AlarmTold:
        deed = await _read(request, SHELVING)
        shelved = center.ask(store.shelve, alarm, deed.seconds, deed.by, deed.note)
        return await within(request, center, shelved)

    @router.post(ALARM + "/unshelve", summary="Hear of it again", openapi_extra={"requestBody": BODY})
    async def unshelve_alarm(request: Request, alarm: str) -> AlarmTold:
        deed = await _read(request, DEED)
        return await within(request, center, center.ask(store.unshelve, alarm, deed.by, deed.note))

    @router.post(
        ALARM + "/reset",
        summary="Take off the latch of one whose values are back",
        openapi_extra={"requestBody": BODY},
    )
    async def reset_alarm(request: Request, alarm: str) -> AlarmTold:
        deed = await _read(request, DEED)
        return await within(request, center, center.ask(store.reset, alarm, deed.by, deed.note))


async def _read(request: Request, kind: TypeAdapter[D]) -> D:
    body = await request.body()
    if not body.strip():
        raise InputError(
            "the body is empty: it says who does it", hint="""curl -X POST ... -d '{"by": "Eve"}'"""
        )
    return await beside(len(body), parse_json, body, kind)
