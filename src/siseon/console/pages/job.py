"""One job: its progress, its results as they come, what failed and why, and what was made of all of them."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import background_tasks
from nicegui.element import Element

from siseon.console.api import ApiFailure, Problem
from siseon.console.jobs.items_part import ItemsPart
from siseon.console.jobs.known import ENDED, Conclusion, Job
from siseon.console.jobs.saying import progress_of, state_of
from siseon.console.oil.part import APPLICATION as OIL
from siseon.console.oil.part import OilPart
from siseon.console.parts.basic import Badge, Stat, button, card, error_panel, link, loading
from siseon.console.parts.dom import set_attribute, set_class, tag
from siseon.console.parts.fields import AreaField
from siseon.console.parts.numbers import size, span
from siseon.console.paths import API, BASE
from siseon.console.people.part import People
from siseon.console.view import Page, View

PEOPLE = "people"
CORRECTIONS = "corrections"
LEAST_RATE = 0.1
"""Below it a rate is told a minute."""


async def build(view: View) -> None:
    """Make the page."""
    words, job_id = view.words.jobs, view.request.path_params["job"]
    with tag("div", "page-head"):
        tag("h1", "", f"{words.job} {job_id[-8:]}")
        state = Badge("wait", view.words.every_page.loading)
        actions = tag("div", "actions")
    link(words.back, f"{BASE}/jobs", symbol="back")
    with tag("div") as told:
        loading(view.words.every_page)
    with tag("div", "hidden job") as content:
        shown = Shown(view, job_id, actions)

    def show(news: Job | Problem) -> None:
        told.clear()
        set_class(content, "hidden", isinstance(news, Problem))
        if isinstance(news, Problem):
            state.show("bad", news.code)
            with told:
                error_panel(view.words.every_page, news)
            return
        state.show(*state_of(news, words))
        shown.show(news)

    view.follow(view.feeds.job(job_id), show)


class Shown:
    """What is drawn once and then changed."""

    def __init__(self, view: View, job_id: str, actions: Element) -> None:
        self._view, self._id, self._words = view, job_id, view.words.jobs
        self._job: Job | None = None
        self._stood: tuple[int, ...] = ()
        self._concluded: Conclusion | None = None
        self._actions = actions
        self._told = tag("div", role="status")
        self._figures()
        self._people: People | None = None
        self._oil: OilPart | None = None
        self._of_application = tag("div", "of-application")
        self._conclusion = tag("div")
        self._correcting = tag("div")
        self._items = ItemsPart(view, job_id)

    def show(self, job: Job) -> None:
        """Show how it stands now."""
        before, self._job = self._job, job
        own, every_page = self._words, self._view.words.every_page
        self._bar.props["value"] = job.done + job.failed + job.cancelled
        set_attribute(self._bar, "max", max(1, job.total))
        self._bar.update()
        self._progress.show(progress_of(job, own), own.waiting_for_worker if _idle(job) else "")
        rate = job.rate_per_s
        slow = rate is not None and rate < LEAST_RATE
        self._rate.show(
            "–" if rate is None else f"{rate * 60 if slow else rate:.3g}",
            own.per_minute if slow else own.per_second,
        )
        self._left.show("–" if job.left_s is None else span(job.left_s, every_page))
        self._application.show(job.application, job.created_at.astimezone().strftime("%Y-%m-%d %H:%M"))
        if before is None or before.state != job.state or before.failed != job.failed:
            self._show_actions(job)
        if job.application == PEOPLE:
            self._show_people(job)
        if job.application == OIL:
            self._show_oil(job)
        if job.conclusion != self._concluded:
            self._concluded = job.conclusion
            self._show_conclusion(job.conclusion)
        if before is None or before.files != job.files:
            self._show_correcting(job)
        stood = (job.done, job.failed, job.cancelled)
        if stood != self._stood:
            self._stood = stood
            background_tasks.create(self._items.load(job))

    def _figures(self) -> None:
        own = self._words
        self._bar = tag("progress", "job-bar", aria_label=own.progress, value=0, max=1)
        with tag("div", "stats"):
            self._progress = Stat(own.progress)
            self._rate = Stat(own.rate)
            self._left = Stat(own.left)
            self._application = Stat(own.application)

    def _show_actions(self, job: Job) -> None:
        own = self._words
        self._actions.clear()
        with self._actions:
            link(own.archive, f"{API}{job.results}", "button", symbol="download", download=True)
            if job.state in ENDED:
                if job.failed or job.cancelled:
                    button(own.retry, lambda: self._do("POST", "/retry"), symbol="refresh")
            else:
                button(own.cancel, lambda: self._do("POST", "/cancel"), kind="danger")

    async def _do(self, method: str, operation: str, toml: str | None = None) -> None:
        try:
            path = f"/v1/jobs/{quote(self._id, safe='')}{operation}"
            await self._view.api.ask(method, path, toml=toml)
        except ApiFailure as failure:
            self._told.clear()
            with self._told:
                error_panel(self._view.words.every_page, failure.problem)
        else:
            self._told.clear()
        await self._view.feeds.job(self._id).ask_again()

    def _show_conclusion(self, made: Conclusion | None) -> None:
        self._conclusion.clear()
        if made is None:
            return
        own = self._words
        with self._conclusion, card(own.conclusion):
            if made.failure is not None and made.state != "done":
                code, hint = made.failure.code, made.failure.hint
                error_panel(
                    self._view.words.every_page, Problem(code=code, detail=made.failure.message, hint=hint)
                )
            elif made.state != "done":
                loading(self._view.words.every_page, getattr(own, f"conclusion_{made.state}"))
            for file in made.files:
                if file.media_type == "video/mp4" and self._people is None:
                    tag("video", "result-video", src=f"{API}{file.path}", controls=True, preload="metadata")
            for file in made.files:
                if file.media_type in ("image/png", "image/jpeg"):
                    tag("img", "result-picture", src=f"{API}{file.path}", alt=file.name, loading="lazy")
            with tag("ul", "files"):
                for file in made.files:
                    with tag("li"):
                        link(file.name, f"{API}{file.path}", download=True)
                        tag("span", "dim small", size(file.nbytes))

    def _show_people(self, job: Job) -> None:
        if self._people is None:
            with self._of_application:
                self._people = People(self._view, self._id)
        self._people.show(job)

    def _show_oil(self, job: Job) -> None:
        if self._oil is None:
            with self._of_application:
                self._oil = OilPart(self._view, self._id)
        self._oil.show(job)

    def _show_correcting(self, job: Job) -> None:
        self._correcting.clear()
        if job.application != PEOPLE:
            return
        own = self._words
        with self._correcting, card(), tag("details", "experts"):
            tag("summary", "", self._view.words.people.experts)
            tag("p", "dim small", own.correct_note)
            area = AreaField(own.corrections)
            button(own.apply, lambda: self._do("PUT", f"/files/{CORRECTIONS}", area.value))
            if CORRECTIONS in job.files:
                target = f"{API}{job.files[CORRECTIONS]}"
                link(own.corrections_now, target, download=True)
                button(own.uncorrect, lambda: self._do("DELETE", f"/files/{CORRECTIONS}"), kind="quiet")


def _idle(job: Job) -> bool:
    return job.state not in ENDED and not job.workers


JOB = Page("/jobs/{job}", lambda words: words.jobs.title, build)
