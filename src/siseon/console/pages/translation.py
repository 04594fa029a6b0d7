"""One translated picture of a job: before and after, and its regions, which are changed and rendered again."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import ApiFailure, Problem
from siseon.console.parts.basic import Badge, empty, error_panel, link
from siseon.console.parts.dom import set_text, tag
from siseon.console.paths import BASE
from siseon.console.translations.editor import Editor, find_item
from siseon.console.view import Page, View
from siseon.contracts import FailureCode

MOST_DIGITS = 7


async def build(view: View) -> None:
    """Make the page."""
    words, job = view.words.translation, str(view.request.path_params["job"])
    told = str(view.request.path_params["number"])
    link(words.back.format(job=job[-8:]), f"{BASE}/jobs/{quote(job, safe='')}", "back", symbol="back")
    with tag("div", "page-head"):
        title = tag("h1", "", words.compare)
        state = Badge("wait", view.words.every_page.loading)
    number = int(told) if told.isascii() and told.isdecimal() and len(told) <= MOST_DIGITS else -1
    try:
        item = await find_item(view, f"/v1/jobs/{quote(job, safe='')}/items", max(number, 0))
        if item is None or number < 0:
            code = FailureCode.job_not_found
            raise ApiFailure(Problem(code=code, detail=f"job {job[-8:]} has no item {told[:20]}"))
        set_text(title, item.input)
        if item.state != "done" or not item.files:
            state.show("off", getattr(view.words.jobs, item.state))
            empty(words.no_result, words.no_result_more)
            return
        await Editor(view, job, number, state).begin(item)
    except ApiFailure as failure:
        state.show("bad", failure.problem.code)
        error_panel(view.words.every_page, failure.problem)


TRANSLATION = Page("/jobs/{job}/items/{number}", lambda words: words.translation.compare, build)
