"""Who has signed in: a cookie that says until when, signed with a key made of the token, and a file for each of them.

Signing out removes the file, so what was signed out of stays so, whatever the clock does, after a restart, and in
another service on the same folder; who is signed in stays so too. A file that is lost signs somebody out, and one that
somebody writes opens nothing: the key is not in it. A new token signs everybody out. The token itself never gets into
the browser again after it was typed.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import SecretStr

from siseon.contracts import FailureCode, InputError

COOKIE = "siseon_session"
LASTS_S = 12 * 3600
MOST = 160
"""Characters of a cookie that are looked at."""
MOST_SIGNED_IN = 1000
"""Sessions; whoever comes then takes the place of the one that ends first."""
LOOK_S = 60.0
"""Between two looks at the clock, which may have been set, or the machine have slept; and at the file."""


class Sessions:
    """Of one service."""

    def __init__(self, token: SecretStr | None, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """``token``: of the service; without one nobody needs to sign in; ``folder``: of the files."""
        self._token = None if token is None else token.get_secret_value().encode()
        self._key = hmac.digest(self._token or b"", b"siseon console session", "sha256")
        self._folder = folder
        self._clock = clock
        self._waiting: dict[str, set[asyncio.Event]] = {}
        """What is open by them."""

    @property
    def needed(self) -> bool:
        """Whether one has to sign in."""
        return self._token is not None

    def accepts(self, token: str) -> bool:
        """Whether it is the service's token."""
        return self._token is not None and hmac.compare_digest(token.encode(), self._token)

    async def issue(self) -> str:
        """The value of a cookie that begins now.

        Raises:
            InputError: ``storage_failed``, it cannot be kept.
        """
        said = f"{int(self._clock()) + LASTS_S}.{secrets.token_urlsafe(12)}"
        with _stored("in"):
            await asyncio.to_thread(self._keep, said)
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
        return self._clock() < int(until) and os.path.isfile(self._folder / said)

    async def end(self, cookie: str) -> None:
        """Sign out, wherever this cookie is.

        Raises:
            InputError: ``storage_failed``, it stays open.
        """
        if not (self.needed and self.opens(cookie)):
            return
        said = cookie.rpartition(".")[0]
        with _stored("out"):
            await asyncio.to_thread(self._forget, said)
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

    def _keep(self, said: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = self._clock()
        there = sorted((each.name for each in self._folder.iterdir()), key=_until)
        lasting = [name for name in there if now < _until(name)][1 - MOST_SIGNED_IN :]
        for name in {*there}.difference(lasting):
            with suppress(OSError):  # a folder that somebody has put there shuts nobody out
                (self._folder / name).unlink()
        (self._folder / said).touch(0o600)

    def _forget(self, said: str) -> None:
        (self._folder / said).unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # A machine that loses its power now must not have it back.
        finally:
            os.close(folder)


@contextmanager
def _stored(way: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"nobody can sign {way}: {error}",
            code=FailureCode.storage_failed,
            hint="see that there is room on the disk, and that the service may write to SISEON_CACHE_DIR",
        ) from error


def _until(name: str) -> int:
    """Of a file; what is none of ours is over."""
    until, _, _ = name.partition(".")
    return int(until) if until.isascii() and until.isdigit() and len(name) <= MOST else 0
