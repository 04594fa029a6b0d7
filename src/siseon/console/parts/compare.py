"""A picture before and after, with a slider between; regions of it are clicked, moved and made larger."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from nicegui.element import Element
from nicegui.events import GenericEventArguments

LARGEST = 1_000_000.0
"""Of a coordinate."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A region as it is drawn."""

    ring: tuple[tuple[float, float], ...]
    state: str
    """A class: ``set``, ``kept`` for one whose original stays, ``changed``."""


@dataclass(frozen=True, slots=True)
class Names:
    """Words on it."""

    before: str
    after: str
    slider: str
    unseen: str


class Compare(Element, component="../static/compare.js"):
    """Changed in place."""

    def __init__(
        self,
        names: Names,
        *,
        selected: Callable[[int], object] | None = None,
        moved: Callable[[int, float, float, float, float], object] | None = None,
    ) -> None:
        """``selected``: the number of a region; ``moved``: that, where its text begins, and its sides."""
        super().__init__()
        self.props["names"] = asdict(names)
        self.props["regions"] = []
        self.props["chosen"] = -1
        self.props["unsaved"] = False
        if selected is not None:
            self.on("select", lambda event: selected(_number(event.args)))
        if moved is not None:

            def on_moved(event: GenericEventArguments) -> None:
                told = (
                    event.args if isinstance(event.args, list) and len(event.args) == 5 else [-1, 0, 0, 1, 1]
                )
                moved(_number(told[0]), *(_coordinate(each) for each in told[1:]))

            self.on("moved", on_moved)

    def show(self, before: str | None, after: str, alt: str, width: int = 0, height: int = 0) -> None:
        """Other pictures, by their addresses in the browser."""
        told = {"before": before, "after": after, "alt": alt, "width": width, "height": height}
        self.props.update(told)
        self.update()

    def draw(self, regions: Sequence[Marked], chosen: int, *, unsaved: bool = False) -> None:
        """Draw these regions; ``chosen``: the one that may be moved."""
        told = [{"ring": region.ring, "state": region.state} for region in regions]
        state = (told, chosen, unsaved)
        if (self.props["regions"], self.props["chosen"], self.props["unsaved"]) != state:
            self.props["regions"], self.props["chosen"], self.props["unsaved"] = state
            self.update()


def _number(told: object) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < LARGEST else -1


def _coordinate(told: object) -> float:
    value = float(told) if isinstance(told, int | float) and math.isfinite(told) else 0.0
    return min(max(value, -LARGEST), LARGEST)
