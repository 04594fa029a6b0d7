"""The door: who may come in, the ids that a request gets, and one line in the log when it is answered.

Plain ASGI: a middleware that wraps the response would hide from the pipeline that a client has hung up.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from siseon.contracts import DeadlineExceeded, FailureCode, InputError, SiseonError
from siseon.engine import Trace
from siseon.hosting.deadline import Allowance
from siseon.hosting.host import Host
from siseon.service.bodies import MODEL_UPLOAD_S, MODELS, Bodies, is_streamed
from siseon.service.clients import Clients
from siseon.service.crew import Crew, changes, check_change
from siseon.service.exposure import is_loopback
from siseon.service.problems import problem
from siseon.service.tickets import Tickets
from siseon.service.tracing import TIMEOUT_HEADER, allowed_seconds, incoming_trace

log = logging.getLogger("siseon.access")

HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/health", "/v2/health/live", "/v2/health/ready"})
"""Asked by load balancers, which carry no token, every few seconds: answered whatever the state, logged never."""
STATELESS_PATHS = HEALTH_PATHS | {
    "/metrics",
    "/openapi.json",
    "/docs",
    "/redoc",
    "/v1/failures",
    "/v1/pipelines",
}
"""Answered while models load, and while the service drains."""


GONE = 499
"""Status of a request whose client has gone before there was an answer: nobody refused it."""


def _not_counted(_method: str, _path: str) -> None:
    pass


class Gate:
    """Checks the token, or without one that the request was meant for this machine; then lets it through."""

    def __init__(
        self, app: ASGIApp, host: Host, crew: Crew, refused: Callable[[str, str], object] = _not_counted
    ) -> None:
        """``refused`` is told the method and the path of each request that failed before a pipeline heard of it."""
        self.app = app
        self._host = host
        self._crew = crew
        self._bodies = Bodies(host.settings)
        self._clients = Clients()
        self._refused = refused
        self._changes: set[asyncio.Future[None]] = set()
        token = host.settings.token
        self._token = token.get_secret_value().encode() if token else None
        self._tickets = Tickets(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = incoming_trace(headers)
        scope.setdefault("state", {}).update(trace=trace, client=self._clients.of(scope))
        started = time.monotonic()
        status = GONE

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._crew.crowded():  # the client comes back, to a process with fewer connections
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        path = scope["path"]
        try:
            if path not in HEALTH_PATHS:
                self._check(headers, scope)
                check_change(self._crew, scope["method"], path)
            if path in STATELESS_PATHS:
                await self.app(scope, receive, note)
                return
            allowance = self._allowance(headers, scope["method"], path, trace)
            with self._host.accepted():
                async with self._bodies.read(receive, headers, scope["method"], path, allowance) as whole:
                    if TIMEOUT_HEADER in headers and changes(scope["method"], path):
                        await self._change(scope, whole, note, allowance)
                    else:  # pipelines and models hold their deadlines themselves, stage by stage
                        await self.app(scope, whole, note)
        except SiseonError as refused:  # here, or by ``accepted``: the application answers its own failures
            await problem(refused, trace, path)(scope, receive, note)
        finally:
            if status >= 400 and status != GONE and not trace.pipeline:
                self._refused(scope["method"], path)
            if path not in HEALTH_PATHS:
                times = {stage: round(seconds * 1000, 3) for stage, seconds in trace.compute_s().items()}
                log.log(
                    logging.WARNING if status >= 500 else logging.INFO,
                    "answered",
                    extra={
                        "method": scope["method"],
                        "path": path,
                        "status": status,
                        "ms": round((time.monotonic() - started) * 1000, 1),
                        "trace_id": trace.trace_id,
                        **({"compute_ms": times} if times else {}),
                    },
                )

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, by the rules for requests; one that is refused is told why, as they are."""
        headers, path = Headers(scope=scope), scope["path"]
        trace = incoming_trace(headers)
        scope.setdefault("state", {})["trace"] = trace
        started = time.monotonic()
        try:
            self._check(headers, scope)
            with self._host.accepted():
                await self.app(scope, receive, send)
        except SiseonError as refused:
            await problem(refused, trace, path)(scope, receive, send)
        finally:
            seconds = round(time.monotonic() - started, 1)
            log.info("talked", extra={"path": path, "seconds": seconds, "trace_id": trace.trace_id})

    async def _change(self, scope: Scope, receive: Receive, send: Send, allowance: Allowance) -> None:
        """Answer in time; a change that takes longer goes on, since half a change would be worse.

        Raises:
            DeadlineExceeded: the deadline has passed.
        """
        late = False

        async def unless_late(message: Message) -> None:
            if not late:
                await send(message)

        change = asyncio.ensure_future(self.app(scope, receive, unless_late))
        self._changes.add(change)
        change.add_done_callback(self._changes.discard)
        await asyncio.wait((change,), timeout=allowance.left())
        if change.done():
            change.result()
            return
        late = True
        raise DeadlineExceeded(
            "the deadline passed while models were changed",
            hint="the change goes on: GET /v1/models tells what came of it",
            stage="change",
        )

    def _allowance(self, headers: Headers, method: str, path: str, trace: Trace) -> Allowance:
        """The time that the request has since it came in."""
        most = MODEL_UPLOAD_S if path == MODELS else self._host.settings.request_timeout_s
        if is_streamed(method, path, headers):
            most = self._host.settings.jobs_upload_s
        return Allowance(allowed_seconds(headers, most), trace.start)

    def _check(self, headers: Headers, scope: Scope) -> None:
        if self._token is None:
            # A page in the owner's browser must not reach a service on loopback under a name of its own choice.
            asked = _hostname(f"//{headers.get('host', '')}")
            if not is_loopback(asked):
                raise InputError(
                    f"the request is for {asked[:80]!r}: this service answers for localhost only",
                    code=FailureCode.unauthorized,
                    hint="open http://localhost; to serve others set SISEON_TOKEN and SISEON_HOST",
                )
            # Browsers name the page that sends: one of another site could unload models, though not read answers.
            origin = headers.get("origin", "http://localhost")
            if not is_loopback(_hostname(origin)):
                raise InputError(
                    f"a page of {origin[:80]!r} asks: this service answers to pages from localhost only",
                    code=FailureCode.forbidden,
                    hint="serve the page from http://localhost (a file has no origin), or set SISEON_TOKEN",
                )
            return
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token):
            return
        ticket = QueryParams(scope["query_string"]).get("ticket", "")
        if self._tickets.opens(ticket, scope.get("method", "GET"), scope["path"]):
            return
        raise InputError(
            "the bearer token is missing or wrong",
            code=FailureCode.unauthorized,
            hint="send the header Authorization: Bearer TOKEN; POST /v1/tickets gives one to pages that cannot",
        )


def _hostname(url: str) -> str:
    """The host of a URL; nothing where it is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
