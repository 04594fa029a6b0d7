"""The service under review, reached over HTTP, as an ASGI application, or as a function without HTTP."""

from __future__ import annotations

import shlex
import time
from typing import Protocol

import httpx
from pydantic import BaseModel

from siseon.contracts import Encoded, SiseonError
from siseon.review.channel import Channel
from siseon.review.exchange import Case, Exchange, Expect, Form, Group, Upload
from siseon.review.file_server import FileServer
from siseon.review.message import curl, file_of, message
from siseon.review.operation import HEALTH_PATHS, Operation

HEALTH = Case("health probe", Group.plain, Expect.accept, Upload(b""))


class Service(Protocol):
    """What a review needs of a service."""

    label: str
    operation: Operation
    over_http: bool

    @property
    def url(self) -> str:
        """Address of the operation; the name of a function."""
        ...

    def takes(self, case: Case) -> bool:
        """Whether the case can be sent this way."""
        ...

    async def send(self, case: Case) -> Exchange:
        """Send one case; never raises: what goes wrong is the exchange's trouble."""
        ...

    async def health(self) -> Exchange | None:
        """The answer of the health probe; None where there is none."""
        ...

    def reproduce(self, case: Case, folder: str) -> str:
        """A command that sends the case."""
        ...


class HttpService:
    """A service behind a URL; an ASGI application too, through its client's transport."""

    over_http = True

    def __init__(
        self,
        client: httpx.AsyncClient,
        operation: Operation,
        channel: Channel,
        *,
        label: str,
        headers: dict[str, str],
        files: FileServer | None = None,
    ) -> None:
        """``files``: serves the pictures to a service that takes addresses."""
        self.client = client
        self.operation = operation
        self.channel = channel
        self.label = label
        self.headers = headers
        self._files = files

    @property
    def url(self) -> str:
        """Of the operation under review."""
        return str(self.client.base_url).rstrip("/") + self.operation.path

    def takes(self, case: Case) -> bool:
        """Whether the case can be sent this way."""
        return True

    async def send(self, case: Case) -> Exchange:
        """Send one case; never raises: what goes wrong is the exchange's trouble."""
        address = self._files.publish(file_of(case), case.upload) if self._files else ""
        content = message(case, self.operation, address)
        headers = {"content-type": content.content_type} if content.content_type else {}
        return await self._ask(case, "POST", self.operation.path, content.body, headers)

    async def health(self) -> Exchange | None:
        """The answer of the health probe; the first of the usual paths that answers is kept."""
        known = (self.operation.health,) if self.operation.health else HEALTH_PATHS
        for path in known:
            answer = await self._ask(HEALTH, "GET", path, b"", {})
            if answer.ok or self.operation.health:
                return answer
        return None

    def reproduce(self, case: Case, folder: str) -> str:
        """A command that sends the case."""
        return curl(case, self.operation, self.url, self.headers, folder)

    async def _ask(
        self, case: Case, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> Exchange:
        start = time.perf_counter()
        try:
            answer = await self.client.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as error:
            trouble = f"{type(error).__name__} {error}".strip()
            return Exchange(case, 0, time.perf_counter() - start, trouble=f"no answer: {trouble}")
        elapsed = time.perf_counter() - start
        fields = {name.lower(): value for name, value in answer.headers.items()}
        return Exchange(case, answer.status_code, elapsed, fields, answer.content)


class Function(Protocol):
    """What a picture goes through where there is no HTTP around it: a pipeline that has been started."""

    async def __call__(self, item: Encoded, /, *, timeout: float) -> BaseModel:
        """The answer to one picture within ``timeout`` seconds, or the ``SiseonError`` that it failed with."""
        ...


class FunctionService:
    """A function called directly: its failures get the statuses that a service would answer with."""

    over_http = False

    def __init__(self, function: Function, *, label: str, command: str, timeout_s: float) -> None:
        """``command`` runs one picture; ``{file}`` stands for its path."""
        self.function = function
        self.label = label
        self.operation = Operation(label)
        self.command = command
        self.timeout_s = timeout_s

    @property
    def url(self) -> str:
        """The function's name: it has no address."""
        return self.label

    def takes(self, case: Case) -> bool:
        """Only right requests: there is no HTTP around the picture that could be wrong."""
        return case.form is Form.right

    async def send(self, case: Case) -> Exchange:
        """Run one case."""
        start = time.perf_counter()
        try:
            result = await self.function(
                Encoded(case.upload.data, case.upload.filename), timeout=self.timeout_s
            )
        except SiseonError as error:
            status, body = error.code.http_status, error.failure().model_dump_json().encode()
        else:
            status, body = 200, result.model_dump_json().encode()
        elapsed = time.perf_counter() - start
        return Exchange(case, status, elapsed, {"content-type": "application/json"}, body)

    async def health(self) -> Exchange | None:
        """A function has no probe."""
        return None

    def reproduce(self, case: Case, folder: str) -> str:
        """A command that runs the case."""
        path = f"{folder}/{file_of(case)}" if folder else file_of(case)
        return self.command.replace("{file}", shlex.quote(path))
