"""The corrections that a job holds now, by its public operations."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from siseon.console.api import Api, ApiFailure, problem_of
from siseon.console.people.known import Corrections, read_corrections
from siseon.contracts import FailureCode


def path_of(job_id: str) -> str:
    """Of a job's corrections."""
    return f"/v1/jobs/{quote(job_id, safe='')}/files/corrections"


NOTHING = Corrections()


@dataclass(frozen=True, slots=True)
class Held:
    """What holds, and its name; none without a file."""

    corrections: Corrections | None = NOTHING
    """None: they are written in a way that is not known here."""
    etag: str = ""


async def held_now(api: Api, job_id: str) -> Held:
    """What holds.

    Raises:
        ApiFailure: it cannot be asked for.
    """
    answer = await api.ask("GET", path_of(job_id), also=(404,), by_itself=True)
    if answer.status_code == 404:
        problem = problem_of(answer)
        if problem.code != FailureCode.not_found:
            raise ApiFailure(problem)
        return Held()
    etag = answer.headers.get("etag", "")
    try:
        return Held(await asyncio.to_thread(read_corrections, answer.content), etag)
    except ValueError:
        return Held(None, etag)
