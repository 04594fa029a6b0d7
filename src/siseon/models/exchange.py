"""Two folders take each other's name at one moment, so that a kill leaves the one or the other, never neither."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_AT_CWD, _EXCHANGE = -100, 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of Linux."""


def exchange(one: Path, other: Path) -> bool:
    """Give each the name of the other; False where the system or the disk cannot, and nothing is changed."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done: int = rename(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE)
    return done == 0
