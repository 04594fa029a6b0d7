"""The video of a job of people with a lane for each of them, and how far a conclusion is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from nicegui.element import Element
from nicegui.events import GenericEventArguments
from pydantic import JsonValue

DAY_MS = 86_400_000


class Cast(Element, component="../static/cast.js"):
    """Changed in place."""

    def __init__(
        self,
        words: Mapping[str, JsonValue],
        *,
        chosen: Callable[[int], object],
        at: Callable[[int], object],
    ) -> None:
        """``chosen``: a person's number; ``at``: the millisecond at which the video is."""
        super().__init__()
        self.props["words"] = dict(words)
        self.props["rows"] = []
        self.props["src"] = ""
        self.props["begin"] = self.props["chosen"] = 0
        self.props["end"] = self.props["duration"] = 1
        self.on("chosen", lambda event: chosen(_whole(event)))
        self.on("at", lambda event: at(_whole(event)))

    def show(
        self, rows: Sequence[Mapping[str, JsonValue]], window: tuple[int, int], duration_ms: int
    ) -> None:
        """These lanes, from one millisecond to another."""
        self._change(rows=[dict(row) for row in rows], begin=window[0], end=window[1], duration=duration_ms)

    def play(self, address: str) -> None:
        """This video; none, when empty."""
        self._change(src=address)

    def choose(self, person: int) -> None:
        """Mark one of them; nobody, when 0."""
        self._change(chosen=person)

    def _change(self, **props: object) -> None:
        for name, value in props.items():
            if self.props[name] != value:
                self.props[name] = value


class Rendering(Element, component="../static/rendering.js"):
    """Follows a job's events in the browser."""

    def __init__(
        self, address: str, after: int, *, name: str, sentence: str, waiting: str, steps: Mapping[str, str]
    ) -> None:
        """``after``: the last event that is known; ``sentence``: with ``{step}``, ``{done}``, ``{total}``."""
        super().__init__()
        self.props["address"] = address
        self.props["after"] = after
        self.props["name"] = name
        self.props["sentence"] = sentence
        self.props["waiting"] = waiting
        self.props["steps"] = dict(steps)


def _whole(event: GenericEventArguments) -> int:
    """A number as a browser tells it; what is none is 0."""
    told = event.args
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        return 0
    return int(min(max(told, 0), DAY_MS))
