"""What load balancers and operators ask: alive, ready, figures, and the table of failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from pydantic import BaseModel
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from siseon import __version__
from siseon.contracts import FailureCode
from siseon.hosting.host import Host
from siseon.hosting.metrics import CONTENT_TYPE
from siseon.service.crew import Crew


class Health(BaseModel):
    """Whether the process answers."""

    status: str
    version: str


class Rule(BaseModel):
    """What a failure code means to a client."""

    code: FailureCode
    status: int
    retryable: bool


async def nothing() -> bytes:
    """No figures but those of the processes."""
    return b""


async def needless() -> bool:
    """Nothing beside the process is needed."""
    return True


def health_routes(
    host: Host,
    crew: Crew,
    shared: Callable[[], Awaitable[bytes]] = nothing,
    needed: Callable[[], Awaitable[bool]] = needless,
) -> APIRouter:
    """Liveness, readiness, metrics and failures.

    ``shared`` figures are told beside the sum of the processes'; ``needed``: whether there is what any work needs.
    """
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="Whether the process answers; touches no model")
    async def healthz() -> Health:
        return Health(status="ok", version=__version__)

    @router.get(
        "/readyz",
        summary="Whether models are loaded and warm, and new work is taken",
        description="A service of jobs alone asks the database of jobs; one with pipelines works without it.",
        responses={
            503: {
                "model": Health,
                "description": "Starting or draining, or without the database of jobs where there is nothing else.",
            }
        },
    )
    async def readyz(response: Response) -> Health:
        status: str = host.state if crew.opened else "starting"
        if status == "ready" and not await needed():
            status = "waiting for the database"
        response.status_code = HTTP_200_OK if status == "ready" else HTTP_503_SERVICE_UNAVAILABLE
        return Health(status=status, version=__version__)

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def show_metrics() -> Response:
        return Response(await crew.figures() + await shared(), media_type=CONTENT_TYPE)

    @router.get("/v1/failures", summary="Every failure code, its status, and whether to try again")
    async def failures() -> list[Rule]:
        return [Rule(code=code, status=code.http_status, retryable=code.retryable) for code in FailureCode]

    return router
