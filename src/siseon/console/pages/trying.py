"""Try: give a picture, choose an application and its options, see what it finds."""

from __future__ import annotations

import asyncio

import orjson
from nicegui.events import GenericEventArguments
from pydantic import TypeAdapter

from siseon.console.api import ApiFailure, Problem, read
from siseon.console.parts.basic import button, card, empty, error_panel, loading
from siseon.console.parts.dom import set_attribute, set_class, tag
from siseon.console.parts.icons import icon
from siseon.console.parts.picker import Picked, Picker
from siseon.console.parts.viewer import LABELS, Viewer
from siseon.console.paths import STATIC
from siseon.console.scene import Layer, Scene, scene_of
from siseon.console.trying.answer import (
    Answer,
    show_code,
    show_found,
    show_head,
    show_models,
    show_times,
    shown_json,
)
from siseon.console.trying.form import VALUE, Form
from siseon.console.trying.operation import Operation, operations
from siseon.console.trying.program import Query, as_curl, as_python
from siseon.console.uploads import Upload
from siseon.console.view import Page, View
from siseon.console.words import Words

ANSWER = TypeAdapter(Answer)
EXAMPLES = f"{STATIC}/examples"


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.trying
    with tag("div", "page-head"):
        tag("h1", "", words.title)
    try:
        found = await operations(view.api)
    except ApiFailure as failure:
        error_panel(view.words.every_page, failure.problem)
        return
    if not found:
        empty(words.nothing_served, words.nothing_served_more, "try")
        return
    Trying(view, found)


class Trying:
    """The page of one person."""

    def __init__(self, view: View, found: list[Operation]) -> None:
        self._view, self._words = view, view.words.trying
        self._operations = {each.name: each for each in found}
        self._operation = found[0]
        self._picked: Picked | None = None
        self._query: Query = {}
        self._runs = 0
        """How many were begun: the answer of any but the last is of no interest."""
        with tag("div", "try"):
            with tag("div", "try-ask"):
                self._ask()
            with tag("div", "try-answer"):
                self._answer()

    def _ask(self) -> None:
        words = self._words
        with card(words.picture):
            self._picker = Picker(
                self._view.take(self._taken),
                drop=words.drop,
                paste=words.paste,
                choose=words.choose,
                photo=words.photo,
                picked=self._pick,
                refused=self._fail,
            )
            tag("h3", "examples-title", words.examples)
            with tag("div", "examples"):
                self._example("sign", words.example_sign)
                self._example("dials", words.example_dials)
                self._example("cup", words.example_cup)
                self._example("sea", words.example_sea)
        with card(words.application):
            with tag("div", "field"):
                tag("label", "only-read", words.application, for_="application")
                with tag("select", id="application") as select:
                    for name in self._operations:
                        tag("option", "", name, value=name)
                select.on("change", self._choose, js_handler=VALUE)
            tag("h3", "options-title", words.options)
            self._options = tag("div", "options", role="group")
            self._fill_options()
            self._run = button(words.run, self._send, kind="primary", symbol="play", disabled=True)

    def _example(self, name: str, text: str) -> None:
        with tag("button", "example", type="button") as made:
            tag("img", src=f"{EXAMPLES}/{name}-small.jpg", alt="", loading="lazy")
            tag("span", "small", text)
        made.on("click", lambda: self._picker.take_example(f"{EXAMPLES}/{name}.jpg"), [])

    def _answer(self) -> None:
        words = self._words
        with card(words.result, "result"):
            with tag("div") as self._before:
                empty(words.before, words.before_more, "try")
            self._head = tag("div")
            self._layers = tag("div", "layers", role="group", aria_label=words.layers)
            with tag("div", "hidden") as self._frame:
                self._viewer = Viewer(self._view.words.every_page)
            self._under = tag("div")
        self._more = tag("div", "grid two")

    def _fill_options(self) -> None:
        self._options.clear()
        set_attribute(self._options, "aria-label", f"{self._words.options}: {self._operation.name}")
        with self._options:
            self._form = Form(self._operation, self._words)

    def _choose(self, event: GenericEventArguments) -> None:
        chosen = self._operations.get(str(event.args))
        if chosen not in (None, self._operation):  # what was filled in stays
            self._operation = chosen
            self._fill_options()

    async def _pick(self, picked: Picked) -> None:
        self._picked = picked
        set_class(self._before, "hidden", True)
        set_class(self._frame, "hidden", False)
        self._viewer.show(picked.url, picked.name)
        set_attribute(self._run, "disabled", None)
        self._send()

    def _send(self) -> None:
        """Let the browser send the picture, with what is chosen now."""
        self._clear()
        self._runs += 1
        try:
            self._query = self._form.query()
        except ValueError as wrong:
            with self._under:
                tag("p", "error-line", str(wrong), role="alert")
            return
        with self._under:
            loading(self._view.words.every_page, self._words.running)
        self._picker.send()

    async def _taken(self, upload: Upload) -> None:
        """Run the pipeline on what has come."""
        run, operation, query = self._runs, self._operation, self._query
        kind = upload.media_type if upload.media_type.startswith("image/") else "application/octet-stream"
        try:
            response = await self._view.api.ask(
                "POST",
                f"/v1/pipelines/{operation.name}",
                query=query,
                file=(upload.name, upload.data, kind),
            )
            answer = read(response.content, ANSWER, operation.name)
        except ApiFailure as failure:
            if run == self._runs:
                self._fail(failure.problem)
            return
        scene = await asyncio.to_thread(scene_of, answer.data)
        if run == self._runs and not self._view.client.is_deleted:
            self._show(answer, scene, operation, query, response.content)

    def _fail(self, problem: Problem) -> None:
        self._clear()
        with self._under:
            error_panel(self._view.words.every_page, problem, self._send if self._picked else None)

    def _clear(self) -> None:
        for part in (self._head, self._layers, self._under, self._more):
            part.clear()
        if self._picked:
            self._viewer.show(self._picked.url, self._picked.name)

    def _show(self, answer: Answer, scene: Scene, operation: Operation, query: Query, raw: bytes) -> None:
        self._clear()
        picked, words = self._picked, self._words
        if picked is None:
            return
        self._viewer.show(picked.url, picked.name, scene)
        with self._head:
            show_head(answer, scene, words)
        with self._layers:
            self._choose_layers(scene)
        with self._more:
            show_found(scene, words)
            with tag("div", "stack"):
                show_times(answer.timings, words)
                show_models(answer.models, words)
            self._programs(operation, query, picked)
            with card(None, "wide"), tag("details", "fold"):
                _summary(words.json)
                show_code("json", shown_json(_indented(raw)), self._view.words)

    def _choose_layers(self, scene: Scene) -> None:
        hidden = set() if scene.labelled else {LABELS}
        self._viewer.hide(sorted(hidden))

        def switch(layer: str, on: bool) -> None:
            hidden.discard(layer) if on else hidden.add(layer)
            self._viewer.hide(sorted(hidden))

        names = [(layer.name, self._named(layer), layer.shapes) for layer in scene.layers]
        labels = sum(thing.at is not None for thing in scene.things)
        if labels:
            names.append((LABELS, self._words.labels, labels))
        for name, text, many in names:
            with tag("label", "layer"):
                box = tag("input", type="checkbox", checked=name not in hidden)
                tag("span", "", f"{text} {many}")
            box.on(
                "change",
                lambda event, name=name: switch(name, bool(event.args)),
                js_handler="(e) => emit(e.target.checked)",
            )

    def _named(self, layer: Layer) -> str:
        words = self._words
        kind = dict(words.lists).get(layer.kind, layer.kind.replace("_", " "))
        forms = {"box": words.box, "outline": words.outline, "mask": words.mask, "line": words.line}
        return f"{kind}: {forms[layer.geometry]}"

    def _programs(self, operation: Operation, query: Query, picked: Picked) -> None:
        view, words = self._view, self._words
        with card(words.programs, "wide"):
            if view.needs_token:
                tag("p", "dim small", words.token_note)
            with tag("div", "grid two"):
                for identity, text, write in (
                    ("curl", words.as_curl, as_curl),
                    ("python", words.as_python, as_python),
                ):
                    with tag("div"):
                        tag("h3", "", text)
                        code = write(view.address, operation.name, query, picked.name, token=view.needs_token)
                        show_code(identity, code, view.words)


def _summary(text: str) -> None:
    with tag("summary"):
        icon("chevron")
        tag("span", "", text)


def _indented(raw: bytes) -> str:
    return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()


def _title(words: Words) -> str:
    return words.trying.title


TRY = Page("/try", _title, build, "try")
