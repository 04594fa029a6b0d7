"""What the checks of text need to know of a line: its words and its outline, whoever read it."""

from __future__ import annotations

from typing import Protocol, TypeVar


class Written(Protocol):
    """A line of text in a picture."""

    @property
    def text(self) -> str:
        """What it says."""
        ...

    @property
    def polygon(self) -> tuple[tuple[float, float], ...]:
        """A ring from the text's own top left, clockwise, in pixels."""
        ...


W = TypeVar("W", bound=Written)
