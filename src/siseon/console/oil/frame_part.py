"""A frame that was clicked: its picture with what was found, what is known of it, and its result."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import ApiFailure
from siseon.console.jobs.known import ITEMS, Item
from siseon.console.oil.known import Frame
from siseon.console.oil.saying import frame_said
from siseon.console.parts.basic import error_panel, loading
from siseon.console.parts.dom import set_class, tag
from siseon.console.paths import API
from siseon.console.view import View

AT_A_TIME = 500
MOST_REASON = 500
"""Letters of why it has no place."""
MOST_ITEMS = 20_000
"""Inputs of a job that are looked through for a frame's."""


class FramePart:
    """Of one job; empty until a frame is opened."""

    def __init__(self, view: View, job_id: str) -> None:
        self._view, self._words = view, view.words.oil
        self._path = f"/v1/jobs/{quote(job_id, safe='')}/items"
        self._items: dict[str, Item] = {}
        """By name; a name that several have is the first one's."""
        self._asked = 0
        self._opened = tag("div", "oil-opened hidden", aria_live="polite")

    async def show(self, frame: Frame) -> None:
        """This one."""
        self._asked += 1
        asked, words = self._asked, self._words
        set_class(self._opened, "hidden", False)
        self._opened.clear()
        with self._opened:
            loading(self._view.words.every_page)
        try:
            item = await self._item(frame.image)
        except ApiFailure as failure:
            if asked == self._asked and not self._view.client.is_deleted:
                self._opened.clear()
                with self._opened:
                    error_panel(self._view.words.every_page, failure.problem)
            return
        if asked != self._asked or self._view.client.is_deleted:
            return  # another one was clicked meanwhile, or the page is closed
        self._opened.clear()
        said = frame_said(frame, words)
        with self._opened:
            tag("h3", "", said.title)
            if item is not None and item.files:
                picture = f"{API}{item.files[0]}"
                with tag("a", "oil-picture", href=picture, target="_blank", rel="noopener"):
                    tag("img", src=picture, alt=words.picture.format(name=said.title), loading="lazy")
            with tag("dl", "facts"):
                for name, value in said.facts:
                    tag("dt", "", name)
                    tag("dd", "", value)
            if frame.no_position:
                tag("p", "dim small", frame.no_position[:MOST_REASON])
            if item is None or item.result is None:
                tag("p", "dim", words.no_item)
            else:
                with tag("div", "oil-links"):
                    address = f"{API}{item.result}"
                    tag("a", "button", words.result, href=address, target="_blank", rel="noopener")
        # It was chosen in the table, perhaps, far below.
        self._opened.run_method("scrollIntoView", {"block": "nearest"})

    async def _item(self, name: str) -> Item | None:
        """The input that a frame was.

        Raises:
            ApiFailure: the job is gone, say.
        """
        known = self._items.get(name)
        if known is None or known.result is None:  # it may have been answered since
            self._items, after = {}, -1
            while len(self._items) < MOST_ITEMS:
                page = f"{self._path}?limit={AT_A_TIME}&after={after}"
                items = await self._view.api.get(page, ITEMS, by_itself=True)
                for item in items:
                    self._items.setdefault(item.input, item)
                if len(items) < AT_A_TIME:
                    break
                after = items[-1].number
        return self._items.get(name)
