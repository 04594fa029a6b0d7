"""Where a gauge is calibrated: the picture with its points, the fields beside it, and what would be read."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

from nicegui import background_tasks, ui
from pydantic import JsonValue

from siseon.console.api import ApiFailure, Problem
from siseon.console.live.calibrating import Calibrating, Reading
from siseon.console.live.calibration_fields import Beside, PointFields
from siseon.console.live.known import Stream
from siseon.console.live.points import points_of
from siseon.console.live.saying import reason, with_uncertainty
from siseon.console.live.sketch import KINDS, Sketch
from siseon.console.parts.basic import Badge, button, card, empty, error_panel, loading
from siseon.console.parts.dom import set_attribute, set_class, set_text, tag
from siseon.console.parts.failure import explain
from siseon.console.parts.pointing import Pointing
from siseon.console.paths import API
from siseon.console.view import View

PAUSE_S = 0.3
"""After the last change, until what would be read is asked for."""
AGAIN_S = 3.0
"""After which a picture is tried again that did not come."""


class Workbench:
    """Of one stream."""

    def __init__(self, view: View, stream: Stream) -> None:
        self._view, self._stream, self._words = view, stream, view.words.calibrate
        self._service = Calibrating(view.api, stream.name)
        self._sketch: Sketch | None = None
        self._before: dict[str, JsonValue] = {}
        self._reading: Reading | None = None
        self._changes = self._touches = 0
        """Of all kinds, and points that a person has placed or moved."""
        self._zoomed, words = False, self._words
        with tag("div", "workbench"):
            with tag("div", "stack"):
                self._step = tag("p", "step", "", role="status")
                self._pointing = Pointing(
                    words.picture.format(name=stream.name),
                    loaded=self._loaded,
                    failed=self._no_picture,
                    placed=self._placed,
                    moved=self._moved,
                )
                self._absent = tag("div", "card hidden")
                with tag("div", "actions"):
                    button(words.propose, self._propose, symbol="eye")
                    button(words.refresh, self._refresh, symbol="refresh")
                    self._larger = button(words.larger, self._zoom, symbol="search", aria_pressed="false")
                    button(words.clear, self._clear)
            with tag("div", "stack"):
                with card(words.preview, "preview"):
                    self._value = tag("div", "big-value", "–", aria_live="polite")
                    self._badges = tag("div", "big-quality")
                    self._told = tag("div", role="status")
                    with tag("div", "actions"):
                        button(words.save, self._save, kind="primary")
                        self._forget_button = button(words.forget, self._forget, kind="danger")
                    self._saved = tag("div")
                with card(words.points):
                    self._beside = Beside(view.words, self._changed, self._kind)
                    self._fields = PointFields(words, self._changed, self._add, self._remove)
        with self._absent:
            empty(words.no_picture, words.no_picture_more, "camera")
            button(words.refresh, self._refresh, symbol="refresh")

    async def begin(self) -> None:
        """With the calibration that there is; without one sight proposes, as soon as there is a picture."""
        set_class(self._forget_button, "hidden", not self._stream.calibrated)
        try:
            self._before = await self._service.kept()
        except ApiFailure as failure:
            self._fail(failure.problem)
        self._refresh()

    def _refresh(self) -> None:
        set_class(self._absent, "hidden", True)
        set_class(self._pointing, "hidden", False)
        self._new_picture()
        self._draw(fields=False)

    def _new_picture(self) -> None:
        """That of this moment: the needle that is drawn is of it."""
        self._pointing.picture(f"{API}{self._service.path}/snapshot?drawn=false&at={time.time_ns()}")

    def _no_picture(self) -> None:
        set_class(self._absent, "hidden", False)
        set_class(self._pointing, "hidden", True)
        background_tasks.create(self._try_again(), name="picture of a calibration")

    async def _try_again(self) -> None:
        await asyncio.sleep(AGAIN_S)
        if not self._view.client.is_deleted:
            self._refresh()

    async def _loaded(self, width: int, height: int) -> None:
        if self._sketch is not None and (self._sketch.width, self._sketch.height) == (width, height):
            return
        self._sketch = Sketch(width, height)
        if (self._before.get("width"), self._before.get("height")) == (width, height):
            self._take(self._before)
        else:
            await self._propose()

    def _take(self, calibration: dict[str, JsonValue]) -> None:
        if self._sketch is not None:
            self._sketch.take(calibration)
            self._beside.take(calibration)
            self._draw()

    async def _propose(self) -> None:
        sketch = self._sketch
        if sketch is None:
            return
        self._say_waiting(self._words.proposing)
        self._draw()
        begun = self._touches
        try:
            found = await self._service.propose(sketch.centre)
        except ApiFailure as failure:
            self._fail(failure.problem)
            return
        if self._touches != begun:  # somebody points already: nothing is to move under their hands
            return
        self._told.clear()
        with self._told:
            if found.calibration is None:
                why = reason(found.message, self._view.words.live)
                tag("p", "note", self._words.proposed_none.format(why=why))
                return
            tag("p", "note", self._words.proposed)
            for doubt in found.doubts:
                tag("p", "note warn", self._words.doubts.format(doubt=doubt))
        self._take(found.calibration)

    def _placed(self, x: float, y: float) -> None:
        if self._sketch is not None:
            self._touches += 1
            self._sketch.place(x, y)
            self._told.clear()
            self._draw()
            if self._sketch.step == "scale" and self._sketch.marks:
                self._fields.focus_last()

    def _moved(self, part: str, place: int, x: float, y: float) -> None:
        if self._sketch is not None:
            self._touches += 1
            self._sketch.move(part, place, x, y)
            self._draw()

    def _add(self) -> None:
        """A point without a mouse: in the middle, from where arrow keys move it."""
        if self._sketch is not None:
            self._placed(
                self._sketch.width / 2, self._sketch.height * (0.5 if self._sketch.centre is None else 0.25)
            )

    def _remove(self, place: int) -> None:
        if self._sketch is not None:
            self._sketch.remove_mark(place)
            self._draw()

    def _clear(self) -> None:
        if self._sketch is not None:
            self._sketch.clear()
            self._told.clear()
            self._draw()

    def _kind(self, place: int) -> None:
        if self._sketch is not None:
            self._sketch.kind = KINDS[place]
            self._draw()

    def _zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._pointing.zoom(self._zoomed)
        set_attribute(self._larger, "aria-pressed", "true" if self._zoomed else "false")

    def _changed(self) -> None:
        """A field beside the picture has changed: all of them stay as they are being typed in."""
        self._draw(fields=False)

    def _draw(self, *, fields: bool = True) -> None:
        """Show the points, and ask soon what would be read."""
        sketch, words = self._sketch, self._words
        if sketch is None:
            return
        step = sketch.step
        if step is None or (step == "scale" and not sketch.missing):
            told = words.step_done
        else:
            told = str(getattr(words, f"step_{step}"))
        set_text(self._step, told)
        if fields:
            self._fields.show(sketch)
        self._reading = None
        self._show_points()
        self._changes += 1
        background_tasks.create(self._soon(self._changes), name="preview of a calibration")

    async def _soon(self, changes: int) -> None:
        await asyncio.sleep(PAUSE_S)
        await self._preview(changes)

    def _show_points(self) -> None:
        sketch, found = self._sketch, self._reading
        if sketch is None:
            return
        ring = (found.dial if found else None) or (sketch.rim if sketch.kind == "analog" else sketch.corners)
        needle = (found.needle.middle, found.needle.tip) if found and found.needle else ()
        self._pointing.show(points_of(sketch, self._words), ring, needle)

    async def _preview(self, changes: int) -> None:
        """What would be read; nothing where something has changed meanwhile."""
        sketch, words = self._sketch, self._words
        if sketch is None or changes != self._changes:
            return
        document = sketch.document(self._beside.stated(sketch.kind))
        if document is None:
            self._say("–")
            with self._badges:
                what = ", ".join(str(getattr(words, f"missing_{part}")) for part in sketch.missing)
                Badge("wait", words.preview_missing.format(what=what))
            return
        try:
            found = await self._service.preview(document)
        except ApiFailure as failure:
            if changes == self._changes:
                self._say("–")
                with self._badges:
                    every_page, why = self._view.words.every_page, failure.problem
                    Badge("bad", every_page.failures.title(why.code) or every_page.failed)
                    explain(every_page, why.code, why.detail, why.hint, ours=why.ours)
            return
        if changes == self._changes:
            self._reading = found
            self._show_reading(found)
            self._new_picture()
            self._show_points()

    def _show_reading(self, found: Reading) -> None:
        live = self._view.words.live
        if found.value is None:
            self._say(live.no_value)
            with self._badges:
                Badge("bad", f"{live.quality_bad}: {reason(found.reason or '', live)}")
            return
        self._say(with_uncertainty(found.value, found.uncertainty, found.unit))
        with self._badges:
            good = found.quality == "good"
            Badge("ok" if good else "warn", live.quality_good if good else live.quality_uncertain)
            if found.limit is not None:
                Badge("bad", str(getattr(self._view.words.alarms, f"kind_{found.limit}")))

    async def _save(self) -> None:
        sketch = self._sketch
        document = None if sketch is None else sketch.document(self._beside.stated(sketch.kind))
        if sketch is None or document is None:
            await self._preview(self._changes)
            return
        self._saved.clear()
        try:
            rules = self._beside.rules(self._stream)
            await self._service.keep(document, rules, still=self._beside.still.value)
        except ApiFailure as failure:
            with self._saved:
                error_panel(self._view.words.every_page, failure.problem)
            return
        await self._view.feeds.streams.ask_again()
        ui.navigate.to(f"/live/{quote(self._stream.name, safe='')}")

    async def _forget(self) -> None:
        try:
            await self._service.forget()
        except ApiFailure as failure:
            self._fail(failure.problem)
            return
        ui.navigate.to(f"/live/{quote(self._stream.name, safe='')}")

    def _say(self, value: str) -> None:
        set_text(self._value, value)
        self._badges.clear()

    def _say_waiting(self, text: str) -> None:
        self._told.clear()
        with self._told:
            loading(self._view.words.every_page, text)

    def _fail(self, problem: Problem) -> None:
        self._told.clear()
        with self._told:
            error_panel(self._view.words.every_page, problem)
