"""A translated picture, before and after, with the list of its regions beside it; what is changed there is rendered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from siseon.console.api import ApiFailure, Problem, read
from siseon.console.parts.basic import Badge, button, card, error_panel, hold, link, loading
from siseon.console.parts.compare import Compare, Marked, Names
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.fields import SelectField, fields
from siseon.console.paths import API
from siseon.console.translations.draft import Draft, Placed
from siseon.console.translations.known import ITEMS, PageItem, Region, read_page
from siseon.console.translations.listing import Listing
from siseon.console.view import View
from siseon.console.words.translation import TranslationWords
from siseon.contracts import FailureCode

REGION = re.compile(r"\bregions\.(\d{1,5})\b(\.)?")
"""How the service names one, from 0."""


def names_of(words: TranslationWords) -> Names:
    """Words on a picture before and after."""
    return Names(words.before, words.after, words.slider, words.unseen)


class Editor:
    """Of one item of a job."""

    def __init__(self, view: View, job: str, number: int, badge: Badge) -> None:
        self._view, self._number, self._badge = view, number, badge
        self._words = words = view.words.translation
        self._path = f"/v1/jobs/{quote(job, safe='')}/items"
        self._item: PageItem | None = None
        self._draft: Draft | None = None
        self._tag = ""
        """Of the result that the draft changes."""
        self._chosen = -1
        self._sure = self._busy = False
        self._told = tag("div", role="status")
        with tag("div", "translation"):
            with tag("div", "stack"):
                self._picture = Compare(names_of(words), selected=self._choose, moved=self._moved)
                with tag("div", "card render-bar"):
                    self._render_button = button(words.render, self._render, kind="primary", symbol="refresh")
                    self._discard_button = button(words.discard, self._discard)
                    self._state = tag("span", "dim", words.saved, role="status")
                self._files = tag("div", "card")
            with tag("div", "stack"), card(words.regions):
                tag("p", "dim small", words.regions_note)
                with fields("actions"):
                    choices = (words.every, words.not_translated, words.doubtful)
                    self._which = SelectField(words.show, choices, changed=self._filter)
                    self._add_button = button(words.add, self._add, symbol="plus")
                self._listing = Listing(view.words, self._choose, self._changed)

    async def begin(self, item: PageItem, base: Sequence[Region] | None = None) -> None:
        """With what stands there; ``base``: what was changed since that stays on top of it."""
        path = f"{self._path}/{item.number}/result"
        response = await self._view.api.ask("GET", path)
        self._tag = response.headers.get("etag", "")
        page = await asyncio.to_thread(read_page, response.content, path)
        draft = None if base is None else self._draft
        self._item, self._draft = item, Draft(page) if draft is None else draft.onto(page, base or ())
        self._sure = False
        words = self._words
        if item.unedited:
            self._badge.show("info", words.edited)
        else:
            self._badge.show("ok", words.as_translated)
        before = None if item.picture is None else f"{API}{item.picture}"
        alt = words.picture.format(name=item.input)
        self._picture.show(before, f"{API}{item.files[0]}", alt, page.width, page.height)
        self._listing.show(self._draft, self._which.value)
        self._show_files(item)
        set_class(self._add_button, "hidden", item.picture is None)
        self._choose(self._chosen if self._chosen < len(self._draft.regions) else -1)
        self._changed()

    def _show_files(self, item: PageItem) -> None:
        words = self._words
        self._files.clear()
        told = [(words.download, item.files[0])]
        told += [(words.edit_file, path) for path in item.files[1:2]]
        told += [(words.first_made, path) for path in item.unedited[1:2]]
        if item.picture is not None:
            told.append((words.came, item.picture))
        with self._files:
            with tag("div", "render-bar"):
                for name, path in told:
                    link(name, f"{API}{path}", "button quiet", symbol="download", download=True)
                if item.unedited:
                    label = words.take_back_sure if self._sure else words.take_back
                    button(label, self._take_back, kind="danger")
            if item.picture is None:
                tag("p", "dim small", words.not_kept)

    def _choose(self, number: int) -> None:
        if self._draft is None or number >= len(self._draft.regions):
            return
        self._chosen = number
        self._listing.open(number)
        self._mark()

    def _changed(self) -> None:
        if self._draft is None:
            return
        changes, words = self._draft.changes, self._words
        set_text(self._state, words.unsaved.format(count=changes) if changes else words.saved)
        can = bool(changes) and not self._busy and self._item is not None and self._item.picture is not None
        hold(self._render_button, not can)
        hold(self._discard_button, not changes or self._busy)
        self._mark()

    def _mark(self) -> None:
        if self._draft is None:
            return
        marked = [
            Marked(region.polygon, _state(region, changed=self._draft.is_changed(number)))
            for number, region in enumerate(self._draft.regions)
        ]
        self._picture.draw(marked, self._chosen, unsaved=bool(self._draft.changes))

    def _moved(self, number: int, x: float, y: float, width: float, height: float) -> None:
        if self._draft is None or not 0 <= number < len(self._draft.regions):
            return
        angle = Placed.of(self._draft.regions[number]).angle
        self._draft.place(number, Placed(x, y, width, height, angle))
        self._listing.refresh(number)
        self._listing.open(number)
        self._changed()

    def _filter(self) -> None:
        if self._draft is not None:
            self._listing.show(self._draft, self._which.value)
            self._choose(-1)

    def _add(self) -> None:
        if self._draft is not None:
            number = self._draft.add()
            self._listing.show(self._draft, self._which.value)
            self._choose(number)
            self._changed()

    def _discard(self) -> None:
        if self._draft is not None and not self._busy:
            self._draft = Draft(self._draft.page)
            self._told.clear()
            self._listing.show(self._draft, self._which.value)
            self._choose(-1)
            self._changed()

    async def _render(self) -> None:
        if self._draft is None or self._busy or not self._draft.changes:
            return
        stands = len(self._draft.page.regions)
        if any(not region.translated for region in self._draft.regions[stands:]):
            self._fail(Problem(code=FailureCode.invalid_input, detail=self._words.no_text, ours=True))
            return
        await self._send("PUT")

    async def _take_back(self) -> None:
        if self._item is None or self._busy:
            return
        if self._sure:
            await self._send("DELETE")
            return
        self._sure = True
        self._show_files(self._item)

    async def _send(self, method: Literal["PUT", "DELETE"]) -> None:
        draft = self._draft
        if draft is None:
            return
        sent = tuple(draft.regions)
        self._busy = True
        self._changed()
        self._told.clear()
        with self._told:
            loading(self._view.words.every_page, self._words.rendering)
        try:
            json = await asyncio.to_thread(draft.body, sent) if method == "PUT" else None
            path = f"{self._path}/{self._number}/edit"
            await self._view.api.ask(method, path, json=json, changes=self._tag)
            await self._load(sent if method == "PUT" else None)
        except ApiFailure as failure:
            self._fail(failure.problem)
        else:
            self._told.clear()
        finally:
            self._busy = False
            self._changed()
        if self._draft is not None and not self._draft.changes:
            set_text(self._state, self._words.rendered)

    async def _load(self, base: Sequence[Region] | None) -> None:
        item = await find_item(self._view, self._path, self._number)
        if item is not None:
            await self.begin(item, base)

    async def _load_again(self) -> None:
        try:
            await self._load(None if self._draft is None else self._draft.page.regions)
        except ApiFailure as failure:
            self._fail(failure.problem)
        else:
            self._told.clear()

    def _fail(self, problem: Problem) -> None:
        """Say what did not work; a region that is at fault by the number that it has on the page, and opened."""
        if meant := REGION.search(problem.detail):
            number = int(meant[1])
            name = self._words.region.format(number=number + 1) + (" · " if meant[2] else "")
            problem = problem.model_copy(update={"detail": REGION.sub(name, problem.detail, count=1)})
            self._choose(number)
        self._told.clear()
        with self._told:
            error_panel(self._view.words.every_page, problem)
            if problem.code == FailureCode.superseded:
                button(self._words.load_again, self._load_again, symbol="refresh")


async def find_item(view: View, path: str, number: int) -> PageItem | None:
    """The item of that number."""
    query: dict[str, str | int | float | bool | list[str]] = {"after": number - 1, "limit": 1}
    response = await view.api.ask("GET", path, query=query)
    found = read(response.content, ITEMS, path)
    return found[0] if found and found[0].number == number else None


def _state(region: Region, *, changed: bool) -> str:
    return "changed" if changed else "kept" if region.translated is None else "set"
