"""Writes clips that are over, one after the other. A store that is away for some time loses none of them: what is coded
waits in bounded memory and is tried again. What is given up is told as failed, with the reason."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from siseon.contracts import Failure, FailureCode, SiseonError, StageFailed, StreamError
from siseon.streams.clips.archive import Archive, Coded
from siseon.streams.clips.room import Room
from siseon.streams.clips.take import Clip, Take
from siseon.streams.clips.unwritten import Unwritten

AGAIN_S = 5.0
"""After which a store that refused a clip is tried again."""
TRIES = 120
"""Rounds that a clip waits, at least ten minutes."""
WAITING_BYTES = 256 << 20
"""Of the videos that wait; the oldest are given up beyond it."""

log = logging.getLogger("siseon.streams")


@dataclass(slots=True)
class _Waiting:
    coded: Coded
    tries: int = 0


class Writer:
    """Of a service. ``async with`` tries all that waits once more at its end."""

    def __init__(self, archive: Archive) -> None:
        self.unwritten = Unwritten()
        self.room = Room()
        self._archive = archive
        self._over: asyncio.Queue[Take | None] = asyncio.Queue()
        """None: it is time to try again."""
        self._waiting: dict[str, _Waiting] = {}
        self._away: Failure | None = None
        """Why the store refused a clip just now."""
        self._again: asyncio.TimerHandle | None = None
        self._closing = False
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="siseon clips writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._over.put_nowait(None)
        await asyncio.wait((self._task,))
        if self._again is not None:
            self._again.cancel()
        for one in list(self._waiting.values()):
            await self._lose(one.coded.clip, self._away)

    def write(self, take: Take) -> None:
        """One that is over."""
        self._over.put_nowait(take)

    async def _run(self) -> None:
        while not (self._closing and self._over.empty()):
            take = await self._over.get()
            if take is not None:
                await self._code(take)
            if take is None or self._away is None:
                await self._keep()
            while sum(len(one.coded.data) for one in self._waiting.values()) > WAITING_BYTES:
                await self._lose(self._waiting[min(self._waiting)].coded.clip, self._away)

    async def _code(self, take: Take) -> None:
        try:
            if not take.frames and take.crowded:
                raise self.room.refusal()
            if not take.frames:
                raise StreamError(
                    "no picture of the stream came while the clip was taken",
                    code=FailureCode.stream_not_live,
                    hint="have another one taken when the stream is live",
                )
            coded = await self._archive.code(take)
        except SiseonError as error:
            await self._lose(take.told(time.monotonic()), error.failure())
        except Exception as error:  # the next one has a writer all the same
            log.error("a clip cannot be coded", exc_info=error)
            await self._lose(take.told(time.monotonic()), _unnamed(error))
        else:
            self.unwritten.code(coded.clip)
            self._waiting[coded.clip.id] = _Waiting(coded)
        finally:
            take.let_go()

    async def _keep(self) -> None:
        """Write what waits. The first that the store refuses ends the round: each of them may block for seconds."""
        for one in list(self._waiting.values()):
            clip = one.coded.clip
            try:
                await self._archive.keep(one.coded)
            except SiseonError as error:
                if error.code.retryable:
                    await self._put_off(clip, error.failure())
                    return
                await self._lose(clip, error.failure())
            except Exception as error:  # as above
                log.error("a clip cannot be kept", exc_info=error)
                await self._lose(clip, _unnamed(error))
            else:
                del self._waiting[clip.id]
                self.unwritten.drop(clip.id)
        self._away = None

    async def _put_off(self, clip: Clip, failure: Failure) -> None:
        if self._away is None:
            log.warning("clips wait, they cannot be written now: %s", failure.message)
        self._away = failure
        self._again = asyncio.get_running_loop().call_later(AGAIN_S, self._over.put_nowait, None)
        self._waiting[clip.id] = self._waiting.pop(clip.id)  # if it is this one alone, others pass it
        for one in list(self._waiting.values()):
            one.tries += 1
            if one.tries >= TRIES:
                await self._lose(one.coded.clip, failure)

    async def _lose(self, clip: Clip, failure: Failure | None) -> None:
        failure = failure or StageFailed("the clip was not written").failure()
        log.error("a clip of stream %s is lost: %s", clip.stream, failure.message)
        self.unwritten.fail(clip, failure)
        if self._waiting.pop(clip.id, None) is not None:
            with suppress(SiseonError):  # a sweep finds it later
                await self._archive.discard(clip)


def _unnamed(error: Exception) -> Failure:
    return StageFailed(f"the clip cannot be written: {type(error).__name__}").failure()
