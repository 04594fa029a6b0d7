"""Tell what happened to a URL: signed, tried again with growing pauses, and only to where a stranger may send us.

Headers and signature are those of Standard Webhooks 1.0 (standardwebhooks.com): ``webhook-id``, ``webhook-timestamp``,
and ``webhook-signature: v1,`` with the HMAC-SHA256 of ``ID.TIMESTAMP.BODY`` in base64. The id is the event's: the same
however often it is sent. What waits lies in an outbox of the database: one for ends of jobs, others for others.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Generic, Protocol, TypeVar

import h11

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.jobs.database import Database
from siseon.media.addresses import parse_url
from siseon.media.connect import MAX_HEADER_BYTES, Connector, head_of_answer, host_of, request, unreachable

log = logging.getLogger("siseon.jobs")

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
"""Before each further try: about eighteen hours in all."""
TOTAL_S = 20.0
"""For one try."""
HOLD_S = 60.0
"""After which another sender takes a webhook over, from one that has died."""
CONCURRENCY = 16
"""On their way at once."""
PER_HOST = 4
"""Of them to one host: one that is slow leaves room for the others."""
LOOK_S = 1.0
"""Seconds between two looks at an outbox that is empty."""
PREFIX = "whsec_"
"""Of a secret in the form of Standard Webhooks."""
_HINT = "the http(s) URL of a public server; SISEON_URL_ALLOW opens networks of your own, for workers too"
GONE = 410
"""The receiver wants no more of them."""


def key_of(secret: str) -> bytes:
    """What a secret stands for: behind ``whsec_`` the key in base64, as Standard Webhooks writes it; or else its bytes.

    Raises:
        InputError: it is not base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise InputError(
            f"SISEON_JOBS_WEBHOOK_SECRET begins with {PREFIX}, and what follows is not base64",
            hint=f"{PREFIX}$(openssl rand -base64 32), or any text without {PREFIX}",
        )
    return key


def signature(key: bytes, identifier: str, timestamp: int, body: bytes) -> str:
    """The header with which a receiver, who knows the secret, sees that nothing was changed on the way."""
    signed = b"%s.%d.%s" % (identifier.encode(), timestamp, body)
    digest = hmac.digest(key, signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def check(url: str, secret: str | None) -> None:
    """Refuse a webhook that could not be sent.

    Raises:
        InputError: ``url_blocked``, or there is no secret to sign it with.
    """
    try:
        parse_url(url)
    except InputError as error:
        raise InputError(f"webhook: {error.message}", code=error.code, hint=_HINT) from None
    if secret is None:
        raise InputError(
            "webhooks are signed, and no secret is set",
            hint="set SISEON_JOBS_WEBHOOK_SECRET to 16 characters or more, for workers too",
        )
    key_of(secret)


class Sealed(Protocol):
    """One webhook in a sender's hands."""

    @property
    def url(self) -> str:
        """Where to."""
        ...

    @property
    def tries(self) -> int:
        """This one included."""
        ...

    @property
    def identifier(self) -> str:
        """The same however often it is sent."""
        ...

    @property
    def body(self) -> bytes:
        """JSON."""
        ...

    @property
    def about(self) -> Mapping[str, str]:
        """What it is of, for the log."""
        ...


Hook = TypeVar("Hook", bound=Sealed)


class Outbox(Protocol[Hook]):
    """Webhooks that wait in a database; a module may be one."""

    def due(
        self, database: Database, *, hold_s: float, limit: int = 20, but: Iterable[str] = ()
    ) -> Sequence[Hook]:
        """Those to send now, held for so long; ``but``: beginnings of URLs that are left for later."""
        ...

    def delivered(self, database: Database, hook: Hook) -> None:
        """It has arrived."""
        ...

    def undelivered(self, database: Database, hook: Hook, failure: str, *, again_s: float | None) -> None:
        """It has not; it is due again in ``again_s`` seconds, or given up when None."""
        ...


class Postman(Generic[Hook]):
    """Sends the webhooks of an outbox; any number of them may do so at once.

    Raises:
        InputError: the secret is none.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox[Hook],
        connector: Connector,
        secret: str,
        threads: Executor | None = None,
    ) -> None:
        """``threads``: where the database is asked; those of the event loop when None."""
        self._database = database
        self._threads = threads
        self._outbox = outbox
        self._connector = connector
        self._key = key_of(secret)
        self._sending: Counter[str] = Counter()
        """How many are on their way, by scheme and host."""
        self._freed = asyncio.Event()

    async def run(self) -> None:
        """Send what is due until cancelled. A database that is away is asked again."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._freed.clear()
                try:
                    await self._begin_due(group)
                except SiseonError as error:
                    log.warning("webhooks wait", extra={"reason": error.message})
                    await asyncio.sleep(LOOK_S)
                # wait_for would lose a cancellation that comes with the event.
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._freed.wait()

    async def send_due(self) -> int:
        """Send what is due now and there is room for; how many were tried.

        Raises:
            StoreError: the database cannot be used; what had been taken comes back by itself.
        """
        async with asyncio.TaskGroup() as group:
            return await self._begin_due(group)

    async def _begin_due(self, group: asyncio.TaskGroup) -> int:
        """Begin to send as many as there is room for, beside those that are on their way."""
        begun = 0
        while self._sending.total() < CONCURRENCY:
            busy = [origin for origin, count in self._sending.items() if count >= PER_HOST]
            due = partial(self._outbox.due, self._database, hold_s=HOLD_S, limit=1, but=busy)
            hooks = await asyncio.get_running_loop().run_in_executor(self._threads, due)
            if not hooks:
                break
            (hook,) = hooks
            self._sending[_origin(hook)] += 1
            group.create_task(self._send(hook)).add_done_callback(partial(self._sent, _origin(hook)))
            begun += 1
        return begun

    def _sent(self, origin: str, _: asyncio.Task[None]) -> None:
        self._sending -= Counter((origin,))  # and forgets those that have none
        self._freed.set()

    async def _send(self, hook: Hook) -> None:
        try:
            await self._post(hook)
        except InputError as error:
            again = _pause(hook.tries) if error.code.retryable else None
            told = {**hook.about, "tries": hook.tries, "reason": error.message}
            blocked = error.code is FailureCode.url_blocked
            if again is None:
                log.warning("a webhook is given up", extra={**told, "hint": blocked * _HINT})
            else:
                log.warning("a webhook has not arrived", extra={**told, "again_s": again})
            settle = partial(self._outbox.undelivered, self._database, hook, error.message, again_s=again)
        else:
            settle = partial(self._outbox.delivered, self._database, hook)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, settle)
        except SiseonError as error:
            log.warning("a webhook will be sent again", extra={**hook.about, "reason": error.message})

    async def _post(self, hook: Hook) -> None:
        """One try.

        Raises:
            InputError: ``url_blocked``, ``url_unreachable``, or ``url_refused`` by a receiver that wants no more.
        """
        url = parse_url(hook.url)
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": hook.identifier,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._key, hook.identifier, now, hook.body),
        }
        try:
            async with asyncio.timeout(TOTAL_S), self._connector.connection(url) as (reader, writer):
                http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
                writer.write(request(http, url, "POST", headers, hook.body))
                status = (await head_of_answer(http, reader, url)).status_code
        except TimeoutError:
            raise unreachable(url, f"did not answer within {TOTAL_S:g} s") from None
        except (h11.RemoteProtocolError, OSError):
            raise unreachable(url, "broke off, or does not speak HTTP") from None
        if status == GONE:
            raise InputError(f"{host_of(url)} wants no more webhooks", code=FailureCode.url_refused)
        if not 200 <= status < 300:
            raise unreachable(url, f"answered with status {status}")


def _origin(hook: Sealed) -> str:
    """Scheme and host of its URL, as they are written there."""
    return "/".join(hook.url.split("/", 3)[:3])


def _pause(tries: int) -> float | None:
    return PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else None
