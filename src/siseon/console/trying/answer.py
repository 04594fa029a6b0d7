"""The envelope of an answer as the page reads it, and the parts that show it beside the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, JsonValue

from siseon.console.parts.basic import Badge, Table, card, link
from siseon.console.parts.dom import tag
from siseon.console.parts.icons import icon
from siseon.console.parts.numbers import milliseconds
from siseon.console.paths import BASE
from siseon.console.scene import Scene
from siseon.console.scene.shapes import Thing
from siseon.console.words import Words
from siseon.console.words.trying import TryingWords

TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")
MOST_SHOWN = 150_000
"""Characters of JSON."""
MOST_ROWS = 200
SHORT_FINGERPRINT = 16


class Timing(BaseModel):
    """Of one stage."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    items: int
    queue_ms: float
    compute_ms: float
    batch_size_mean: float = 0.0


class Model(BaseModel):
    """Which network took part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: str
    sha256: str


class Answer(BaseModel):
    """What a pipeline answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: dict[str, JsonValue]
    models: list[Model]
    trace_id: str
    timings: list[Timing]
    degraded: list[str]
    warnings: list[str]
    elapsed_ms: float


def show_head(answer: Answer, scene: Scene, words: TryingWords) -> None:
    """Whether it is complete, how much was found, how long it took."""
    with tag("div", "result-head"):
        if answer.degraded:
            Badge("warn", f"{words.degraded}: {', '.join(answer.degraded)}")
        else:
            Badge("ok", words.whole)
        tag("span", "", words.found_count.format(count=len(scene.things) + scene.left_out))
        tag("span", "dim", words.took.format(time=milliseconds(answer.elapsed_ms)))
        if TRACE_ID.match(answer.trace_id):
            link(f"{words.trace} {answer.trace_id[:8]}", f"{BASE}/traces/{answer.trace_id}", "small")
    if answer.warnings:
        with tag("ul", "warnings", aria_label=words.warnings):
            for warning in answer.warnings:
                tag("li", "", warning)


def show_found(scene: Scene, words: TryingWords) -> None:
    """The list of what was found: by pointer or key it lights up in the picture, Enter copies it."""
    names = dict(words.lists)
    with card(words.found, "found"):
        if not scene.things:
            tag("p", "dim", words.nothing_found)
        with tag("ol", "things"):
            for number, thing in enumerate(scene.things[:MOST_ROWS]):
                with tag("li"), tag("button", "thing", type="button", data_thing=number):
                    tag("span", f"dot c-{thing.colour}", "", aria_hidden="true")
                    with tag("span", "thing-words"):
                        tag("span", "thing-title", thing.title)
                        more = [
                            f"{name} {value}" for name, value in thing.facts if _says_more(name, value, thing)
                        ]
                        kind = names.get(thing.kind, thing.kind.replace("_", " "))
                        tag("span", "dim small", " · ".join([kind, *more[:4]]))
        left = scene.left_out + max(0, len(scene.things) - MOST_ROWS)
        if left:
            tag("p", "dim", words.left_out.format(count=left))


def _says_more(name: str, value: str, thing: Thing) -> bool:
    return value.replace("_", " ") != thing.title and name not in ("value", "uncertainty", "unit", "class id")


def show_times(timings: Sequence[Timing], words: TryingWords) -> None:
    """A bar a stage: waiting, then work, one after the other."""
    total = sum(each.queue_ms + each.compute_ms for each in timings) or 1.0
    with card(words.times):
        tag("p", "dim small", words.times_note)
        with tag("div", "waterfall", role="list"):
            begin = 0.0
            for each in timings:
                with tag("div", "fall", role="listitem"):
                    tag("span", "fall-name", each.stage)
                    with tag(
                        "svg",
                        "fall-bar",
                        viewBox="0 0 1000 10",
                        preserveAspectRatio="none",
                        aria_hidden="true",
                    ):
                        left, wait = 1000 * begin / total, 1000 * each.queue_ms / total
                        work = 1000 * each.compute_ms / total
                        tag("rect", "bar-queue", x=round(left, 1), y=3, width=round(wait, 1), height=4)
                        tag(
                            "rect",
                            "bar-work",
                            x=round(left + wait, 1),
                            y=0,
                            width=max(2, round(work, 1)),
                            height=10,
                        )
                    waited, worked = milliseconds(each.queue_ms), milliseconds(each.compute_ms)
                    tag("span", "fall-time dim small", f"{words.queue} {waited} · {words.compute} {worked}")
                begin += each.queue_ms + each.compute_ms


def show_models(models: Sequence[Model], words: TryingWords) -> None:
    """Which networks made the answer, down to their bytes."""
    with card(words.models):
        table = Table(words.models, (words.model, words.version, words.fingerprint), none="–")
        table.show([(each.name, each.version, f"{each.sha256[:SHORT_FINGERPRINT]}…") for each in models])


def show_code(identity: str, text: str, words: Words) -> None:
    """A text to copy."""
    with tag("div", "code"):
        tag("pre", "", text, id=identity, tabindex=0)
        with tag("button", "button quiet copy", type="button", data_copy=f"#{identity}"):
            icon("copy")
            tag("span", "only-read", words.every_page.copy)


def shown_json(text: str) -> str:
    """As much of it as a page can bear."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\n…"
