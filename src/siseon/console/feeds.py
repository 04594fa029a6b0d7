"""What pages may follow, once for the whole console."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, TypeAdapter

from siseon.console.api import Api, read
from siseon.console.figures import read_figures
from siseon.console.history import EVERY_S, History, Overview
from siseon.console.jobs.known import JOB, JOBS, Job
from siseon.console.live.known import EVENTS, AlarmEvent
from siseon.console.live.watching import EVERY_S as WATCH_S
from siseon.console.live.watching import Watched, Watching
from siseon.console.models.known import MODELS, Known, Paces
from siseon.console.oil.flights import Flights
from siseon.console.oil.growing import Growing
from siseon.console.people.timelines import Timelines
from siseon.console.poller import Feed
from siseon.console.traces.known import REPORTS, TRACES, Kept


class Ready(BaseModel):
    """What ``/readyz`` says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: str
    version: str


READY = TypeAdapter(Ready)


class Feeds:
    """Of one service; a page follows them with ``view.follow``."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._history = History()
        self._paces = Paces()
        self.overview: Feed[Overview] = Feed(self._ask_overview, EVERY_S)
        self.ready: Feed[Ready] = Feed(self._ask_ready, EVERY_S)
        self.models: Feed[Known] = Feed(self._ask_models, EVERY_S)
        self.streams: Feed[Watched] = Feed(Watching(api).look, WATCH_S)
        self.alarm_events: Feed[tuple[AlarmEvent, ...]] = Feed(self._ask_alarm_events, EVERY_S)
        self.traces: Feed[Kept] = Feed(self._ask_traces, EVERY_S)
        self.jobs: Feed[tuple[Job, ...]] = Feed(self._ask_jobs, EVERY_S)
        self.flights = Flights(api)
        self.growing = Growing(api)
        self.timelines = Timelines(api)
        self._of_jobs: dict[str, Feed[Job]] = {}

    async def close(self) -> None:
        """Stop all."""
        fixed: tuple[Feed[Any], ...] = (
            self.overview,
            self.ready,
            self.models,
            self.traces,
            self.jobs,
            self.streams,
            self.alarm_events,
        )
        for feed in (*fixed, *self._of_jobs.values()):
            await feed.close()

    def job(self, job_id: str) -> Feed[Job]:
        """One job, for all pages that look at it."""
        if job_id not in self._of_jobs:
            for other in [each for each, feed in self._of_jobs.items() if not feed.followers]:
                del self._of_jobs[other]
            self._of_jobs[job_id] = Feed(partial(self._ask_job, job_id), EVERY_S)
        return self._of_jobs[job_id]

    async def _ask_overview(self) -> Overview:
        response = await self._api.ask("GET", "/metrics", accept="text/plain", by_itself=True)
        return self._history.add(time.monotonic(), read_figures(response.text))

    async def _ask_ready(self) -> Ready:
        response = await self._api.ask("GET", "/readyz", also=(503,), by_itself=True)
        return read(response.content, READY, "/readyz")

    async def _ask_models(self) -> Known:
        models = await self._api.get("/v1/models", MODELS, by_itself=True)
        return self._paces.add(time.monotonic(), models)

    async def _ask_alarm_events(self) -> tuple[AlarmEvent, ...]:
        """The newest ones, the newest first."""
        events = await self._api.get("/v1/alarms/events?limit=100", EVENTS, by_itself=True)
        return events[::-1]

    async def _ask_traces(self) -> Kept:
        traces = await self._api.get("/v1/traces", TRACES, by_itself=True)
        return Kept(traces, await self._api.get("/v1/traces/report", REPORTS, by_itself=True))

    async def _ask_jobs(self) -> tuple[Job, ...]:
        return await self._api.get("/v1/jobs", JOBS, by_itself=True)

    async def _ask_job(self, job_id: str) -> Job:
        return await self._api.get(f"/v1/jobs/{quote(job_id, safe='')}", JOB, by_itself=True)
