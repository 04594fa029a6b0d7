"""The public API as the console's pages use it: same addresses, same rules, same failures as anybody's.

The request goes to the application in this process, with no socket between. Answers are read whole: what flows for
long (events, live pictures) is for the browser, at ``/console/api/...``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Container, Mapping
from random import getrandbits
from typing import TypeVar

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, SecretStr, TypeAdapter, ValidationError
from starlette.types import ASGIApp

from siseon.contracts import FailureCode

T = TypeVar("T")

ADDRESS = "http://localhost"
TIMEOUT_S = 30.0
"""Of what the console asks by itself: a page must not stand still with old figures."""
QUIET = secrets.token_hex(8)
"""How the trace ids of requests begin that the console makes by itself, again and again: they are not logged."""


class Problem(BaseModel):
    """A failure as the service tells it: a code, a message, a hint, whether to try again, and its trace."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    detail: str
    hint: str | None = None
    retryable: bool = False
    stage: str | None = None
    trace_id: str | None = None
    status: int = 500
    ours: bool = False
    """The detail is the console's own, in the language of the page."""


class ApiFailure(Exception):
    """The service refused, or failed; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class Api:
    """A client of the service in this process."""

    def __init__(self, service: ASGIApp, token: SecretStr | None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(service, raise_app_exceptions=False),
            base_url=ADDRESS,
            headers=headers,
            timeout=TIMEOUT_S,  # of sockets, and there is none: see ``ask``
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | float | bool | list[str]] | None = None,
        json: JsonValue = None,
        file: tuple[str, bytes, str] | None = None,
        toml: str | None = None,
        changes: str | None = None,
        accept: str = "application/json",
        also: Container[int] = (),
        by_itself: bool = False,
    ) -> httpx.Response:
        """A whole answer; ``also``: statuses beside those of success that are no failure;
        ``file``: name, bytes and media type of what is sent as a form; ``toml``: the whole body;
        ``changes``: the tag of what it changes, empty where there must be nothing yet.

        ``by_itself``: nobody has asked for it just now, so it is not worth a line in the log.

        Raises:
            ApiFailure: any answer that is not a success.
        """
        headers = {"Accept": accept}
        body: bytes | None = None
        if toml is not None:
            body, headers["Content-Type"] = toml.encode(), "application/toml"
        if by_itself:
            headers["traceparent"] = f"00-{QUIET}{getrandbits(64):016x}-{getrandbits(64) or 1:016x}-00"
        if changes is not None:
            headers |= {"If-Match": changes} if changes else {"If-None-Match": "*"}
        if json is not None:
            body, headers["Content-Type"] = orjson.dumps(json), "application/json"
        try:
            async with asyncio.timeout(TIMEOUT_S if by_itself else None):
                response = await self._client.request(
                    method,
                    path,
                    params=None if query is None else dict(query),
                    content=body,
                    files=None if file is None else {"file": file},
                    headers=headers,
                )
        except TimeoutError:
            raise ApiFailure(
                Problem(
                    code=FailureCode.deadline_exceeded, detail=f"{path} gave no answer in {TIMEOUT_S:g} s"
                )
            ) from None
        except httpx.HTTPError as error:
            raise ApiFailure(
                Problem(code=FailureCode.stage_failed, detail=f"{path} gave no answer: {error!r}")
            ) from None
        if not response.is_success and response.status_code not in also:
            raise ApiFailure(problem_of(response))
        return response

    async def get(self, path: str, kind: TypeAdapter[T], *, by_itself: bool = False) -> T:
        """A JSON document of a type.

        Raises:
            ApiFailure: as ``ask``, or the document is of another type.
        """
        response = await self.ask("GET", path, by_itself=by_itself)
        return read(response.content, kind, path)


def read(document: bytes, kind: TypeAdapter[T], path: str) -> T:
    """A JSON document as a value.

    Raises:
        ApiFailure: it is of another type: the console and the service are of different versions.
    """
    try:
        return kind.validate_json(document)
    except ValidationError as error:
        raise unlike(error, path) from None


def unlike(error: ValidationError, path: str) -> ApiFailure:
    """What is wrong with an answer."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return ApiFailure(
        Problem(
            code=FailureCode.contract_violation,
            detail=f"the answer of {path} is not as expected at {place or 'its root'}: {first['msg']}",
        )
    )


def problem_of(response: httpx.Response) -> Problem:
    """The failure in an answer; one is made where it is no problem document."""
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem(
            code=FailureCode.stage_failed,
            detail=f"the service answered {response.status_code}",
            trace_id=response.headers.get("x-trace-id"),
            status=response.status_code,
        )
