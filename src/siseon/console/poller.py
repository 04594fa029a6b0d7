"""What pages follow: one question to the service for all that are open, and none while there are none.

A page that asked by itself, every two seconds, would cost fifty times as much with fifty of them. A feed asks at its
own pace while somebody follows it, reads the answer once, and tells its followers only when it has changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from siseon.console.api import ApiFailure, Problem
from siseon.contracts import FailureCode

T = TypeVar("T")
Told = Callable[[T | Problem], None]
"""Gets what is new, or why there is nothing."""

log = logging.getLogger("siseon.console")


class Feed(Generic[T]):
    """One thing that pages follow."""

    def __init__(self, ask: Callable[[], Awaitable[T]], every_s: float) -> None:
        """``ask`` raises ``ApiFailure``; what it returns is compared with ``==``."""
        self._ask = ask
        self._every_s = every_s
        self._followers: dict[object, Told[T]] = {}
        self._last: T | Problem | None = None
        self._asked = self._known = 0
        """How often it was asked, and which of these times has told what is known."""
        self._task: asyncio.Task[None] | None = None

    @property
    def followers(self) -> int:
        """How many there are."""
        return len(self._followers)

    def follow(self, who: object, told: Told[T]) -> None:
        """Tell ``who`` now, if something is known that is not old, and at every change, until ``leave``."""
        self._followers[who] = told
        if self._task is None:
            self._last = None  # it may be hours old
            self._task = asyncio.create_task(self._poll())
        elif self._last is not None:
            _tell(told, self._last)

    def leave(self, who: object) -> None:
        """Tell ``who`` nothing more."""
        self._followers.pop(who, None)
        if not self._followers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def ask_again(self) -> None:
        """Ask at once: somebody has just changed it."""
        self._asked = turn = self._asked + 1
        found: T | Problem
        try:
            found = await self._ask()
        except ApiFailure as failure:
            found = _untraced(failure.problem)
        except Exception as error:  # another version of the service, say: pages say so, and ask again
            found = Problem(
                code=FailureCode.contract_violation,
                detail=f"an answer of the service is of another form: {type(error).__name__}",
            )
            if found != self._last:
                log.exception("an answer of the service is of another form")
        if turn < self._known:  # who asked later was answered sooner: it is old
            return
        self._known = turn
        if found == self._last:
            return
        self._last = found
        for told in list(self._followers.values()):
            _tell(told, found)

    async def close(self) -> None:
        """Stop, whoever follows."""
        self._followers.clear()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _poll(self) -> None:
        while True:
            await self.ask_again()
            await asyncio.sleep(self._every_s)


def _untraced(problem: Problem) -> Problem:
    """Without what differs from one time to the next: the same failure again is no news."""
    return problem.model_copy(update={"trace_id": None})


def _tell(told: Told[T], news: T | Problem) -> None:
    try:
        told(news)
    except Exception:
        log.exception("a page could not show what is new")
