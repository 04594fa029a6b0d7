"""Names of strangers' files, as they may be written down and told."""

from __future__ import annotations

MAX_NAME = 200
"""Characters that are kept."""
UPLOAD_NAME = "upload"


def plain_name(name: str | None) -> str:
    """The last part of a file name without control characters; ``upload`` when nothing is left."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:MAX_NAME].strip() or UPLOAD_NAME
