"""The service under review, reached over HTTP, as an ASGI application, or as a pipeline without HTTP."""

from __future__ import annotations

import shlex
import time
from typing import Any, Protocol

import httpx

from siseon.applications import applications
from siseon.contracts import Encoded, SiseonError
from siseon.engine import Pipeline
from siseon.review.channel import Channel
from siseon.review.contract import HEALTH_PATHS, Contract
from siseon.review.exchange import Case, Exchange, Expect, Form, Group, Upload
from siseon.review.file_server import FileServer
from siseon.review.message import curl, file_of, message

HEALTH = Case("health probe", Group.plain, Expect.accept, Upload(b""))


class Service(Protocol):
    """What a review needs of a service."""

    label: str
    contract: Contract
    over_http: bool

    @property
    def url(self) -> str:
        """Address of the operation; the name of a pipeline."""
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
        contract: Contract,
        channel: Channel,
        *,
        label: str,
        headers: dict[str, str],
        files: FileServer | None = None,
    ) -> None:
        """``files``: serves the pictures to a service that takes addresses."""
        self.client = client
        self.contract = contract
        self.channel = channel
        self.label = label
        self.headers = headers
        self._files = files

    @property
    def url(self) -> str:
        """Of the operation under review."""
        return str(self.client.base_url).rstrip("/") + self.contract.path

    def takes(self, case: Case) -> bool:
        """Whether the case can be sent this way."""
        return True

    async def send(self, case: Case) -> Exchange:
        """Send one case; never raises: what goes wrong is the exchange's trouble."""
        address = self._files.publish(file_of(case), case.upload) if self._files else ""
        content = message(case, self.contract, address)
        headers = {"content-type": content.content_type} if content.content_type else {}
        return await self._ask(case, "POST", self.contract.path, content.body, headers)

    async def health(self) -> Exchange | None:
        """The answer of the health probe; the first of the usual paths that answers is kept."""
        known = (self.contract.health,) if self.contract.health else HEALTH_PATHS
        for path in known:
            answer = await self._ask(HEALTH, "GET", path, b"", {})
            if answer.ok or self.contract.health:
                return answer
        return None

    def reproduce(self, case: Case, folder: str) -> str:
        """A command that sends the case."""
        return curl(case, self.contract, self.url, self.headers, folder)

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


class PipelineService:
    """A pipeline called directly: its failures get the statuses that a service would answer with."""

    over_http = False

    def __init__(self, pipeline: Pipeline[Any, Any], *, label: str, timeout_s: float) -> None:
        self.pipeline = pipeline
        self.label = label
        self.contract = Contract(label)
        self.timeout_s = timeout_s

    @property
    def url(self) -> str:
        """The pipeline's name: it has no address."""
        return self.label

    def takes(self, case: Case) -> bool:
        """Only right requests: there is no HTTP around the picture that could be wrong."""
        return case.form is Form.right

    async def send(self, case: Case) -> Exchange:
        """Run one case."""
        start = time.perf_counter()
        try:
            result = await self.pipeline(
                Encoded(case.upload.data, case.upload.filename), timeout=self.timeout_s
            )
        except SiseonError as error:
            status, body = error.code.http_status, error.failure().model_dump_json().encode()
        else:
            status, body = 200, result.model_dump_json().encode()
        elapsed = time.perf_counter() - start
        return Exchange(case, status, elapsed, {"content-type": "application/json"}, body)

    async def health(self) -> Exchange | None:
        """A pipeline has no probe."""
        return None

    def reproduce(self, case: Case, folder: str) -> str:
        """A command that runs the case."""
        name = next((name for name, kind in applications().items() if type(self.pipeline) is kind), None)
        if name is None:
            return f"siseon review {self.label} --out {shlex.quote(folder or 'review')}"
        path = f"{folder}/{file_of(case)}" if folder else file_of(case)
        return f"siseon run {name} {shlex.quote(path)} --json -"
