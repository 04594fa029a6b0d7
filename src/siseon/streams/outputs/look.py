"""How outputs see which streams are kept: what is kept no longer has to go from the systems of a plant too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from siseon.streams.kept import Kept

LOOK_S = 2.0
"""Between two looks."""
Look = Callable[[], Awaitable[list[Kept]]]
"""Raises a ``SiseonError`` where nobody knows."""
