"""Pixels in and out. Names load on first use, so that importing this package costs nothing.

``decode``, ``encode`` and ``read`` are imported from the modules of the same name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
    from siseon.media.draw import Canvas
    from siseon.media.files import expand_inputs, read_file
    from siseon.media.header import Header

_HOME = {
    "DEFAULT_BOUNDS": "bounds",
    "Canvas": "draw",
    "Header": "header",
    "MediaBounds": "bounds",
    "expand_inputs": "files",
    "read_file": "files",
}

__all__ = [
    "DEFAULT_BOUNDS",
    "Canvas",
    "Header",
    "MediaBounds",
    "expand_inputs",
    "read_file",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'siseon.media' has no attribute {name!r}")
    return getattr(import_module(f"siseon.media.{_HOME[name]}"), name)
