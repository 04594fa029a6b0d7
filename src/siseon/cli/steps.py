"""How far a run is, told on stderr step by step: as bars on a terminal, as lines in a log. Of an application that tells
of no steps these are one now and then: how many pictures have ended, and what the stage that was at work last has done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from siseon.applications.steps import FOUND, Step, together
from siseon.cli.bars import LINE_S, STEP, bars
from siseon.cli.chosen import Chosen
from siseon.cli.inputs import Sources
from siseon.cli.replaced import MANIFEST
from siseon.contracts import Result, SiseonError
from siseon.engine.envelope import models_of
from siseon.engine.trace import Batch
from siseon.media.files import name_text
from siseon.media.items import Item

OFTEN_S = 3.0
"""Seconds between two lines of one step, where lines are what was asked for."""
MEASURED_S = 0.1
"""Of work, from which on its rate says something."""


class Steps:
    """Of one run: its parts, then what is made of all of them."""

    def __init__(self, chain: Chosen, parts: int, *, lines: bool) -> None:
        """``parts``: how many there are; ``lines``: whether a terminal gets lines too."""
        self._chain = chain
        self._parts = parts
        self._ended = 0
        self._told: list[Step] = []
        """What the parts that have ended say together."""
        self._work: dict[str, Step] = {}
        """What stages have done, also of parts that have not."""
        self._found: list[str] = []
        """``12 people``, of each conclusion that counts them."""
        # One picture has no bar: it would be there for a moment.
        alone = parts == 1 and chain.application.steps is None
        self._bars = bars(wanted=not lines and not alone)
        self._every_s = OFTEN_S if lines else LINE_S
        self._tasks: dict[str, Any] = {}
        self._said: dict[str, float] = {}
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    @property
    def _logs(self) -> bool:
        """Whether there are lines: of an application that tells of its steps."""
        return self._bars.disable and self._chain.application.steps is not None

    def begin(self, sources: Sources, ended: int) -> None:
        """Say what there is to do, of which so much had ended before."""
        self._ended = ended
        self._tasks["parts"] = self._bars.add_task(self._unit, total=self._parts, completed=self._ended)
        if self._bars.disable or self._chain.application.steps is not None:
            self._chain.pipeline.on_batch = self._batch
        if self._logs:
            for path, parts in _videos(sources).items():
                count = f"{len(parts)} part{'' if len(parts) == 1 else 's'}"
                _say(f"{_safe(path)}: {_frames(parts[0])}{count}")

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Around what loads the models."""
        if self._logs:
            refs = models_of(self._chain.pipeline.stages().values())
            names = ", ".join(f"{ref.name} {ref.version}" for ref in refs)
            _say(f"loading {_safe(names)}")
        began = time.monotonic()
        yield
        self._said["parts"] = time.monotonic()
        if self._logs:
            _say(f"models loaded in {time.monotonic() - began:.1f} s")

    def part(self, outcome: Result[Any] | SiseonError) -> None:
        """One has ended."""
        self._ended += 1
        made = self._chain.application.steps
        if made is not None and not isinstance(outcome, SiseonError):
            self._told += made(outcome)
        known = together(self._told)
        self._told = list(known.values())
        rates = " · ".join(_rate(one) for one in self._told if one.rate is not None)
        self._bars.update(
            self._tasks["parts"],
            advance=1,
            description=f"{self._unit} {rates:{STEP}.{STEP}}" if rates else self._unit,
        )
        if self._logs:
            over = self._ended == self._parts
            for one in self._told:
                self._line(one, over=over, where=f", part {self._ended} of {self._parts}")

    def _batch(self, batch: Batch) -> None:
        """A stage has done so much of a part that has not ended."""
        done = Step(name=batch.stage, done=batch.size, unit="items", seconds=batch.compute_s)
        known = self._work.get(batch.stage)
        self._work[batch.stage] = done = done if known is None else known + done
        if self._logs:
            self._said.setdefault(
                done.name, time.monotonic()
            )  # what is over in a moment has no line of its own
            self._line(done, over=False)
        elif self._bars.disable:
            self._count(done)
        elif not self._told:
            self._bars.update(self._tasks["parts"], description=f"{self._unit} {done.name} {done.done:,}")

    def tell(self, step: Step) -> None:
        """How far the conclusion is."""
        if step.name == FOUND:
            self._found.append(f"{step.done:,} {step.unit}")
        elif not self._bars.disable:
            if step.name not in self._tasks:
                self._tasks[step.name] = self._bars.add_task(_safe(step.name), total=step.total)
            self._bars.update(self._tasks[step.name], completed=step.done, total=step.total)
        elif self._logs:
            self._said.setdefault(step.name, time.monotonic())
            self._line(step, over=step.is_over)

    def end(self, place: Path | None) -> None:
        """All is made; ``place``: the folder of the conclusion's files."""
        made = list(self._found)
        if place is not None:
            count = sum(1 for path in place.iterdir() if path.name != MANIFEST)
            made.append(f"{count:,} file{'' if count == 1 else 's'} in {name_text(place)}")
        told = f": {', '.join(made)}" if made else ""
        if self._chain.application.steps is not None:
            _say(f"done in {time.monotonic() - self._began:.1f} s{_safe(told)}")

    @property
    def _unit(self) -> str:
        return "pictures" if self._chain.application.parts is None else "parts"

    def _line(self, step: Step, *, over: bool, where: str = "") -> None:
        now = time.monotonic()
        if not over and now - self._said.get(step.name, self._began) < self._every_s:
            return
        self._said[step.name] = now
        _say(f"{line(step, over=over)}{'' if over else where}")

    def _count(self, step: Step) -> None:
        """A line now and then where there are no bars and the application tells of no steps."""
        now = time.monotonic()
        if now - self._said["parts"] >= self._every_s:
            self._said["parts"] = now
            _say(f"{self._ended:,} of {self._parts:,} {self._unit}, {line(step, over=False)}")


def line(step: Step, *, over: bool) -> str:
    """``visualiser: 120 of 341 frames, 32.1 frames/s``."""
    of = "" if step.total in (None, step.done) else f" of {step.total:,}"
    rate = f", {_rate(step)}" if step.seconds >= MEASURED_S else ""
    took = f" in {step.seconds:.2f} s" if over and step.seconds else ""
    return _safe(f"{step.name}{' done' if over else ''}: {step.done:,}{of} {step.unit}{took}{rate}")


def _say(told: str) -> None:
    from siseon.cli.terminal import err

    err.print(told, soft_wrap=True)


def _safe(text: object) -> str:
    from siseon.cli.terminal import safe

    return safe(text)


def _rate(step: Step) -> str:
    return f"{step.rate or 0:.1f} {step.unit}/s"


def _videos(sources: Sources) -> dict[str, Sequence[Item]]:
    found: dict[str, list[Item]] = {}
    for source in sources:
        if isinstance(source.place, Item) and source.place.part is not None:
            found.setdefault(str(source.place.path), []).append(source.place)
    return dict(found.items())


def _frames(part: Item) -> str:
    """How many the video has, where that can be told."""
    from siseon.media.film.reading import open_video

    try:
        video = open_video(part.path)
    except SiseonError:
        return ""
    return f"{video.frames:,} frames in all, {video.duration_ms / 1000:.1f} s, " if video.frames else ""
