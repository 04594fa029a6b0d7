"""Makes what there is to make of all results of jobs together: one at a time in a worker, in a process of its own, so
that a worker beats, answers and stops while it is made."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress

from pydantic import JsonValue

from siseon.contracts import FailureCode, SiseonError
from siseon.hosting.apart import Apart
from siseon.jobs.artifact_names import outputs_of_conclusion
from siseon.jobs.concluding import make
from siseon.jobs.opening import Opened
from siseon.jobs.store import concluding
from siseon.jobs.store.concluding import Concluding
from siseon.jobs.wire import ConclusionFile
from siseon.settings import Settings

log = logging.getLogger("siseon.jobs")

LOOK_S = 0.5
"""Between two looks at whether there is something to do."""
HOLD_S = 30.0
"""After which another worker takes it over, from one that has died."""
LEFT = 20
"""Attempts before one that counts, of which files may be left: those of before went with an earlier one."""
BEAT_S = 5.0
"""Between two signs of life, each of which hears whether it is still wanted."""


class Concluder:
    """Of one worker."""

    def __init__(self, jobs: Opened, settings: Settings, applications: tuple[str, ...]) -> None:
        """``applications``: whose results it makes something of."""
        self._jobs = jobs
        self._settings = settings
        self._applications = applications
        self._name = secrets.token_hex(8)

    async def run(self) -> None:
        """Make what is due until cancelled; what is being made then is handed back. A database that is away is asked
        again."""
        while True:
            try:
                one = await self._taken()
                if one is not None:
                    await self._conclude(one)
                    continue
            except SiseonError as error:
                log.warning("what is made of all results waits", extra={"reason": error.message})
            await asyncio.sleep(LOOK_S)

    async def _taken(self) -> Concluding | None:
        """What is due; what was taken while somebody stopped this is handed back."""
        taking = asyncio.ensure_future(asyncio.to_thread(self._take))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            await asyncio.wait([taking])
            with suppress(SiseonError):
                if (one := taking.result()) is not None:
                    await asyncio.to_thread(concluding.hand_back, self._jobs.database, one)
            raise

    def _take(self) -> Concluding | None:
        return concluding.take(self._jobs.database, self._name, self._applications, hold_s=HOLD_S)

    async def _conclude(self, one: Concluding) -> None:
        apart = Apart(f"concluding job {one.job}", make, self._settings, one)
        making = asyncio.ensure_future(asyncio.to_thread(apart.result))
        try:
            await self._while_wanted(one, making)
        except asyncio.CancelledError:
            apart.stop()
            await asyncio.wait([making])
            making.exception()  # that it was stopped, which asyncio would log as one that nobody looked at
            with suppress(SiseonError):
                await asyncio.to_thread(concluding.hand_back, self._jobs.database, one)
                await asyncio.to_thread(self._discard, one.job, one.attempt)
            raise
        apart.stop()
        await asyncio.wait([making])
        await asyncio.to_thread(self._settle, one, making)

    async def _while_wanted(
        self, one: Concluding, making: asyncio.Future[list[dict[str, JsonValue]]]
    ) -> None:
        """Until it is made, or nobody wants it any more: the job was cancelled, or corrected meanwhile."""
        while not (await asyncio.wait([making], timeout=BEAT_S))[0]:
            try:
                if not await asyncio.to_thread(concluding.keep, self._jobs.database, one, hold_s=HOLD_S):
                    return
            except SiseonError as error:
                log.warning("a worker's sign of life waits", extra={"reason": error.message})

    def _settle(self, one: Concluding, making: asyncio.Future[list[dict[str, JsonValue]]]) -> None:
        """Tell what came of it; the files of attempts before go once others have taken their place.

        Raises:
            StoreError: it is not known whether it counts; nothing is removed, and where it does not it is made again.
        """
        try:
            files = [ConclusionFile.model_validate(file) for file in making.result()]
        except SiseonError as error:
            if error.code is not FailureCode.cancelled:
                log.warning("a conclusion failed", extra={"job": one.job, "reason": error.message})
                concluding.not_concluded(self._jobs.database, one, error.failure())
            self._discard(one.job, one.attempt)
            return
        if not concluding.concluded(self._jobs.database, one, files):
            self._discard(one.job, one.attempt)
            return
        for attempt in range(max(1, one.attempt - LEFT), one.attempt):
            self._discard(one.job, attempt)

    def _discard(self, job: str, attempt: int) -> None:
        self._jobs.artifacts.delete_folder(outputs_of_conclusion(job, attempt))
