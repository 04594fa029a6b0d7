"""The people of a job on its page: the timeline as it was made last, what is corrected, how its making goes on."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from nicegui import background_tasks

from siseon.console.api import ApiFailure, Problem
from siseon.console.jobs.known import ENDED, ITEMS, Conclusion, File, Job
from siseon.console.parts.basic import card, empty, error_panel, loading
from siseon.console.parts.cast import Rendering
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.numbers import count, size
from siseon.console.paths import API
from siseon.console.people.correcting_part import CorrectingPart
from siseon.console.people.held import Held, held_now
from siseon.console.people.known import LARGEST, Timeline
from siseon.console.people.spans import Lanes
from siseon.console.people.timeline_part import TimelinePart
from siseon.console.view import View
from siseon.contracts import FailureCode

PART = re.compile(r"#t=([0-9.]{1,12}),([0-9.]{1,12})\Z")
"""What an input of a job is called that is a part of a video."""
TIMELINE = "timeline.json"

Made = tuple[datetime | None, Lanes, int]
"""When it was made, the lanes, and the milliseconds of a part of the video."""


class People:
    """Changed in place."""

    def __init__(self, view: View, job_id: str) -> None:
        self._view, self._id, self._words = view, job_id, view.words.people
        self._stood: object = None
        self._rendered: tuple[int, str] | None = None
        self._made: Made | None = None
        self._asking = 0
        with card(self._words.title, "people"):
            self._told = tag("div")
            self._rendering = tag("div")
            with tag("div", "hidden people-parts") as self._content:
                self._notes = tag("div", "small")
                self._timeline = TimelinePart(view.words, self._chosen, self._at)
        with tag("div", "hidden") as self._correcting_place:
            self._correcting = CorrectingPart(view, job_id, self._timeline.choose)

    def show(self, job: Job) -> None:
        """How the job stands now."""
        made = job.conclusion
        self._show_rendering(job, made)
        stood = (
            (made.made_at, made.revision, made.state) if made is not None else None,
            tuple(job.files),
            (job.done, job.state) if made is None or not made.files else None,
        )
        if stood != self._stood:
            self._stood = stood
            self._asking += 1
            background_tasks.create(self._load(job, self._asking))

    def _chosen(self, person: int) -> None:
        self._correcting.pick(person)

    def _at(self, at_ms: int) -> None:
        self._correcting.at(at_ms)

    def _show_rendering(self, job: Job, made: Conclusion | None) -> None:
        """A bar while it is being made."""
        goes_on = made is not None and made.state in ("waiting", "running")
        wanted = (made.revision, made.state) if made is not None and goes_on else None
        if wanted == self._rendered:
            return
        self._rendered = wanted
        self._rendering.clear()
        if made is not None and goes_on:
            waiting = getattr(self._view.words.jobs, f"conclusion_{made.state}")
            with self._rendering:
                Rendering(
                    f"{API}{job.events}",
                    job.last_event,
                    name=self._words.rendering,
                    sentence=self._words.step,
                    waiting=waiting,
                    steps=dict(self._words.told.steps),
                )

    async def _load(self, job: Job, asking: int) -> None:
        """Fetch what there is and show it, unless something newer is asked for meanwhile."""
        made, own = job.conclusion, self._words
        file = next((each for each in made.files if each.name == TIMELINE), None) if made else None
        if made is None or file is None:
            left = job.state not in ENDED and job.done < job.total
            text = own.not_yet.format(done=count(job.done), total=count(job.total))
            self._say(text if left else "" if self._rendered else own.no_timeline)
            return
        if file.nbytes > LARGEST:
            self._say(own.too_large.format(size=size(file.nbytes)))
            return
        try:
            if self._made is None or self._made[0] != made.made_at:
                if self._made is None:
                    self._wait()
                lanes = await self._fetched(file, made.made_at)
                fresh: Made = (made.made_at, lanes, await self._part_ms(lanes.timeline))
            else:
                fresh = self._made
            held = await held_now(self._view.api, self._id)
        except ApiFailure as failure:
            if asking == self._asking and not self._view.client.is_deleted:
                self._fail(failure.problem)
            return
        if asking == self._asking and not self._view.client.is_deleted:
            self._show(job, made, fresh, held)

    def _show(self, job: Job, made: Conclusion, fresh: Made, held: Held) -> None:
        own = self._words
        _, lanes, part_ms = fresh
        timeline = lanes.timeline
        another = fresh is not self._made
        self._made = fresh
        self._told.clear()
        set_class(self._content, "hidden", not timeline.people)
        set_class(self._correcting_place, "hidden", not timeline.people and held == Held())
        if not timeline.people:
            with self._told:
                empty(own.nobody, own.nobody_more)
        if another:
            self._notes.clear()
            with self._notes:
                if timeline.coverage.chunks_missing:
                    tag(
                        "p",
                        "error-line",
                        own.parts_missing.format(count=count(timeline.coverage.chunks_missing)),
                    )
                ours = dict(own.told.warnings)
                for warning in timeline.privacy.warnings[:5]:
                    tag("p", "dim", ours.get(warning, warning))
            self._timeline.show(lanes, _video(made))
        self._correcting.show(timeline, held, part_ms, made.state)

    async def _fetched(self, file: File, made_at: datetime | None) -> Lanes:
        try:
            return await self._view.feeds.timelines.of(file, made_at)
        except ValueError:
            raise ApiFailure(
                Problem(code=FailureCode.contract_violation, detail=self._words.unreadable, ours=True)
            ) from None

    async def _part_ms(self, timeline: Timeline) -> int:
        """How long a part of the video is: the first one says it."""
        path = f"/v1/jobs/{quote(self._id, safe='')}/items?limit=1"
        items = await self._view.api.get(path, ITEMS, by_itself=True)
        found = PART.search(items[0].input) if items else None
        whole = max(1, timeline.duration_ms)
        return max(1, round((float(found[2]) - float(found[1])) * 1000)) if found else whole

    def _say(self, text: str) -> None:
        self._told.clear()
        set_class(self._content, "hidden", True)
        set_class(self._correcting_place, "hidden", True)
        with self._told:
            tag("p", "dim", text)

    def _wait(self) -> None:
        self._told.clear()
        with self._told:
            loading(self._view.words.every_page)

    def _fail(self, problem: Problem) -> None:
        self._told.clear()
        with self._told:
            error_panel(self._view.words.every_page, problem)


def _video(made: Conclusion) -> str:
    """The address of the video as it was made now: under the same one a browser would go on with the one before."""
    for file in made.files:
        if file.media_type == "video/mp4":
            when = int(made.made_at.timestamp() * 1000) if made.made_at else made.revision
            return f"{API}{file.path}?made={when}"
    return ""
