"""What is asked of the service about a calibration that somebody is making."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from siseon.console.api import Api, ApiFailure, read

NOT_LIVE = "stream_not_live"
AGAIN_S, TIMES = 1.5, 6
"""A stream that is not live just now is asked again."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Needle(_Read):
    """Where it lies."""

    middle: tuple[float, float]
    tip: tuple[float, float]


class Reading(_Read):
    """What is read."""

    quality: str
    reason: str | None = None
    value: float | None = None
    uncertainty: float | None = None
    unit: str | None = None
    limit: str | None = None
    dial: tuple[tuple[float, float], ...] | None = None
    display: tuple[tuple[float, float], ...] | None = None
    needle: Needle | None = None


class Preview(_Read):
    """Of a picture, by a calibration."""

    reading: Reading


class Proposal(_Read):
    """What sight proposes."""

    calibration: dict[str, JsonValue] | None
    doubts: tuple[str, ...] = ()
    message: str = ""


class Calibrated(_Read):
    """As it is kept."""

    calibration: dict[str, JsonValue]


PREVIEW, PROPOSAL = TypeAdapter(Preview), TypeAdapter(Proposal)
CALIBRATED = TypeAdapter(Calibrated)


class Calibrating:
    """Of one stream."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self.path = f"/v1/streams/{quote(name, safe='')}"
        """Of the stream."""

    async def kept(self) -> dict[str, JsonValue]:
        """The calibration that there is; empty: none.

        Raises:
            ApiFailure: the service does not say.
        """
        try:
            return (await self._api.get(f"{self.path}/calibration", CALIBRATED)).calibration
        except ApiFailure as failure:
            if failure.problem.status == 404:
                return {}
            raise

    async def propose(self, centre: tuple[float, float] | None) -> Proposal:
        """What sight proposes, of the dial around ``centre`` where it is known.

        Raises:
            ApiFailure: the service does not say.
        """
        wish: dict[str, JsonValue] = {} if centre is None else {"centre": list(centre)}
        answer = await self._ask("POST", "/calibration/proposal", wish)
        return read(answer.content, PROPOSAL, "the proposal")

    async def preview(self, document: dict[str, JsonValue]) -> Reading:
        """What would be read by it.

        Raises:
            ApiFailure: it is not a calibration, or the service does not say.
        """
        answer = await self._ask("POST", "/calibration/preview", document)
        return read(answer.content, PREVIEW, "the preview").reading

    async def keep(
        self, document: dict[str, JsonValue], rules: list[dict[str, JsonValue]] | None, *, still: bool
    ) -> None:
        """Read by it from now on, with these alarm rules unless they are None; ``still``: the camera is never pushed.

        Raises:
            ApiFailure: the service does not take it.
        """
        await self._ask("PUT", f"/calibration?reference={'none' if still else 'now'}", document)
        if rules is not None:
            await self._api.ask("PATCH", self.path, json={"options": {"alarms": [*rules]}})

    async def forget(self) -> None:
        """Read without one.

        Raises:
            ApiFailure: there is none, or the service does not say.
        """
        await self._api.ask("DELETE", f"{self.path}/calibration")

    async def _ask(self, method: str, path: str, document: dict[str, JsonValue]) -> httpx.Response:
        """Something about the picture of this moment, or of the next ones where there is none just now."""
        for again in range(TIMES, -1, -1):
            try:
                return await self._api.ask(method, self.path + path, json=document)
            except ApiFailure as failure:
                if failure.problem.code != NOT_LIVE or not again:
                    raise
            await asyncio.sleep(AGAIN_S)
        raise AssertionError("the last time has returned or raised")
