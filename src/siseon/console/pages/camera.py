"""The forms that add a stream and change one: the source can be tested before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from nicegui import ui
from pydantic import JsonValue

from siseon.console.api import ApiFailure, Problem
from siseon.console.live.known import PIPELINES, STREAM, TESTED, Stream, Tested
from siseon.console.live.saying import cause, hint
from siseon.console.parts.basic import Badge, button, card, empty, error_panel, link, loading
from siseon.console.parts.dom import tag
from siseon.console.parts.fields import CheckField, SelectField, TextField, fields
from siseon.console.paths import BASE
from siseon.console.view import Page, View

TRANSPORTS = ("tcp", "udp")
FIRST = ("gauges",)
"""Applications that are proposed before others."""
GAUGES_FPS = 1.0
"""Proposed for them: needles are slow, and reading them by sight takes its time."""
LONGEST = 4096
"""Characters of an address."""
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


async def build_new(view: View) -> None:
    """The page that adds one."""
    words = view.words.camera
    link(view.words.live.title, f"{BASE}/live", "back", symbol="back")
    tag("h1", "", words.title)
    try:
        served = [one.name for one in await view.api.get("/v1/pipelines", PIPELINES)]
    except ApiFailure as failure:
        error_panel(view.words.every_page, failure.problem)
        return
    if not served:
        empty(words.nothing_served, words.nothing_served_more, "warn")
        return
    Form(view, sorted(served, key=lambda name: name not in FIRST), None)


async def build_change(view: View) -> None:
    """The page that changes one."""
    name = str(view.request.path_params["name"])
    link(name, f"{BASE}/live/{quote(name, safe='')}", "back", symbol="back")
    tag("h1", "", view.words.camera.edit_title.format(name=name))
    try:
        stream = await view.api.get(f"/v1/streams/{quote(name, safe='')}", STREAM)
        served = [one.name for one in await view.api.get("/v1/pipelines", PIPELINES)]
    except ApiFailure as failure:
        error_panel(view.words.every_page, failure.problem)
        return
    if stream.application not in served:
        served.append(stream.application)
    Form(view, served, stream)


@dataclass(frozen=True, slots=True)
class ClipWishes:
    """How clips are taken of a stream."""

    before_s: float = 0.0
    after_s: float = 10.0
    on_alarm: bool = False

    @classmethod
    def of(cls, stream: Stream | None) -> ClipWishes:
        """As they are stated."""
        stated = None if stream is None else stream.options.get("clips")
        if not isinstance(stated, dict):
            return cls()
        before, after = stated.get("before_s"), stated.get("after_s")
        return cls(
            before if isinstance(before, int | float) else 0.0,
            after if isinstance(after, int | float) else 10.0,
            stated.get("on_alarm") is True,
        )


class Form:
    """Both of them: with a stream it changes that."""

    def __init__(self, view: View, served: Sequence[str], stream: Stream | None) -> None:
        self._view, self._served, self._stream = view, served, stream
        words = self._words = view.words.camera
        with tag("div", "form-beside"), card(classes="form"):
            note = words.source_hint if stream is None else words.source_kept.format(address=stream.address)
            self._source = TextField(words.source, note=note, autofocus=True, maxlength=LONGEST)
            with fields():
                if stream is None:
                    self._name = TextField(words.name, note=words.name_hint, placeholder="camera-1")
                at = 0 if stream is None else list(served).index(stream.application)
                self._application = SelectField(words.application, served, at)
            with tag("details", "more"):
                tag("summary", "", words.more)
                self._options()
            with tag("div", "actions"):
                button(words.add if stream is None else words.save, self._keep, kind="primary")
                button(words.test, self._test)
            self._told = tag("div", "told", role="status")

    def _options(self) -> None:
        words, options = self._words, {"fps": GAUGES_FPS} if self._stream is None else self._stream.options
        fps = options.get("fps") if self._stream or self._served[0] in FIRST else None
        transport = options.get("transport")
        self._clips = ClipWishes.of(self._stream)
        with fields():
            self._fps = TextField(
                words.fps, f"{fps:g}" if isinstance(fps, int | float) else "",
                kind="number", least=0, step="any", note=words.fps_hint,
            )  # fmt: skip
            self._transport = SelectField(
                words.transport, TRANSPORTS, TRANSPORTS.index(transport) if transport in TRANSPORTS else 0
            )
        with fields():
            self._before = TextField(
                words.clip_before, f"{self._clips.before_s:g}", kind="number", least=0, most=60, step="any"
            )
            self._after = TextField(
                words.clip_after, f"{self._clips.after_s:g}", kind="number", least=1, most=300, step="any"
            )
        self._on_alarm = CheckField(words.clip_on_alarm, self._clips.on_alarm)

    def _stated(self) -> dict[str, JsonValue]:
        """The options that differ from what there is."""
        options: dict[str, JsonValue] = {}
        before = {} if self._stream is None else self._stream.options
        if self._fps.number != before.get("fps"):
            options["fps"] = self._fps.number
        transport = TRANSPORTS[self._transport.value]
        if transport != before.get("transport", "tcp"):
            options["transport"] = transport
        wishes = ClipWishes(self._before.number or 0.0, self._after.number or 10.0, self._on_alarm.value)
        if wishes != self._clips:
            stated = before.get("clips")
            kept = stated if isinstance(stated, dict) else {}
            options["clips"] = {
                **kept,
                "before_s": wishes.before_s,
                "after_s": wishes.after_s,
                "on_alarm": wishes.on_alarm,
            }
        return options

    async def _keep(self) -> None:
        source = self._source.value.strip()
        if not source and self._stream is None:
            self._source.refuse(self._words.needed)
            return
        self._source.refuse("")
        self._say_waiting(self._words.adding)
        order: dict[str, JsonValue] = {
            "application": self._served[self._application.value],
            "options": self._stated(),
        }
        if source:
            order["source"] = source
        name = self._name_for(source) if self._stream is None else self._stream.name
        try:
            if self._stream is None:
                await self._view.api.ask("POST", "/v1/streams", json={"name": name, **order})
            else:
                await self._view.api.ask("PATCH", f"/v1/streams/{quote(name, safe='')}", json=order)
        except ApiFailure as failure:
            self._say_failed(failure.problem)
            return
        await self._view.feeds.streams.ask_again()
        ui.navigate.to(f"/live/{quote(name, safe='')}")

    def _name_for(self, source: str) -> str:
        """As it was stated, or made of the address."""
        return self._name.value.strip() or name_of(source)

    async def _test(self) -> None:
        source = self._source.value.strip()
        if not source:
            self._source.refuse(self._words.needed)
            return
        self._source.refuse("")
        self._say_waiting(self._words.testing)
        order: dict[str, JsonValue] = {"source": source, "transport": TRANSPORTS[self._transport.value]}
        try:
            answer = await self._view.api.ask("POST", "/v1/streams/test", json=order)
        except ApiFailure as failure:
            self._say_failed(failure.problem)
            return
        self._told.clear()
        with self._told:
            self._show(TESTED.validate_json(answer.content))

    def _show(self, tested: Tested) -> None:
        words = self._words
        if tested.state == "live":
            told = words.works.format(width=tested.width, height=tested.height, seconds=tested.seconds)
            Badge("ok", told)
            if tested.picture:
                tag(
                    "img", "tested", src=f"data:image/jpeg;base64,{tested.picture}", alt=words.picture
                )  # it comes from our own service
            return
        why = cause(tested.cause, tested.message, self._view.words.live)
        with tag("div", "error-panel", role="alert"):
            with tag("div", "error-head"):
                Badge("bad", words.fails)
                tag("code", "", tested.cause or "")
            tag("p", "error-message", why)
            if remedy := hint(tested.cause, tested.hint, self._view.words.live):
                tag("p", "", remedy)

    def _say_waiting(self, text: str) -> None:
        self._told.clear()
        with self._told:
            loading(self._view.words.every_page, text)

    def _say_failed(self, problem: Problem) -> None:
        self._told.clear()
        with self._told:
            error_panel(self._view.words.every_page, problem)


def name_of(source: str) -> str:
    """A name that the service takes, without what may be secret: of a camera its host, of a file its name."""
    if "://" in source:
        try:
            host = urlsplit(source).hostname or ""
        except ValueError:
            host = ""
        name = f"camera-{host}"
    else:
        name = source.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or source
    return NOT_IN_NAMES.sub("-", name).strip("-_")[:40] or "camera"


ADD = Page("/add-camera", lambda words: words.camera.title, build_new, section="/live")
CHANGE = Page("/live/{name}/change", lambda words: words.live.title, build_change)
