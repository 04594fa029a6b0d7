"""A picture on which points are placed by clicks, dragged, and moved by arrow keys."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Ring = Sequence[tuple[float, float]]
LARGEST = 100_000.0
"""Of a coordinate."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A point; ``part`` and ``number`` say which."""

    part: str
    number: int
    x: float
    y: float
    name: str
    """For screen readers."""
    text: str = ""
    """Beside it."""


class Pointing(Element, component="../static/pointing.js"):
    """Changed in place."""

    def __init__(
        self,
        name: str,
        *,
        loaded: Callable[[int, int], Awaitable[None]],
        failed: Callable[[], object],
        placed: Callable[[float, float], object],
        moved: Callable[[str, int, float, float], object],
    ) -> None:
        """``name``: of the picture, for screen readers; ``loaded``: its width and height in pixels."""
        super().__init__()
        self.props["name"] = name
        self.props["src"] = ""
        self.props["points"] = []
        self.props["heard"] = 0
        self.props["ring"] = []
        self.props["needle"] = []
        self.props["zoomed"] = False

        async def on_loaded(event: GenericEventArguments) -> None:
            width, height = _two(event.args)
            if width >= 1 and height >= 1:
                await loaded(int(width), int(height))

        def on_moved(event: GenericEventArguments) -> None:
            told = event.args if isinstance(event.args, dict) else {}
            x, y = _two([told.get("x"), told.get("y")])
            self.props["heard"] = int(told.get("told") or 0)
            moved(str(told.get("part")), int(told.get("number") or 0), x, y)

        self.on("loaded", on_loaded)
        self.on("failed", lambda _: failed(), [])
        self.on("placed", lambda event: placed(*_two(event.args)))
        self.on("moved", on_moved)

    def picture(self, address: str) -> None:
        """Show this one."""
        self.props["src"] = address

    def show(self, points: Sequence[Shown], ring: Ring, needle: Ring) -> None:
        """These points; ``ring``, ``needle``: lines that are drawn under them."""
        self.props["points"] = [asdict(point) for point in points]
        self.props["ring"] = [list(point) for point in ring]
        self.props["needle"] = [list(point) for point in needle]

    def zoom(self, zoomed: bool) -> None:
        """Twice as large as there is room, to be scrolled; or not."""
        self.props["zoomed"] = zoomed


def _two(args: object) -> tuple[float, float]:
    """Two coordinates as a browser tells them; one that is none is 0."""
    told = args if isinstance(args, list) and len(args) == 2 else [0, 0]
    x, y = (float(each) if isinstance(each, int | float) and math.isfinite(each) else 0.0 for each in told)
    return min(max(x, -LARGEST), LARGEST), min(max(y, -LARGEST), LARGEST)
