"""``/v1/jobs`` where the libraries for jobs are not installed: it says so."""

from __future__ import annotations

from fastapi import APIRouter

from siseon.contracts import DependencyMissing
from siseon.service.jobs.request import ARTIFACTS, JOBS


def absent_routes(failure: DependencyMissing) -> APIRouter:
    """Every operation answers with the failure, which names the command that gets them."""
    router = APIRouter(include_in_schema=False)

    async def refuse() -> None:
        raise failure.fresh()

    for path in (JOBS, JOBS + "/{rest:path}", ARTIFACTS + "/{name:path}"):
        router.add_api_route(path, refuse, methods=["GET", "POST"])
    return router
