"""One model: what it is, how fast it is now, its versions, and where it is used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from nicegui import ui
from pydantic import BaseModel, ConfigDict, TypeAdapter

from siseon.console.api import ApiFailure, Problem
from siseon.console.history import EVERY_S
from siseon.console.models.known import MODELS as MODELS_TYPE
from siseon.console.models.known import Known, Model
from siseon.console.models.places import Place, places
from siseon.console.pages.models import weights, where
from siseon.console.parts.basic import Badge, Stat, button, card, error_panel, link, loading
from siseon.console.parts.chart import Chart
from siseon.console.parts.dom import set_text, tag
from siseon.console.parts.fields import SelectField, TextField, fields
from siseon.console.parts.numbers import count, milliseconds, size
from siseon.console.paths import BASE
from siseon.console.view import Page, View
from siseon.console.words import Words
from siseon.console.words.models import ModelsWords

MOST_RUNS = 100
"""What the service takes at most."""


class Freed(BaseModel):
    """What an unload gave back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    freed_bytes: int


FREED = TypeAdapter(Freed)


async def build(view: View) -> None:
    """Make the page."""
    words, name = view.words.models, view.request.path_params["name"]
    with tag("div", "page-head"):
        tag("h1", "", name)
        state = Badge("wait", view.words.every_page.loading)
    link(words.back, f"{BASE}/models", symbol="back")
    with tag("div") as waiting:
        loading(view.words.every_page)
    try:
        versions = await view.api.get(_path(name, "/versions"), MODELS_TYPE)
        known = {model.name for model in await view.api.get("/v1/models", MODELS_TYPE)}
        found = await places(view.api, known)
    except ApiFailure as failure:
        waiting.clear()
        state.show("bad", words.unknown if failure.problem.status == 404 else view.words.every_page.failed)
        with waiting:
            error_panel(view.words.every_page, failure.problem)
        return
    waiting.clear()
    shown = Shown(versions[0], view.words)
    control = Control(view, name, versions, found)

    def show(news: Known | Problem) -> None:
        if isinstance(news, Problem):
            state.show("bad", view.words.every_page.failed)
            return
        control.show(news)
        for model in news.models:
            if model.name == name:
                state.show(*(("ok", words.loaded) if model.here else ("off", words.not_loaded)))
                shown.show(model, news)

    view.follow(view.feeds.models, show)


class Shown:
    """What is drawn once and then changed: figures, charts, facts."""

    def __init__(self, model: Model, words: Words) -> None:
        own = self._words = words.models
        with tag("div", "stats"):
            self._memory = Stat(own.memory)
            self._calls = Stat(own.calls)
            self._mean = Stat(own.mean)
            self._p95 = Stat("p95")
            self._throughput = Stat(own.throughput, note=own.throughput_note)
        with tag("div", "grid two"):
            with card(own.latency):
                tag("p", "dim small", own.latency_note)
                self._latency = Chart(own.latency, (own.mean,), words.every_page, unit="ms", every_s=EVERY_S)
            with card(own.pace):
                tag("p", "dim small", own.pace_note)
                self._pace = Chart(own.pace, (own.calls,), words.every_page, every_s=EVERY_S, colours=(2,))
        with tag("div", "grid"), card(own.facts), tag("dl", "facts"):
            self._facts = {
                fact: (tag("dt", "", fact), tag("dd", "", ""))[1]
                for fact in (
                    own.version,
                    own.task,
                    own.licence,
                    own.weights,
                    own.where,
                    own.pipelines,
                    "SHA-256",
                )
            }
        self._tell(model)

    def show(self, model: Model, known: Known) -> None:
        """Show other figures."""
        stats, own = model.stats, self._words
        self._memory.show(size(stats.resident_bytes) if stats.resident_bytes else "–")
        self._calls.show(count(stats.calls), own.items.format(count=count(stats.items)))
        called = stats.calls > 0
        self._mean.show(milliseconds(stats.mean_ms if called else None))
        self._p95.show(milliseconds(stats.p95_ms if called else None))
        throughput = f"{model.items_per_second:.3g}" if called else "–"
        self._throughput.show(throughput, own.throughput_note)
        pace = known.paces.get(model.name)
        self._latency.show(() if pace is None else pace.mean_ms)
        self._pace.show(() if pace is None else pace.per_second)
        self._tell(model)

    def _tell(self, model: Model) -> None:
        own = self._words
        told = {
            own.version: model.version,
            own.task: model.task,
            own.licence: model.licence,
            own.weights: weights(model, own),
            own.where: where(model, own),
            own.pipelines: ", ".join(model.pipelines) or own.unused,
            "SHA-256": model.sha256,
        }
        for fact, element in self._facts.items():
            set_text(element, told[fact])


class Control:
    """What is done with a model: load, warm up, unload, delete a version; use one in a pipeline."""

    def __init__(self, view: View, name: str, versions: tuple[Model, ...], found: list[Place]) -> None:
        self._view, self._name, self._versions, self._places = view, name, versions, found
        self._words: ModelsWords = view.words.models
        choices = [f"{one.version} · {self._state(one)}" for one in versions]
        with tag("div", "grid two"):
            with card(self._words.versions):
                tag("p", "dim small", self._words.versions_note)
                with fields():
                    self._version = SelectField(self._words.version, choices)
                    self._runs = TextField(
                        self._words.iterations, "1", kind="number", least=1, most=MOST_RUNS
                    )
                self._runs.element.classes("short")
                with tag("div", "fields actions"):
                    button(self._words.load, lambda: self._do(self._load), kind="primary")
                    button(self._words.warm_up, lambda: self._do(self._warm_up))
                    button(self._words.unload, lambda: self._do(self._unload))
                    button(self._words.delete, self._ask, kind="danger", symbol="trash")
            with card(self._words.swap):
                tag("p", "dim small", self._words.swap_note)
                self._swap_form(choices)
        self._told = tag("div", role="status")

    def _swap_form(self, choices: list[str]) -> None:
        words = self._words
        if not self._places:
            tag("p", "dim", words.no_places)
            return
        with fields():
            self._place = SelectField(words.place, [self._now(one) for one in self._places])
            self._swapped = SelectField(words.version, choices)
            button(words.use, lambda: self._do(self._swap))

    def show(self, known: Known) -> None:
        """Which versions are loaded now."""
        here = {(model.name, model.version): model for model in known.models}
        for at, one in enumerate(self._versions):
            now = here.get((one.name, one.version), one)
            for field in (self._version, self._swapped) if self._places else (self._version,):
                field.rename(at, f"{now.version} · {self._state(now)}")

    def _now(self, place: Place) -> str:
        return self._words.place_now.format(pipeline=place.pipeline, option=place.option, model=place.now)

    async def _do(self, what: Callable[[], Awaitable[str]]) -> None:
        """Do it, and say what came of it."""
        words = self._view.words.every_page
        self._told.clear()
        with self._told:
            loading(words, self._words.working)
        try:
            done = await what()
        except ApiFailure as failure:
            self._told.clear()
            with self._told:
                error_panel(words, failure.problem)
        else:
            self._told.clear()
            with self._told, tag("p", "done"):
                Badge("ok", done)
        await self._view.feeds.models.ask_again()

    def _state(self, model: Model) -> str:
        return self._words.loaded if model.here else self._words.not_loaded

    def _of(self, chosen: SelectField) -> str:
        return self._versions[chosen.value].version

    async def _load(self) -> str:
        version = self._of(self._version)
        await self._view.api.ask("POST", _path(self._name, "/load", version), json={})
        return self._words.was_loaded.format(version=version)

    async def _warm_up(self) -> str:
        version, runs = self._of(self._version), _whole(self._runs.value)
        await self._view.api.ask("POST", _path(self._name, "/warm-up", version), json={"iterations": runs})
        return self._words.was_warmed.format(version=version, count=runs)

    async def _unload(self) -> str:
        version = self._of(self._version)
        answer = await self._view.api.ask("POST", _path(self._name, "/unload", version))
        freed = FREED.validate_json(answer.content).freed_bytes
        return self._words.was_unloaded.format(version=version, size=size(max(0, freed)))

    def _ask(self) -> None:
        words, version = self._words, self._of(self._version)
        self._told.clear()
        with self._told, tag("div", "sure", role="alertdialog", aria_label=words.delete):
            tag("p", "", words.delete_sure.format(name=self._name, version=version))
            button(words.delete, lambda: self._delete(version), kind="danger", symbol="trash")
            button(self._view.words.every_page.cancel, self._told.clear).run_method("focus")

    async def _delete(self, version: str) -> None:
        try:
            await self._view.api.ask("DELETE", _path(self._name, "", version))
        except ApiFailure as failure:
            self._told.clear()
            with self._told:
                error_panel(self._view.words.every_page, failure.problem)
            return
        await self._view.feeds.models.ask_again()
        ui.navigate.to("/models")

    async def _swap(self) -> str:
        place = self._places[self._place.value]
        model = self._name
        if len(self._versions) > 1:
            model = f"{model}@{self._of(self._swapped)}"
        path = f"/v1/pipelines/{quote(place.pipeline, safe='')}"
        await self._view.api.ask("PATCH", path, json={place.option: model})
        self._places[self._place.value] = replace(place, now=model)
        self._place.rename(self._place.value, self._now(replace(place, now=model)))
        return self._words.was_swapped.format(pipeline=place.pipeline, option=place.option, model=model)


def _whole(text: str) -> int:
    """What stands in the field; the service says what is wrong with a number that it does not take."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _path(name: str, operation: str, version: str | None = None) -> str:
    at = "" if version is None else f"/versions/{quote(version, safe='')}"
    return f"/v1/models/{quote(name, safe='')}{at}{operation}"


MODEL = Page("/models/{name}", lambda words: words.models.title, build)
