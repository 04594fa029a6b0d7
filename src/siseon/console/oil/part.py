"""What the page of a job of ``oilspill`` shows beside what all jobs have: the flight's map, its tables, its report."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import background_tasks

from siseon.console.api import ApiFailure
from siseon.console.jobs.known import ENDED, ITEMS, Conclusion, Job
from siseon.console.oil.flights import Mapped
from siseon.console.oil.growing_part import GrowingPart
from siseon.console.oil.known import REPORTS
from siseon.console.oil.shown import Shown
from siseon.console.parts.basic import card, empty, error_panel, loading
from siseon.console.parts.dom import tag
from siseon.console.parts.numbers import count
from siseon.console.paths import API
from siseon.console.view import View

APPLICATION = "oilspill"
AT_A_TIME = 500
MOST_FAILED = 20
"""Frames that are named; all are among the job's inputs."""


class OilPart:
    """It is changed as the job goes on; drawn anew only when its files are others."""

    def __init__(self, view: View, job_id: str) -> None:
        self._view, self._id, self._words = view, job_id, view.words.oil
        self._drawn: object = None
        self._asked = self._all_failed = 0
        self._growing: GrowingPart | None = None
        self._part = tag("div", "oil")

    def show(self, job: Job) -> None:
        """As the job stands."""
        made, self._all_failed = job.conclusion, job.failed
        if made is not None and made.files:
            # While it is made again the files are those of before, which are shown already.
            is_news = made.state == "done" or not isinstance(self._drawn, Conclusion)
            if self._drawn != made and is_news:
                self._drawn = made
                background_tasks.create(self._draw(made))
            return
        told = self._waiting(job, made)
        if self._drawn == told:
            return
        self._drawn = told
        self._asked += 1
        if job.done and made is not None and made.state in ("pending", "waiting", "running"):
            self._grow(job, told)
            return
        self._clear()
        with self._part, card(self._words.map):
            if job.state in ENDED and (made is None or made.state not in ("waiting", "running")):
                empty(told, symbol="layers")
            else:
                loading(self._view.words.every_page, told)

    def _waiting(self, job: Job, made: Conclusion | None) -> str:
        if made is None or made.state == "done":
            return self._words.no_files
        if made.state == "failed":
            return self._words.not_made
        words, done = self._words, job.done + job.failed + job.cancelled
        if job.state in ENDED and made.state == "pending":
            return words.cancelled if job.done else words.unanswered
        if job.state in ENDED:
            return words.making
        return (words.growing if job.done else words.later).format(done=count(done), total=count(job.total))

    def _grow(self, job: Job, told: str) -> None:
        """The frames that were answered so far."""
        if self._growing is None:
            self._part.clear()
            with self._part, card(self._words.map):
                self._growing = GrowingPart(self._view, self._id)
        self._growing.show(job, told)

    def _clear(self) -> None:
        self._growing = None
        self._part.clear()

    async def _draw(self, made: Conclusion) -> None:
        self._asked += 1
        asked = self._asked
        self._clear()
        with self._part, card(self._words.map):
            loading(self._view.words.every_page, self._words.reading)
        try:
            mapped = await self._view.feeds.flights.of(made)
            failed = await self._failed()
        except ApiFailure as failure:
            if asked == self._asked and not self._view.client.is_deleted:
                self._refused(failure, made)
            return
        if asked != self._asked or self._view.client.is_deleted:
            return  # the job has gone on, or the page is closed
        self._part.clear()
        with self._part:
            if mapped is None:
                with card(self._words.map):
                    empty(self._words.no_files, symbol="layers")
                return
            self._show(mapped, made, failed)

    def _show(self, mapped: Mapped, made: Conclusion, failed: list[str]) -> None:
        with card(self._words.map):
            shown = Shown(self._view, self._id, mapped)
            self._name(failed)
            self._reports(made)
            tag("p", "dim small", self._words.limits)
        shown.tables()

    def _refused(self, failure: ApiFailure, made: Conclusion) -> None:
        async def again() -> None:
            await self._draw(made)

        self._part.clear()
        with self._part, card(self._words.map):
            error_panel(self._view.words.every_page, failure.problem, again)
            self._reports(made)

    def _reports(self, made: Conclusion) -> None:
        names = dict(zip(REPORTS, (self._words.report_html, self._words.report_pdf), strict=True))
        with tag("div", "actions"):
            for file in made.files:
                if file.name in names:
                    address = f"{API}{file.path}"
                    tag("a", "button", names[file.name], href=address, target="_blank", rel="noopener")

    def _name(self, failed: list[str]) -> None:
        if not failed:
            return
        words, many = self._words, max(len(failed), self._all_failed)
        with tag("details", "more note warn"):
            tag("summary", "", words.failed.format(count=count(many)))
            with tag("ul", "oil-failed"):
                for each in failed[:MOST_FAILED]:
                    tag("li", "", each)
                if many > MOST_FAILED:
                    tag("li", "dim", words.failed_more.format(count=count(many - MOST_FAILED)))

    async def _failed(self) -> list[str]:
        """Frames that failed, and why.

        Raises:
            ApiFailure: as the service says.
        """
        path = f"/v1/jobs/{quote(self._id, safe='')}/items?state=failed&limit={AT_A_TIME}"
        items = await self._view.api.get(path, ITEMS, by_itself=True)
        return [
            f"{item.input}: {item.failure.code}" if item.failure is not None else item.input for item in items
        ]
