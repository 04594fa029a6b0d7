"""``/v1/streams`` and ``/v1/alarms`` where streams are not run: it says why."""

from __future__ import annotations

from fastapi import APIRouter

from siseon.contracts import SiseonError
from siseon.service.streams.paths import ALARMS, STREAMS


def absent_routes(failure: SiseonError) -> APIRouter:
    """Every operation answers with the failure."""
    router = APIRouter(include_in_schema=False)

    async def refuse() -> None:
        raise failure.fresh()

    for path in (STREAMS, STREAMS + "/{rest:path}", ALARMS, ALARMS + "/{rest:path}"):
        router.add_api_route(path, refuse, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return router
