"""Names of strangers' files, as they may be written down and told."""

from __future__ import annotations

from collections.abc import Set
from itertools import count
from pathlib import PurePath

MAX_NAME = 200
"""Characters that are kept."""
UPLOAD_NAME = "upload"


def plain_name(name: str | None) -> str:
    """The last part of a file name without control characters; ``upload`` when nothing is left."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:MAX_NAME].strip() or UPLOAD_NAME


def free_name(name: str, taken: Set[str]) -> str:
    """The name, numbered where it is taken: ``clip-2.mp4``."""
    path = PurePath(name)
    names = (f"{path.stem}-{number}{path.suffix}" for number in count(2))
    return name if name not in taken else next(one for one in names if one not in taken)
