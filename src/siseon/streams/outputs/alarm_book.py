"""How outputs see alarms, and what their readers may do about them: by way of the database, as everybody does.

The library of databases is imported where it is used: a service without it says so by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from siseon.jobs.database import Database
from siseon.streams.alarms.standing import State
from siseon.streams.alarms.wire import AlarmEvent, AlarmTold, Deed

MOST = 1000
"""Events in one look."""
_STANDING = tuple(state for state in State if state is not State.normal)

P = ParamSpec("P")
T = TypeVar("T")


class Ask(Protocol):
    """Does work on the database, beside the event loop.

    Raises:
        SiseonError: what the work raises, and ``StoreError``.
    """

    async def __call__(
        self, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What came of it."""
        ...


class AlarmBook:
    """All alarms of one database. What it does raises as ``Ask`` does."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def stands(self) -> list[AlarmTold]:
        """Those that are not normal."""
        from siseon.streams.alarms import looking

        found: list[AlarmTold] = []
        while True:
            page = await self._ask(
                looking.listed, states=_STANDING, after=found[-1].id if found else "", limit=MOST
            )
            found += page
            if len(page) < MOST:
                return found

    async def last(self) -> int:
        """Id of the newest event."""
        from siseon.streams.alarms import looking

        return await self._ask(looking.last_event)

    async def events(self, after: int) -> list[AlarmEvent]:
        """What happened after it, in its order, ``MOST`` at most."""
        from siseon.streams.alarms import looking

        return await self._ask(looking.events, after=after, limit=MOST)

    async def acknowledge(self, alarm: str, deed: Deed) -> None:
        """Somebody has seen it."""
        from siseon.streams.alarms import store

        await self._ask(store.acknowledge, alarm, deed.by, deed.note)
