"""Timelines for all pages that are open: each is read once, one at a time, and kept as long as a page shows it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from weakref import WeakValueDictionary

from siseon.console.api import Api
from siseon.console.jobs.known import File
from siseon.console.people.known import read_timeline
from siseon.console.people.spans import Lanes


class Timelines:
    """Of one service."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._reading = asyncio.Lock()
        self._shown: WeakValueDictionary[tuple[str, datetime | None], Lanes] = WeakValueDictionary()
        """By path, and when it was made."""

    async def of(self, file: File, made_at: datetime | None) -> Lanes:
        """What is drawn of a file.

        Raises:
            ApiFailure: it cannot be had.
            ValueError: it is another document.
        """
        key = file.path, made_at
        async with self._reading:
            found = self._shown.get(key)
            if found is None:
                answer = await self._api.ask("GET", file.path, by_itself=True)
                found = self._shown[key] = await asyncio.to_thread(_read, answer.content)
        return found


def _read(document: bytes) -> Lanes:
    return Lanes(read_timeline(document))
