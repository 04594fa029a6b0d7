"""How well generated displays are read, of families that nothing was trained with."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from siseon.applications.application import Table
from siseon.applications.gauges.contracts import GaugesResult, Reading
from siseon.applications.gauges.digital.read import reading_of
from siseon.applications.gauges.digital.recogniser import Display
from siseon.applications.gauges.digital.stages import ReadDigits
from siseon.applications.gauges.digital.value import Form, Number, number_of
from siseon.applications.gauges.generated.dial import Split
from siseon.applications.gauges.generated.digital import DisplayPhoto, display_photo
from siseon.applications.measuring import measure_all
from siseon.engine import Pipeline
from siseon.media.adopt import Picture
from siseon.models import Model

SPLIT: Split = "evaluation"
CLICKED = 0.04
"""Heights of a display by which its corners are off: standard deviation."""


class ReadDisplay(Pipeline[tuple[Display, Form], Reading]):
    """One display whose place is known."""

    def __init__(self, model: Model) -> None:
        """Nothing is loaded before the pipeline is entered."""
        self.read_digits = ReadDigits(model)

    async def run(self, item: tuple[Display, Form]) -> Reading:
        """Its reading."""
        display, form = item
        return reading_of(await self.read_digits(display), form, display.corners)


@dataclass(frozen=True, slots=True)
class JudgedDisplay:
    """One display, and what was made of it."""

    name: str
    family: str
    """Style and family."""
    shown: str
    """What it shows; of a counter its digits alone."""
    a_number: bool
    """Whether that is one: letters, times and drums on their way are to be refused."""
    reading: Reading

    @property
    def read(self) -> bool:
        """Whether it was accepted."""
        return self.reading.value is not None

    @property
    def exact(self) -> bool:
        """Whether it was, and rightly."""
        return self.read and self.a_number and self.reading.text == self.shown


def marked(photo: DisplayPhoto, index: int) -> tuple[Display, Form]:
    """The display with corners as somebody might click them, and what that person would know of it."""
    corners = photo.corners()
    high = float(np.linalg.norm(corners[3] - corners[0]))
    off = np.random.default_rng([index, 4]).normal(0, CLICKED * high, (4, 2))
    return Display(photo.image, corners + off), form_of(photo)


def form_of(photo: DisplayPhoto) -> Form:
    """A counter's drums are counted; of a display nothing is known."""
    if photo.face.style != "counter":
        return Form()
    return Form(counter=True, digits=len(photo.face.text.replace(".", "")))


def judged_display(index: int, photo: DisplayPhoto, readings: Sequence[Reading]) -> JudgedDisplay:
    """The reading that is meant: of several the one that is exact, else one that was read."""
    form = form_of(photo)
    shown = photo.face.text.replace(".", "") if form.counter else photo.face.text
    best = max(readings, key=lambda one: (one.value is not None, one.text == shown))
    family = f"{photo.face.style}, {photo.face.family}"
    a_number = isinstance(number_of(shown, form), Number)
    return JudgedDisplay(f"display {index}", family, shown, a_number, best)


async def displays_seen(
    pipeline: Pipeline[Picture, GaugesResult], numbers: Sequence[int], progress: Callable[[], object]
) -> list[JudgedDisplay]:
    """Each found and read by sight."""

    async def one(index: int) -> JudgedDisplay:
        seen = await asyncio.to_thread(display_photo, index, SPLIT)
        return judged_display(index, seen, (await pipeline(seen.image)).data.readings)

    return await measure_all(pipeline, numbers, one, progress)


async def displays_marked(
    pipeline: ReadDisplay, numbers: Sequence[int], progress: Callable[[], object]
) -> list[JudgedDisplay]:
    """Each read where somebody has marked it."""

    async def one(index: int) -> JudgedDisplay:
        seen = await asyncio.to_thread(display_photo, index, SPLIT)
        return judged_display(index, seen, [(await pipeline(marked(seen, index))).data])

    return await measure_all(pipeline, numbers, one, progress)


def display_table(title: str, found: Sequence[JudgedDisplay]) -> Table:
    """By style and family, and in all."""
    families = sorted({one.family for one in found})
    groups = [(family, [one for one in found if one.family == family]) for family in families]
    return Table(
        title=title,
        heads=("family", "displays", "numbers", "read", "exact", "wrong", "refused"),
        rows=tuple(_row(name, group) for name, group in [*groups, ("all", list(found))]),
        document={
            "displays": [
                {
                    "name": one.name,
                    "family": one.family,
                    "shown": one.shown,
                    "exact": one.exact,
                    "reading": one.reading.model_dump(mode="json", exclude={"display", "places"}),
                }
                for one in found
            ]
        },
    )


def _row(name: str, group: list[JudgedDisplay]) -> tuple[str, ...]:
    read, exact = sum(one.read for one in group), sum(one.exact for one in group)
    numbers = sum(one.a_number for one in group)
    share = f" ({exact / read:.2%})" if read else ""
    return (
        name,
        str(len(group)),
        str(numbers),
        str(read),
        f"{exact}{share}",
        str(read - exact),
        _reasons(one for one in group if one.a_number and not one.read),
    )


def _reasons(refused: Iterable[JudgedDisplay]) -> str:
    reasons = Counter(str(one.reading.reason) for one in refused)
    return ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items())) or "0"
