"""A picture with what was found drawn over it, and the list of what was found beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from nicegui.element import Element

from siseon.console.scene import Scene
from siseon.console.words.every_page import EveryPageWords

LABELS = "labels"
"""The layer of all labels."""


class Viewer(Element, component="../static/viewer.js"):
    """It is changed in place. Elements anywhere on the page with ``data-thing`` light up their thing."""

    def __init__(self, words: EveryPageWords) -> None:
        super().__init__()
        self.props["copied"] = words.copied
        self.props["unseen"] = words.not_shown_here
        self.props["hidden"] = []
        self.props["scene"] = None

    def show(self, src: str, alt: str, scene: Scene | None = None) -> None:
        """Another picture: its address in the browser, what it is, and what was found in it."""
        self.props["src"] = src
        self.props["alt"] = alt
        self.props["scene"] = None if scene is None else told(scene)
        self.update()

    def hide(self, layers: Sequence[str]) -> None:
        """Show all layers but these."""
        if self.props["hidden"] != list(layers):
            self.props["hidden"] = list(layers)
            self.update()


def told(scene: Scene) -> Mapping[str, object]:
    """A scene as the browser takes it."""
    geometry = {layer.name: layer.geometry for layer in scene.layers}
    return {
        "width": scene.width,
        "height": scene.height,
        "shapes": [{**asdict(shape), "geometry": geometry[shape.layer]} for shape in scene.shapes],
        "things": [asdict(thing) for thing in scene.things],
    }
