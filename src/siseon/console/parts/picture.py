"""The live picture of a stream. All of a page share one connection, and those out of sight are not sent."""

from __future__ import annotations

from typing import Literal

from nicegui.element import Element


class LivePicture(Element, component="../static/picture.js"):
    """Shows the newest picture; what is inside is seen in its place while there is none."""

    def __init__(
        self,
        stream: str,
        alt: str,
        *,
        width: Literal[160, 320, 640, 1280] = 320,
        fps: Literal[1, 2, 5, 10, 25] = 1,
    ) -> None:
        super().__init__()
        self.props["stream"] = stream
        self.props["alt"] = alt
        self.props["width"] = width
        self.props["fps"] = fps
        self.props["drawn"] = True

    def draw(self, drawn: bool) -> None:
        """With results, or the newest pictures as they come; one that is without has all of the page without."""
        self.props["drawn"] = drawn
