"""The items of a job: a part of them at a time, each with its pictures, its result or why it failed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from nicegui.element import Element

from siseon.console.api import ApiFailure, read
from siseon.console.jobs.known import ITEMS, Failed, Item, Job
from siseon.console.jobs.saying import TONES
from siseon.console.parts.basic import Badge, button, card, error_panel, link
from siseon.console.parts.compare import Compare
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.failure import explain
from siseon.console.parts.fields import SelectField, fields
from siseon.console.parts.numbers import count
from siseon.console.paths import API, BASE
from siseon.console.translations.editor import names_of
from siseon.console.view import View

SHOWN = 60
"""Items at once."""
TRANSLATION = "translation"
MOST_PICTURES = 4
"""Of an item."""
PICTURES = (".jpg", ".png", ".webp", ".gif")
"""That browsers show; a GeoTIFF is fetched instead."""


class ItemsPart:
    """Changed in place; ``load`` reads those that are looked at."""

    def __init__(self, view: View, job_id: str) -> None:
        self._view, self._id, self._words = view, job_id, view.words.jobs
        self._job: Job | None = None
        self._first = 0
        self._drawn: dict[int, tuple[Item, Element]] = {}
        """By number."""
        own = self._words
        with card(own.items):
            with fields():
                self._which = SelectField(own.which, (own.every, own.failed), changed=self._from_the_first)
            self._told = tag("div", role="status")
            self._none = tag("p", "dim hidden", own.no_items)
            self._items = tag("div", "gallery")
            with tag("div", "fields actions"):
                self._before = button(own.before, lambda: self._turn(-SHOWN))
                self._after = button(own.after, lambda: self._turn(SHOWN))

    async def load(self, job: Job | None = None) -> None:
        """Read them, and show them; ``job``: as it stands now."""
        self._job = job or self._job
        query: dict[str, str | int | float | bool | list[str]] = {"limit": SHOWN}
        if self._which.value:
            query["state"] = "failed"
        else:
            query["after"] = self._first - 1
        path = f"/v1/jobs/{quote(self._id, safe='')}/items"
        try:
            response = await self._view.api.ask("GET", path, query=query, by_itself=True)
            items = read(response.content, ITEMS, path)
        except ApiFailure as failure:
            if not self._view.client.is_deleted:
                self._told.clear()
                with self._told:
                    error_panel(self._view.words.every_page, failure.problem, self.load)
            return
        if not self._view.client.is_deleted:
            self._told.clear()
            self._show(items)

    def _show(self, items: Sequence[Item]) -> None:
        """An item that is as it was stays, with its pictures."""
        for gone in self._drawn.keys() - {item.number for item in items}:
            self._drawn.pop(gone)[1].delete()
        with self._items:
            for place, item in enumerate(items):
                before, element = self._drawn.get(item.number, (None, None))
                if item == before:
                    continue
                if element is not None:
                    element.delete()
                self._drawn[item.number] = item, self._item(item).move(target_index=place)
        set_class(self._none, "hidden", bool(items))
        set_class(self._items, "compared", self._is_translated)
        total = self._job.total if self._job else 0
        set_class(self._before, "hidden", self._first == 0 or bool(self._which.value))
        set_class(self._after, "hidden", self._first + SHOWN >= total or bool(self._which.value))

    async def _from_the_first(self) -> None:
        self._first = 0
        await self.load()

    async def _turn(self, by: int) -> None:
        self._first = max(0, self._first + by)
        await self.load()

    @property
    def _is_translated(self) -> bool:
        return self._job is not None and self._job.application == TRANSLATION

    def _item(self, item: Item) -> Element:
        own = self._words
        compared = self._is_translated and bool(item.files)
        with tag("article", "item") as made:
            if compared:
                self._compared(item)
            pictures = () if compared else [path for path in item.files if path.endswith(PICTURES)]
            for path in pictures[:MOST_PICTURES]:
                with tag("a", href=f"{API}{path}", target="_blank", rel="noopener"):
                    tag("img", src=f"{API}{path}", alt=own.drawn.format(name=item.input), loading="lazy")
            with tag("div", "item-name"):
                tag("span", "dim", count(item.number + 1))
                tag("span", "", item.input)
            Badge(TONES[item.state], getattr(own, item.state))
            if item.failure is not None and item.state != "done":
                self._why(item.failure)
            for path in [path for path in item.files if not path.endswith(PICTURES)][:MOST_PICTURES]:
                kind = self._view.words.translation.edit_file if compared else path.rpartition(".")[2].upper()
                link(kind, f"{API}{path}", "small", symbol="download", download=True)
            if item.result is not None:
                tag("a", "small", own.result, href=f"{API}{item.result}", target="_blank", rel="noopener")
        return made

    def _why(self, failure: Failed) -> None:
        every_page = self._view.words.every_page
        tag("p", "small", every_page.failures.title(failure.code) or every_page.failed)
        tag("code", "", failure.code)
        explain(every_page, failure.code, failure.message, failure.hint)

    def _compared(self, item: Item) -> None:
        """A translated picture, before and after."""
        words = self._view.words.translation
        before = None if item.picture is None else f"{API}{item.picture}"
        Compare(names_of(words)).show(before, f"{API}{item.files[0]}", words.picture.format(name=item.input))
        target = f"{BASE}/jobs/{quote(self._id, safe='')}/items/{item.number}"
        with tag("div", "fields actions"):
            link(words.compare, target, "button", symbol="edit")
            if item.unedited:
                Badge("info", words.edited)
