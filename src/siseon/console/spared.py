"""What NiceGUI's libraries would import for uses that there are not here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("aiohttp", "redis", "requests")
"""By the clients of Engine.IO, which come with its server, and by what joins several servers of Socket.IO; by NiceGUI
for a storage that pages of ours do not have."""


@contextmanager
def spared() -> Iterator[None]:
    """What is imported meanwhile finds these not installed, unless somebody has them already; later they are again."""
    absent = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: not there, see importlib
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
