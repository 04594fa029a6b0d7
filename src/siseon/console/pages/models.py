"""Models: those that are in memory with their figures, and all that the service knows."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from siseon.console.api import Problem
from siseon.console.models.known import Known, Model
from siseon.console.parts.basic import Cell, Link, Table, button, card, error_panel, loading
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.fields import TextField, fields
from siseon.console.parts.numbers import count, milliseconds, size
from siseon.console.parts.sender import Sender
from siseon.console.paths import API, BASE
from siseon.console.view import Page, View
from siseon.console.words.models import ModelsWords


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.models
    known: list[Model] = []
    with tag("div", "page-head"):
        tag("h1", "", words.title)
    with tag("div") as waiting:
        loading(view.words.every_page)
    with tag("div", "hidden") as content:
        with card(words.in_memory):
            heads = (words.name, words.version, words.where, words.pipelines, words.memory, words.calls)
            times = (words.mean, "p50", "p95", words.throughput)
            in_memory = Table(
                words.in_memory, (*heads, *times), numbers=range(4, 10), none=words.nothing_loaded
            )
        with tag("div", "grid"), card(words.catalogue):
            tag("p", "dim small", words.catalogue_note)
            with fields():
                search = TextField(words.search, kind="search", changed=lambda _: show_all())
            known_heads = (words.name, words.state, words.weights, words.task, words.licence, words.version)
            everything = Table(words.catalogue, known_heads, none=words.nothing_found)
    with tag("div", "grid"), card(words.register):
        _register(view)

    def show_all() -> None:
        wanted = search.value.strip().lower()
        everything.show(
            [_known(model, words) for model in known if wanted in f"{model.name} {model.task}".lower()]
        )

    def show(news: Known | Problem) -> None:
        waiting.clear()
        set_class(content, "hidden", isinstance(news, Problem))
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.models.ask_again)
            return
        known[:] = news.models
        in_memory.show([_loaded(model, words) for model in news.models if model.here])
        show_all()

    view.follow(view.feeds.models, show)


def _register(view: View) -> None:
    """Files of a new model, or of a new version of one; what the service refuses is said below."""
    words, every_page = view.words.models, view.words.every_page
    tag("p", "dim small", words.register_note)

    async def registered(name: str) -> None:
        ui.navigate.to(f"/models/{quote(name, safe='')}")

    def refused(problem: Problem) -> None:
        told.clear()
        with told:
            error_panel(every_page, problem)

    sender = Sender(
        f"{API}/v1/models",
        "name",
        choose=words.choose,
        drop=words.drop,
        sending=words.sending,
        unanswered=words.unanswered,
        no_files=view.words.every_page.no_files,
        sent=registered,
        refused=refused,
    )

    def send() -> None:
        told.clear()
        sender.send()

    button(words.submit, send, symbol="upload")
    told = tag("div", role="status")


def _link(model: Model) -> Link:
    return Link(model.name, f"{BASE}/models/{quote(model.name, safe='')}")


def _loaded(model: Model, words: ModelsWords) -> tuple[Cell, ...]:
    stats = model.stats
    return (
        _link(model),
        model.version,
        where(model, words),
        ", ".join(model.pipelines) or words.unused,
        size(stats.resident_bytes) if stats.resident_bytes else "–",
        count(stats.calls),
        *(
            milliseconds(value if stats.calls else None)
            for value in (stats.mean_ms, stats.p50_ms, stats.p95_ms)
        ),
        f"{model.items_per_second:.3g}" if stats.calls else "–",
    )


def _known(model: Model, words: ModelsWords) -> tuple[Cell, ...]:
    state: Cell = ("ok", words.loaded) if model.here else ("off", words.not_loaded)
    return _link(model), state, weights(model, words), model.task, model.licence, model.version


def weights(model: Model, words: ModelsWords) -> str:
    """Whether the files of a model are on the service's machine, or where they are to be had."""
    if model.weights == "to pull":
        return words.weights_to_pull.format(host=model.pulled_from)
    return words.weights_here if model.weights == "here" else words.weights_to_bring


def where(model: Model, words: ModelsWords) -> str:
    """On what a model runs."""
    if model.workers:
        return words.workers.format(count=model.workers)
    return ", ".join(name.removesuffix("ExecutionProvider") for name in model.providers) or "–"


MODELS = Page("/models", lambda words: words.models.title, build, "models")
