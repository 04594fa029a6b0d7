"""Whether a video file is still the one that it was: what was found in one is not to be drawn on another."""

from __future__ import annotations

import hashlib
from pathlib import Path

from siseon.contracts import FailureCode, InputError
from siseon.media.files import name_text

PIECES, PIECE_BYTES = 16, 64 << 10
"""Looked at, evenly over the file, its first and its last bytes among them: pictures are coded anew in all of it."""
DIGITS = 16


def fingerprint(path: Path) -> str:
    """Of a file's length and a megabyte of its bytes, as hexadecimal digits. Blocks.

    Raises:
        InputError: ``file_unreadable``.
    """
    try:
        with path.open("rb") as file:
            length = file.seek(0, 2)
            told = hashlib.sha256(f"{length}\n".encode())
            for piece in range(PIECES):
                file.seek(max(0, length - PIECE_BYTES) * piece // (PIECES - 1))
                told.update(file.read(PIECE_BYTES))
    except OSError as error:
        raise InputError(
            f"{name_text(path)} cannot be read: {error.strerror}", code=FailureCode.file_unreadable
        ) from None
    return told.hexdigest()[:DIGITS]


def check_same(path: Path, name: str, known: str | None) -> None:
    """Refuse another file than the one that was looked at. Blocks.

    Args:
        path: where it lay.
        name: what people know it by.
        known: its ``fingerprint`` then; None: it was not told.

    Raises:
        InputError: ``file_unreadable``: it is another one, or cannot be read.
    """
    if known is not None and fingerprint(path) != known:
        raise InputError(
            f"{name_text(name)} was replaced, or written to, since it was looked at",
            code=FailureCode.file_unreadable,
            hint="run it again, once nobody writes to it any more",
        )
