"""Who has signed in: a cookie that says until when, signed with a key made of the token.

Nothing is kept but who has signed out, so a restart signs nobody out, and a new token signs everybody out. The token
itself never gets into the browser again after it was typed.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable

from pydantic import SecretStr

COOKIE = "siseon_session"
LASTS_S = 12 * 3600
MOST = 160
"""Characters of a cookie that are looked at."""
LOOK_S = 60.0
"""Between two looks at the clock: it may have been set, or the machine have slept."""


class Sessions:
    """Of one service."""

    def __init__(self, token: SecretStr | None, clock: Callable[[], float] = time.time) -> None:
        """``token``: of the service; without one nobody needs to sign in."""
        self._token = None if token is None else token.get_secret_value().encode()
        self._key = hmac.digest(self._token or b"", b"siseon console session", "sha256")
        self._clock = clock
        self._ended: dict[str, int] = {}
        """Those that were signed out of, until when they would have lasted."""
        self._waiting: dict[str, set[asyncio.Event]] = {}
        """What is open by them."""

    @property
    def needed(self) -> bool:
        """Whether one has to sign in."""
        return self._token is not None

    def accepts(self, token: str) -> bool:
        """Whether it is the service's token."""
        return self._token is not None and hmac.compare_digest(token.encode(), self._token)

    def issue(self) -> str:
        """The value of a cookie that begins now."""
        said = f"{int(self._clock()) + LASTS_S}.{secrets.token_urlsafe(12)}"
        return f"{said}.{self._sign(said)}"

    def opens(self, cookie: str) -> bool:
        """Whether who sends this cookie has signed in."""
        if not self.needed:
            return True
        said, _, signed = cookie.rpartition(".")
        until, _, _ = said.partition(".")
        if len(cookie) > MOST or not (cookie.isascii() and until.isdigit()):
            return False
        if not hmac.compare_digest(signed, self._sign(said)):
            return False
        return self._clock() < int(until) and said not in self._ended

    def end(self, cookie: str) -> None:
        """Sign out, wherever this cookie is."""
        if not (self.needed and self.opens(cookie)):
            return
        now = self._clock()
        self._ended = {each: until for each, until in self._ended.items() if now < until}
        said = cookie.rpartition(".")[0]
        self._ended[said] = int(said.partition(".")[0])
        for waiting in self._waiting.get(said, ()):
            waiting.set()

    async def over(self, cookie: str) -> None:
        """Wait until this session is: it has lasted its time, or was signed out of."""
        said, ended = cookie.rpartition(".")[0], asyncio.Event()
        self._waiting.setdefault(said, set()).add(ended)
        try:
            while self.opens(cookie):
                left = int(said.partition(".")[0]) - self._clock()
                try:
                    await asyncio.wait_for(ended.wait(), min(LOOK_S, max(left, 0.0)))
                except TimeoutError:
                    continue
        finally:
            self._waiting[said].discard(ended)
            if not self._waiting[said]:
                del self._waiting[said]

    def _sign(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()
