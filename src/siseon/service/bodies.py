"""Bodies of requests, read for all routes in one place: each within its limit and deadline, all within one budget.

A route that reads its own body must think of its limit; the next one forgets it. So the gate reads, and a route finds
the whole body in its first message. One kind alone is handed on as it comes, counted and timed: the form of a job,
which may carry videos that no memory holds (``jobs/incoming.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from siseon.contracts import Cancelled, FailureCode, InputError
from siseon.hosting.admission import Overloaded
from siseon.hosting.deadline import Allowance
from siseon.service.forms import FORM
from siseon.service.jobs.request import JOBS
from siseon.settings import Settings

BODIED = frozenset({"POST", "PUT", "PATCH"})
SMALL = 1 << 20
"""Bytes of a body that carries no pictures, tensors or weights."""
EDIT = 4 << 20
"""Of one that is a result changed by hand: a page of a newspaper has a thousand regions of 1 to 2 kB."""
BASE64_GROWTH = 1.4
"""Base64 takes 4 bytes for 3, and JSON a little more."""
BATCH = 4
"""A batch, or tensors, may be so many times as long as one picture; so may the tensors of an answer."""
MAX_MODEL_BYTES = 2 << 30
MODEL_UPLOAD_S = 600.0
"""Seconds in which a model must have come, where the client does not ask for less."""
STREAMED = 16
"""Forms of jobs on their way at once, in one process."""
STALL_S = 30.0
"""Seconds in which something of such a form must come."""
RETRY_S = 1.0
MODELS = "/v1/models"


def limit_of(method: str, path: str, picture: int) -> int:
    """Bytes of a body to this operation; ``picture``: of one picture."""
    if method == "PUT" and path.endswith("/edit"):
        return EDIT
    if method != "POST":
        return SMALL
    if path == MODELS:
        return MAX_MODEL_BYTES
    if path.endswith(("/infer", "/batch")) or path in ("/detect_batch", JOBS):
        return BATCH * picture
    if path.startswith("/v1/pipelines/") or path in ("/detect", "/predict", "/predict/json"):
        return round(picture * BASE64_GROWTH)
    return SMALL


def is_streamed(method: str, path: str, headers: Headers) -> bool:
    """Whether a body is handed on while it arrives."""
    form = headers.get("content-type", "").strip().lower().startswith(FORM)
    return method == "POST" and path == JOBS and form


class Bodies:
    """Reads bodies, and counts what of them is in memory."""

    def __init__(self, settings: Settings) -> None:
        self._picture = settings.max_upload_bytes
        self._video = settings.jobs_video_bytes
        self._streamed = 0
        self._budgets = {True: MAX_MODEL_BYTES, False: settings.max_uploads_bytes}
        self._held = {True: 0, False: 0}
        """Bytes in memory, of models and of everything else: one model would take the room of all pictures."""

    def read(
        self, receive: Receive, headers: Headers, method: str, path: str, allowance: Allowance
    ) -> Reading:
        """A block for which a request's body is in memory; it gives the ``receive`` of a request whose body is here.

        Raises:
            InputError: at its beginning: ``image_too_large``.
            Overloaded: other uploads fill the budget.
            DeadlineExceeded: the body did not come in time.
            Cancelled: the client went away while it was sending.
        """
        return Reading(self, receive, headers, method, path, allowance)

    def hold(self, model: bool, length: int) -> None:
        """So many bytes more, or less."""
        if self._held[model] + length > self._budgets[model]:
            raise Overloaded(f"{self._held[model]} bytes of uploads are in memory, the limit", RETRY_S)
        self._held[model] += length

    @contextmanager
    def streaming(self) -> Iterator[int]:
        """While a form of a job comes; how many bytes it may have.

        Raises:
            Overloaded: as many come as may.
        """
        if self._streamed >= STREAMED:
            raise Overloaded(f"{self._streamed} uploads of jobs are on their way, the limit", RETRY_S)
        self._streamed += 1
        try:
            yield BATCH * self._picture + self._video
        finally:
            self._streamed -= 1

    def limit(self, method: str, path: str) -> int:
        """Bytes of a body to this operation."""
        return limit_of(method, path, self._picture)


class Reading:
    """What ``Bodies.read`` gives."""

    def __init__(
        self,
        bodies: Bodies,
        receive: Receive,
        headers: Headers,
        method: str,
        path: str,
        allowance: Allowance,
    ) -> None:
        self._bodies, self._receive, self._headers = bodies, receive, headers
        self._method, self._path, self._allowance = method, path, allowance
        self._held = 0
        self._stack = ExitStack()

    async def __aenter__(self) -> Receive:
        if self._method not in BODIED:
            return self._receive
        if is_streamed(self._method, self._path, self._headers):
            limit = self._stack.enter_context(self._bodies.streaming())
            try:
                return self._streamed(limit)
            except BaseException:
                self._stack.close()
                raise
        limit = self._bodies.limit(self._method, self._path)
        self._declared(limit, _too_large)
        model = self._path == MODELS

        def hold(length: int) -> None:
            if self._held + length > limit:
                raise _too_large(limit, "the body is longer")
            self._bodies.hold(model, length)
            self._held += length

        try:
            async with self._allowance.spent_on("upload"):
                body = await _whole(self._receive, hold)
        except BaseException:
            self._let_go()
            raise
        return _replay(body, self._receive)

    def _streamed(self, limit: int) -> Receive:
        self._declared(limit, _video_too_large)
        return _passed_on(self._receive, limit, self._allowance)

    def _declared(self, limit: int, refused: Callable[[int, str], InputError]) -> None:
        """Refuse a body whose header says that it is too long."""
        declared = self._headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit() and len(declared) <= len(str(limit))):
            raise refused(limit, f"the body has {declared[:20]!r} bytes")
        if int(declared) > limit:
            raise refused(limit, f"the body has {declared} bytes")

    async def __aexit__(self, *_: object) -> None:
        self._stack.close()
        self._let_go()

    def _let_go(self) -> None:
        self._bodies.hold(self._path == MODELS, -self._held)
        self._held = 0


async def _whole(receive: Receive, hold: Callable[[int], None]) -> bytes:
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Cancelled("the client went away before it had sent its request")
        chunk = message.get("body", b"")
        hold(len(chunk))
        if chunk:
            chunks.append(chunk)
        more = message.get("more_body", False)
    # One chunk is the common case: joining it would copy the upload.
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    first: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def replay() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        message, first = first, None
        return message

    return replay


def _passed_on(receive: Receive, limit: int, allowance: Allowance) -> Receive:
    """The body's messages as they come: counted, and each within its time."""
    seen, over = 0, False

    async def passed_on() -> Message:
        nonlocal seen, over
        if over:
            return await receive()
        seconds = min(STALL_S, allowance.left())
        async with Allowance(seconds).spent_on("upload"):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Cancelled("the client went away before it had sent its request")
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _video_too_large(limit, "the body is longer")
        over = not message.get("more_body", False)
        return message

    return passed_on


def _video_too_large(limit: int, what: str) -> InputError:
    return InputError(
        f"{what}, the limit is {limit}",
        code=FailureCode.video_too_large,
        hint="send a shorter or smaller video, or raise SISEON_JOBS_VIDEO_BYTES",
    )


def _too_large(limit: int, what: str) -> InputError:
    return InputError(
        f"{what}, the limit is {limit}",
        code=FailureCode.image_too_large,
        hint="send less"
        if limit in (SMALL, EDIT, MAX_MODEL_BYTES)
        else "send less, or raise max_upload_bytes",
    )
