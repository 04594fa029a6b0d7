"""The map of a flight whose job goes on: each frame as it was answered, told apart from what is made of all of them."""

from __future__ import annotations

from nicegui import background_tasks

from siseon.console.api import ApiFailure
from siseon.console.jobs.known import Job
from siseon.console.oil.frame_part import FramePart
from siseon.console.oil.growing import MOST_FRAMES, Grown
from siseon.console.oil.saying import LOOKS, OTHER, frame_said, look_name, look_of, piece_said
from siseon.console.oil.shown import LAYERS, layer
from siseon.console.parts.basic import Badge, error_panel, loading
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.numbers import count
from siseon.console.parts.oilmap import OilMap
from siseon.console.view import View


class GrowingPart:
    """Of one job; made once and then changed in place."""

    def __init__(self, view: View, job_id: str) -> None:
        self._view, self._words = view, view.words.oil
        self._job: Job | None = None
        self._is_reading = False
        self._grown: Grown | None = None
        self._map: OilMap | None = None
        self._looks: set[str] = set()
        with tag("div", "oil-growing") as self._part:
            Badge("wait", self._words.preliminary)
            self._told = tag("p", "", "", role="status")
        self._notes = tag("p", "dim small", "")
        with tag("div") as self._state:  # until there is a map, and where there is none
            loading(view.words.every_page, self._words.reading)
        with tag("div", "oil-sheet hidden") as self._sheet:
            self._left = tag("div", "oil-left preliminary")
            with tag("div", "oil-beside"):
                with tag("fieldset", "oil-legend"):
                    tag("legend", "", self._words.layers)
                    self._of_looks = tag("div", "oil-looks")
                    for name, sign in LAYERS:
                        layer(name, f"sign {sign}", getattr(self._words, name))
                self._opened = FramePart(view, job_id)

    def show(self, job: Job, told: str) -> None:
        """As the job stands; ``told``: in words."""
        set_text(self._told, told)
        self._job = job
        if not self._is_reading:
            background_tasks.create(self._read())

    async def _read(self) -> None:
        """All that there is by now, drawn now and then."""
        self._is_reading = True
        try:
            stood = None
            while self._job is not None and (stood is not self._job or self._has_more) and not self._is_over:
                stood = self._job
                grown = await self._view.feeds.growing.of(stood)
                if not self._is_over:
                    self._state.clear()
                    self._draw(grown)
        except ApiFailure as failure:
            if not self._is_over:
                self._state.clear()
                with self._state:
                    error_panel(self._view.words.every_page, failure.problem)
        finally:
            self._is_reading = False

    @property
    def _is_over(self) -> bool:
        return self._view.client.is_deleted or self._part.is_deleted

    @property
    def _has_more(self) -> bool:
        return self._grown is not None and self._grown.more

    def _draw(self, grown: Grown) -> None:
        if grown is self._grown:
            return
        self._grown, words = grown, self._words
        set_text(self._notes, self._noted(grown))
        sheet = grown.sheet
        set_class(self._sheet, "hidden", sheet is None)
        if sheet is None:
            return
        slicks = {one.number: piece_said(grown.flight.slicks[one.number][0], words) for one in sheet.slicks}
        frames = {one.number: frame_said(grown.flight.frames[one.number][0], words) for one in sheet.frames}
        self._show_looks(grown)
        if self._map is not None:
            self._map.show(sheet, slicks, frames)
            return
        with self._left:
            self._map = OilMap(words, words.preliminary_name, sheet, slicks, frames, self._chosen)
            tag("p", "dim small oil-hint", words.hint)
            tag("p", "dim small oil-hint-phone", words.hint_phone)

    def _show_looks(self, grown: Grown) -> None:
        """Those that were not there before; what was chosen of the others stays."""
        looks = {look_of(slick) for slick, _ in grown.flight.slicks}
        with self._of_looks:
            for look in (*LOOKS, OTHER):
                if look in looks - self._looks:
                    name = self._words.other if look == OTHER else look_name(look, self._words)
                    layer(look, f"dot look-{look}", name)
        self._looks |= looks

    def _noted(self, grown: Grown) -> str:
        words, frames = self._words, grown.flight.frames
        unplaced = sum(not rings for _, rings in frames)
        told = [
            (unplaced, words.unplaced_so_far.format(count=count(unplaced))),
            (grown.left_out, words.pieces_left_out.format(count=count(grown.left_out))),
            (grown.unread, words.unread_so_far.format(count=count(grown.unread))),
            (len(frames) + grown.unread >= MOST_FRAMES, words.first_frames.format(count=count(MOST_FRAMES))),
        ]
        return " ".join(text for there, text in told if there)

    async def _chosen(self, kind: str, number: int) -> None:
        if self._map is not None:
            self._map.choose(f"{kind}{number}")
        if kind == "f" and self._grown is not None and number < len(self._grown.flight.frames):
            await self._opened.show(self._grown.flight.frames[number][0])
