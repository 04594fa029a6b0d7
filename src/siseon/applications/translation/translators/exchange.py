"""One JSON request to a translator in the network, and its JSON answer within bounds: the answer is a stranger's.

Redirects are not followed, since the key would go with them; proxies of the environment are not used. What is busy
(429, 503) is asked again after the pause that it asks for. No message holds the key or a part of the answer.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import httpx
import orjson
from pydantic import JsonValue, SecretStr

from siseon.applications.translation.translators.limit import Limit
from siseon.applications.translation.translators.translator import ReplyUnusable
from siseon.contracts import TranslatorFailed

MOST_BYTES: Final = 1 << 20
TRIES: Final = 3
PAUSE_S: Final = 0.5
"""Before the second try, twice as long before the third, where the other side names no time."""
LONGEST_PAUSE_S: Final = 10.0
"""More is not waited for: the regions come back untranslated, and a job tries again later."""
BUSY = frozenset({429, 502, 503, 504, 529})


@dataclass(frozen=True, eq=False)
class Exchange:
    """Where, how often and how long."""

    url: str
    headers: Mapping[str, str]
    key: SecretStr | None
    scheme: str
    """What stands before the key in ``Authorization``."""
    timeout_s: float
    """Of one try."""
    limit: Limit
    pause_s: float = field(default=PAUSE_S)

    async def ask(self, body: JsonValue) -> object:
        """The decoded answer.

        Raises:
            ReplyUnusable: it is not JSON, or too long.
            TranslatorFailed: there is none.
        """
        pause = self.pause_s
        for tries_left in reversed(range(TRIES)):
            try:
                async with self.limit:
                    status, wait_s, data = await self._post(orjson.dumps(body))
            except (httpx.HTTPError, OSError) as error:
                if not tries_left or isinstance(error, httpx.TimeoutException | TimeoutError):
                    raise TranslatorFailed(f"{self.host} {_why(error)}") from None
                status, wait_s, data = 0, None, b""
            if 200 <= status < 300:
                return _json(self.host, data)
            if status and status not in BUSY:
                raise TranslatorFailed(f"{self.host} answered {status}", hint=_hint(status))
            wait_s = pause if wait_s is None else wait_s
            if not tries_left or wait_s > LONGEST_PAUSE_S:
                raise TranslatorFailed(f"{self.host} is busy ({status})", hint="try again later")
            self.limit.pause(wait_s)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    @property
    def host(self) -> str:
        """For messages: the address without path, query and credentials."""
        return httpx.URL(self.url).host

    async def _post(self, body: bytes) -> tuple[int, float | None, bytes]:
        """Status, the seconds of ``Retry-After``, and the body of a success."""
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            **self.headers,
        }
        if self.key is not None:
            headers["authorization"] = f"{self.scheme} {self.key.get_secret_value()}"
        async with (
            asyncio.timeout(self.timeout_s),
            httpx.AsyncClient(
                verify=self._tls, timeout=self.timeout_s, trust_env=False, follow_redirects=False
            ) as client,
            client.stream("POST", self.url, content=body, headers=headers) as answer,
        ):
            if not answer.is_success:
                return answer.status_code, _seconds(answer.headers.get("retry-after")), b""
            if answer.headers.get("content-encoding", "identity") != "identity":  # a bomb, for all we know
                raise ReplyUnusable(f"{self.host} answered in a coding that was not asked for")
            parts, length = [], 0
            async for part in answer.aiter_raw():
                parts.append(part)
                length += len(part)
                if length > MOST_BYTES:
                    raise ReplyUnusable(f"{self.host} answered more than {MOST_BYTES:,} bytes")
            return answer.status_code, None, b"".join(parts)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made once: it reads all certificates of the machine."""
        return httpx.create_ssl_context(trust_env=False)


def _json(host: str, data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ReplyUnusable(f"{host} did not answer JSON", hint="check the address") from None


def _seconds(retry_after: str | None) -> float | None:
    """Those of a ``Retry-After`` in digits; its other form, a date, is read as if it were absent."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None


def _why(error: Exception) -> str:
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    return "did not answer in time" if late else "cannot be reached"


def _hint(status: int) -> str:
    return "check the key" if status in (401, 403) else "check the address and the options of the translator"
