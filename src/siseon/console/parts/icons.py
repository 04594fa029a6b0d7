"""Icons: pieces of one file of ours, in the colour of the text beside them. They never stand for a word alone."""

from __future__ import annotations

from typing import Literal

from nicegui.element import Element

from siseon.console.parts.dom import set_attribute, tag
from siseon.console.paths import STATIC

Icon = Literal[
    "overview", "try", "live", "jobs", "models", "traces",
    "ok", "warn", "bad", "info", "wait", "off",
    "menu", "close", "copy", "download", "upload", "camera", "refresh", "trash", "edit", "plus", "play", "stop",
    "search", "sun", "moon", "auto", "language", "sign-out", "book", "layers", "eye", "bell", "chevron", "back",
]  # fmt: skip


def icon(name: Icon, classes: str = "") -> Element:
    """One of them, hidden from screen readers."""
    with tag("svg", f"icon {classes}", aria_hidden="true", focusable="false") as drawn:
        tag("use", href=_place(name))
    return drawn


def set_icon(drawn: Element, name: Icon) -> None:
    """Make it another one."""
    set_attribute(drawn.default_slot.children[0], "href", _place(name))


def _place(name: Icon) -> str:
    return f"{STATIC}/icons.svg#{name}"
