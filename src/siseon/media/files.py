"""Pictures on a disk: which files are meant, and their bytes within the bounds."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
    | {".avif", ".avifs", ".heic", ".heif"}
)
"""What is taken out of a folder; a file that is named itself is taken whatever it is called."""
STDIN = Path("-")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def expand_inputs(inputs: Iterable[str]) -> Iterator[Path]:
    """The files meant by names, folders (recursive, sorted, pictures only) and glob patterns; ``-`` is stdin.

    What is hidden is taken where it is named, not out of a folder: beside each photo of a camera's card macOS leaves a
    ``._`` file that is none. Patterns match no hidden names either.

    Raises:
        InputError: ``file_unreadable`` when a name is empty or an address, or a pattern matches nothing.
    """
    for text in inputs:
        path = Path(text)
        if not text:  # Path("") is the current folder
            raise InputError(
                "an empty name is not a file",
                code=FailureCode.file_unreadable,
                hint="a shell variable may not be set; the current folder is called .",
            )
        if ADDRESS.match(text) and not (_can_be_looked_at(path) and path.exists()):
            raise InputError(
                f"{name_text(text)} is an address, not a file",
                code=FailureCode.file_unreadable,
                hint="fetch it and name the file; `siseon jobs submit` takes http(s) addresses",
            )
        if path == STDIN or not _can_be_looked_at(path):
            found = [path]
        elif path.is_dir():
            found = _pictures_in(path)
        elif path.exists() or not glob.has_magic(text):
            found = [path]  # a missing file is reported by read_file, and the rest goes on
        else:
            found = sorted(Path(match) for match in glob.glob(text, recursive=True))
        if not found:
            raise _nothing(text, is_folder=path.is_dir())
        yield from found


def _nothing(text: str, *, is_folder: bool) -> InputError:
    if is_folder:
        told, hint = (
            "has no picture in it",
            "pictures are told by their suffix: name a file itself to have it taken",
        )
    else:
        told, hint = "matches no picture", "check the pattern"
    return InputError(f"{name_text(text)} {told}", code=FailureCode.file_unreadable, hint=hint)


def _pictures_in(folder: Path) -> list[Path]:
    """The pictures below a folder, sorted; and what is closed to us, so that whoever reads it is told so."""
    found: list[Path] = []
    closed: list[OSError] = []
    for place, inner, names in os.walk(folder, onerror=closed.append):  # follows no links: they may lead back
        inner[:] = filter(_is_shown, inner)
        pictures = (
            name for name in names if _is_shown(name) and Path(name).suffix.lower() in PICTURE_SUFFIXES
        )
        found += filter(_may_be_file, (Path(place) / name for name in pictures))
    return sorted(found + [Path(error.filename) for error in closed])


def _is_shown(name: str) -> bool:
    return not name.startswith(".")


def _may_be_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the folder may be listed, and nothing in it be looked at
        return True


def _can_be_looked_at(path: Path) -> bool:
    """Whether the system says what it is: not of a name that is too long, nor behind a folder that is closed to us."""
    try:
        path.exists()
    except (OSError, ValueError):
        return False
    return True


def name_text(name: str | Path) -> str:
    """A file's name as text, which goes into results and messages: bytes that are not UTF-8 are spelt out."""
    return str(name).encode("utf-8", "backslashreplace").decode()


def read_file(path: Path, bounds: MediaBounds = DEFAULT_BOUNDS) -> Encoded:
    """The bytes of a file (``-``: of stdin), never more than the bound; its size is asked before it is read.

    Raises:
        InputError: ``file_unreadable`` or ``image_too_large``.
    """
    try:
        if path == STDIN:
            # One byte more than allowed tells a file at the limit from one beyond it.
            data = sys.stdin.buffer.read(bounds.max_bytes + 1)
        else:
            with path.open("rb") as stream:
                size = path.stat().st_size
                if size > bounds.max_bytes:
                    raise _too_large(path, f"{size:,} bytes", bounds)
                data = stream.read(bounds.max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise InputError(
            f"{name_text(path)} cannot be read: {getattr(error, 'strerror', None) or error}",
            code=FailureCode.file_unreadable,
            hint="check the path and its permissions",
        ) from None
    if len(data) > bounds.max_bytes:
        raise _too_large(path, f"more than {bounds.max_bytes:,} bytes", bounds)
    return Encoded(data, "stdin" if path == STDIN else name_text(path.name))


def read_labelled(path: Path, bounds: MediaBounds = DEFAULT_BOUNDS) -> Encoded:
    """``read_file`` of a name that stands in a file or among options: ``-`` is no more than a name there, and a pipe is
    refused.

    Raises:
        InputError: as ``read_file`` and ``expect_regular``.
    """
    named = path.absolute() if path == STDIN else path
    expect_regular(named)
    return read_file(named, bounds)


def expect_regular(path: Path) -> None:
    """Before a file is opened that has to be there already: a pipe may never be written to, and a thread that opens it
    cannot be ended.

    Raises:
        InputError: ``file_unreadable``: what is there is neither a file nor a folder.
    """
    if _can_be_looked_at(path) and path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(
            f"{name_text(path)} cannot be read: it is not a file",
            code=FailureCode.file_unreadable,
            hint="write what comes out of it into a file",
        )


def _too_large(path: Path, size: str, bounds: MediaBounds) -> InputError:
    return InputError(
        f"{name_text(path)} has {size}, the limit is {bounds.max_bytes:,}",
        code=FailureCode.image_too_large,
        hint="send a smaller picture, or raise the limit: SISEON_MAX_UPLOAD_BYTES, or MediaBounds in Python",
    )
