"""Who has signed in: a cookie that says until when, signed with a key made of the token.

Nothing is kept, so a restart signs nobody out, and a new token signs everybody out. The token itself never gets into
the browser again after it was typed.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable

from pydantic import SecretStr

COOKIE = "siseon_session"
LASTS_S = 12 * 3600
MOST = 160
"""Characters of a cookie that are looked at."""


class Sessions:
    """Of one service."""

    def __init__(self, token: SecretStr | None, clock: Callable[[], float] = time.time) -> None:
        """``token``: of the service; without one nobody needs to sign in."""
        self._token = None if token is None else token.get_secret_value().encode()
        self._key = hmac.digest(self._token or b"", b"siseon console session", "sha256")
        self._clock = clock

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
        return hmac.compare_digest(signed, self._sign(said)) and self._clock() < int(until)

    def _sign(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()
