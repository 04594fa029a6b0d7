"""Calibrate a gauge by pointing at it: what sight proposes, what a person corrects, and what would be read."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import ApiFailure
from siseon.console.live.known import STREAM
from siseon.console.live.workbench import Workbench
from siseon.console.parts.basic import empty, error_panel, link
from siseon.console.parts.dom import tag
from siseon.console.paths import BASE
from siseon.console.view import Page, View

GAUGES = "gauges"


async def build(view: View) -> None:
    """Make the page."""
    words, name = view.words.calibrate, str(view.request.path_params["name"])
    link(words.back.format(name=name), f"{BASE}/live/{quote(name, safe='')}", "back", symbol="back")
    tag("h1", "", words.title.format(name=name))
    try:
        stream = await view.api.get(f"/v1/streams/{quote(name, safe='')}", STREAM)
    except ApiFailure as failure:
        error_panel(view.words.every_page, failure.problem)
        return
    if stream.application != GAUGES:
        empty(words.not_a_gauge, words.not_a_gauge_more, "info")
        return
    await Workbench(view, stream).begin()


CALIBRATE = Page("/live/{name}/calibrate", lambda words: words.live.title, build)
