"""Tell a job's end to a URL: signed, tried again with growing pauses, and only to where a stranger may send us.

Headers and signature are those of Standard Webhooks 1.0 (standardwebhooks.com): ``webhook-id``, ``webhook-timestamp``,
and ``webhook-signature: v1,`` with the HMAC-SHA256 of ``ID.TIMESTAMP.BODY`` in base64. The id is the event's: the same
however often it is sent.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from functools import partial

import h11

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.jobs.database import Database
from siseon.jobs.store import Hook, delivered, due, undelivered
from siseon.media.addresses import parse_url
from siseon.media.connect import MAX_HEADER_BYTES, Connector, head_of_answer, host_of, request, unreachable

log = logging.getLogger("siseon.jobs")

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
"""Before each further try: about nineteen hours in all."""
TOTAL_S = 20.0
"""For one try."""
HOLD_S = 60.0
"""After which another sender takes a webhook over, from one that has died."""
CONCURRENCY = 8
LOOK_S = 1.0
"""Seconds between two looks at an outbox that is empty."""
GONE = 410
"""The receiver wants no more of them."""


def signature(secret: str, identifier: str, timestamp: int, body: bytes) -> str:
    """The header with which a receiver, who knows the secret, sees that nothing was changed on the way."""
    signed = b"%s.%d.%s" % (identifier.encode(), timestamp, body)
    digest = hmac.digest(secret.encode(), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def check(url: str, secret: str | None) -> None:
    """Refuse a webhook that could not be sent.

    Raises:
        InputError: ``url_blocked``, or there is no secret to sign it with.
    """
    parse_url(url)
    if secret is None:
        raise InputError(
            "webhooks are signed, and no secret is set",
            hint="set SISEON_JOBS_WEBHOOK_SECRET to 16 characters or more, for workers too",
        )


class Postman:
    """Sends the webhooks of a database; any number of them may do so at once."""

    def __init__(self, database: Database, connector: Connector, secret: str) -> None:
        self._database = database
        self._connector = connector
        self._secret = secret

    async def run(self) -> None:
        """Send what is due until cancelled. A database that is away is asked again."""
        while True:
            try:
                sent = await self.send_due()
            except SiseonError as error:
                log.warning("webhooks wait", extra={"reason": error.message})
                sent = 0
            if not sent:
                await asyncio.sleep(LOOK_S)

    async def send_due(self) -> int:
        """Send what is due now, a few at once; how many were tried.

        Raises:
            StoreError: the database cannot be used; what had been taken comes back by itself.
        """
        hooks = await asyncio.to_thread(due, self._database, hold_s=HOLD_S, limit=CONCURRENCY)
        async with asyncio.TaskGroup() as group:
            for hook in hooks:
                group.create_task(self._send(hook))
        return len(hooks)

    async def _send(self, hook: Hook) -> None:
        try:
            await self._post(hook)
        except InputError as error:
            again = _pause(hook.tries) if error.code.retryable else None
            if again is None:
                log.warning("a webhook is given up", extra={"job": hook.event.job, "reason": error.message})
            settle = partial(undelivered, self._database, hook, error.message, again_s=again)
        else:
            settle = partial(delivered, self._database, hook)
        try:
            await asyncio.to_thread(settle)
        except SiseonError as error:
            log.warning(
                "a webhook will be sent again", extra={"job": hook.event.job, "reason": error.message}
            )

    async def _post(self, hook: Hook) -> None:
        """One try.

        Raises:
            InputError: ``url_blocked``, ``url_unreachable``, or ``url_refused`` by a receiver that wants no more.
        """
        url = parse_url(hook.url)
        body = hook.event.model_dump_json().encode()
        now = int(time.time())
        identifier = f"{hook.event.job}-{hook.event.id}"
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._secret, identifier, now, body),
        }
        try:
            async with asyncio.timeout(TOTAL_S), self._connector.connection(url) as (reader, writer):
                http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
                writer.write(request(http, url, "POST", headers, body))
                status = (await head_of_answer(http, reader, url)).status_code
        except TimeoutError:
            raise unreachable(url, f"did not answer within {TOTAL_S:g} s") from None
        except (h11.RemoteProtocolError, OSError):
            raise unreachable(url, "broke off, or does not speak HTTP") from None
        if status == GONE:
            raise InputError(f"{host_of(url)} wants no more webhooks", code=FailureCode.url_refused)
        if not 200 <= status < 300:
            raise unreachable(url, f"answered with status {status}")


def _pause(tries: int) -> float | None:
    return PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else None
