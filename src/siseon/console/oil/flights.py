"""Flights for all pages that are open: each file is read once, few at a time, and never one that is too large."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pydantic import ValidationError

from siseon.console.api import Api, ApiFailure, Problem
from siseon.console.jobs.known import Conclusion, File
from siseon.console.oil.known import FRAMES, SLICKS, Flight, read_flight
from siseon.console.oil.sheet import Sheet, sheet_of
from siseon.contracts import DependencyMissing, FailureCode

MOST_BYTES = 32_000_000
"""Of a file that is drawn: about 5,000 slicks of 150 corners."""
AT_ONCE = 2
KEPT = 4
"""Flights in memory, the last ones that were asked for."""
NOTHING = b'{"features": []}'


@dataclass(frozen=True, slots=True)
class Mapped:
    """A flight and its map."""

    flight: Flight
    sheet: Sheet | None
    has_frames: bool
    """Whether the job has a file of frames: jobs of earlier versions have none."""


class Flights:
    """Of one service."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._room = asyncio.Semaphore(AT_ONCE)
        self._kept: dict[tuple[File, ...], Mapped] = {}

    async def of(self, made: Conclusion) -> Mapped | None:
        """What these files show; None: there is no file of slicks.

        Raises:
            ApiFailure: a file is too large to draw, cannot be had, or cannot be read.
        """
        files = {file.name: file for file in made.files if file.name in (SLICKS, FRAMES)}
        if SLICKS not in files:
            return None
        key = (*files.values(), File(name=str(made.revision), nbytes=0, media_type=made.state, path=""))
        async with self._room:
            if key not in self._kept:
                for file in files.values():
                    if file.nbytes > MOST_BYTES:
                        raise ApiFailure(_too_large(file))
                slicks = await self._read(files[SLICKS])
                frames = await self._read(files[FRAMES]) if FRAMES in files else NOTHING
                self._kept[key] = await asyncio.to_thread(_mapped, slicks, frames, FRAMES in files)
            found = self._kept[key] = self._kept.pop(key)
            for old in list(self._kept)[:-KEPT]:
                del self._kept[old]
        return found

    async def _read(self, file: File) -> bytes:
        found = (await self._api.ask("GET", file.path, by_itself=True)).content
        if len(found) > MOST_BYTES:  # it is another one than was told of
            raise ApiFailure(_too_large(file.model_copy(update={"nbytes": len(found)})))
        return found


def _mapped(slicks: bytes, frames: bytes, has_frames: bool) -> Mapped:
    try:
        flight = read_flight(slicks, frames)
        return Mapped(flight, sheet_of(flight), has_frames)
    except ValueError as error:
        raise ApiFailure(
            Problem(
                code=FailureCode.contract_violation,
                detail=f"the file of the map is not as expected: {_reason(error)}",
                hint="the files below can be fetched",
            )
        ) from None
    except DependencyMissing as missing:
        raise ApiFailure(Problem(code=missing.code, detail=missing.message, hint=missing.hint)) from None


def _reason(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _too_large(file: File) -> Problem:
    return Problem(
        code=FailureCode.invalid_input,
        detail=f"{file.name} has {file.nbytes} bytes, at most {MOST_BYTES} are drawn",
        hint="fetch it below: a program for maps opens it",
    )
