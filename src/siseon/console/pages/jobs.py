"""Jobs: a new one, and all of them with their progress."""

from __future__ import annotations

import json

from nicegui import ui

from siseon.console.api import ApiFailure, Problem
from siseon.console.jobs.known import SERVED, Job
from siseon.console.jobs.saying import progress_of, state_of
from siseon.console.parts.basic import Cell, Link, Table, button, card, empty, error_panel, loading
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.fields import AreaField, TextField, fields
from siseon.console.parts.numbers import span
from siseon.console.parts.sender import Sender
from siseon.console.paths import API, BASE
from siseon.console.view import Page, View
from siseon.console.words import Words
from siseon.contracts import FailureCode


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.jobs
    with tag("div", "page-head"):
        tag("h1", "", words.title)
    with card(words.new):
        await _new(view)
    with tag("div") as waiting:
        loading(view.words.every_page)
    with tag("div", "hidden") as content, card(words.all):
        heads = (words.job, words.state, words.application, words.progress, words.left, words.created)
        table = Table(words.all, heads, none=words.nothing)

    def show(news: tuple[Job, ...] | Problem) -> None:
        waiting.clear()
        set_class(content, "hidden", isinstance(news, Problem) or not news)
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.jobs.ask_again)
        elif news:
            table.show([_row(job, view.words) for job in news])
        else:
            with waiting, card():
                empty(words.nothing, words.nothing_more, "jobs")

    view.follow(view.feeds.jobs, show)


async def _new(view: View) -> None:
    words = view.words.jobs
    try:
        served = [one.name for one in await view.api.get("/v1/pipelines", SERVED)]
    except ApiFailure as failure:
        error_panel(view.words.every_page, failure.problem)
        return
    tag("p", "dim small", words.new_note)
    with fields():
        application = TextField(words.application, served[0] if served else "", choices=served)
        options = TextField(words.options, "")

    async def sent(job: str) -> None:
        ui.navigate.to(f"/jobs/{job}")  # it puts the console before it

    def refused(problem: Problem) -> None:
        told.clear()
        with told:
            error_panel(view.words.every_page, problem)

    sender = Sender(
        f"{API}/v1/jobs",
        "id",
        choose=words.choose,
        folder=words.folder,
        drop=words.drop,
        sending=words.sending,
        unanswered=words.unanswered,
        no_files=view.words.every_page.no_files,
        sent=sent,
        refused=refused,
    )

    addresses = AreaField(words.addresses, rows=2)

    def send() -> None:
        told.clear()
        urls = addresses.value.split()
        try:
            chosen = json.loads(options.value or "{}")
        except ValueError:
            refused(Problem(code=FailureCode.invalid_input, detail=words.wrong_options, ours=True))
            return
        order = {"application": application.value.strip(), "options": chosen, "pictures": True, "urls": urls}
        sender.send(json.dumps(order), needed=not urls)

    button(words.submit, send, kind="primary", symbol="upload")
    told = tag("div", role="status")


def _row(job: Job, words: Words) -> tuple[Cell, ...]:
    own = words.jobs
    return (
        Link(job.id[-8:], f"{BASE}/jobs/{job.id}"),
        state_of(job, own),
        job.application,
        progress_of(job, own),
        "–" if job.left_s is None else span(job.left_s, words.every_page),
        job.created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
    )


JOBS = Page("/jobs", lambda words: words.jobs.title, build, "jobs")
