"""Where things go wrong: before each statement, before and after each commit, around each write beside the database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from siseon.contracts import StoreError
from siseon.jobs.database import Database


class Crashed(Exception):
    """The process is gone: nothing of it runs any more, and its transaction is rolled back."""


class Clock:
    """The time of the simulation."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Faults:
    """Draws at each boundary whether the actor that has come there crashes, gets no answer, or stands still.

    ``pause`` lets the others go on in the meantime, for as long as leases and longer. Where faults ``aim`` at one thing
    that actors do, all else goes well: few of them hit what is done seldom otherwise.
    """

    def __init__(self) -> None:
        self.random = random.Random(0)
        self.rate = 0.0
        self.left = 0
        self.aim: str | None = None
        self.doing = ""
        self.pause: Callable[[], None] = lambda: None
        self.log: list[str] = []

    def boundary(self, where: str, weight: int = 1) -> None:
        if not self.left or self.aim not in (None, self.doing) or self.random.random() >= self.rate * weight:
            return
        self.left -= 1
        kind = self.random.choice(("crash", "lost", "pause"))
        self.log.append(f"{kind} {where}")
        if kind == "crash":
            raise Crashed(where)
        if kind == "lost":
            raise StoreError(f"no answer {where}")
        self.pause()


class FaultyDatabase(Database):
    """One actor's way to the database. Nobody waits for a lock: what another transaction holds is a lost answer."""

    def __init__(self, url: str, clock: Clock, faults: Faults) -> None:
        super().__init__(url, clock=clock)
        self._faults = faults

    def __enter__(self) -> FaultyDatabase:
        super().__enter__()

        @event.listens_for(self.engine, "connect")
        def _impatient(connection, entry) -> None:
            cursor = connection.cursor()
            if self.sqlite:
                cursor.execute("PRAGMA busy_timeout = 0")
                cursor.execute("PRAGMA synchronous = OFF")  # the machine of the simulation never loses power
            else:
                cursor.execute("SET lock_timeout = '10ms'")
                cursor.execute("SET synchronous_commit = off")
                connection.commit()
            cursor.close()

        self.engine.dispose()  # what was connected before is not so

        @event.listens_for(self.engine, "before_cursor_execute")
        def _statement(connection, cursor, statement, parameters, context, many) -> None:
            if not statement.startswith("BEGIN"):  # the first statement is at the same place
                self._faults.boundary(f"before {statement.split()[0]}")

        return self

    @contextmanager
    def write(self) -> Iterator:
        with super().write() as connection:
            yield connection
            self._faults.boundary("before commit")
        # Of a dozen statements any may go wrong, and all of them are undone; here it is done, and nobody knows.
        self._faults.boundary("after commit", weight=3)
