"""The log of what was done with the results in a folder: lines that are only ever added, each bound to the one before.

A line holds the SHA-256 of the line before it, so that whoever changes, removes or inserts one must write all that
follow anew. Who may write the file can do that, or cut off its end: the digest of the last line, kept elsewhere, shows
it. There are no pictures in it, no names of people and nothing about them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, PositiveInt, ValidationError

from siseon.contracts import FailureCode, InputError
from siseon.media.files import name_text

LOG = "audit.jsonl"
FIRST = "0" * 64
"""What the first line has in place of the one before it."""
MOST_LINE = 1 << 20
"""Bytes of a line."""
MOST_LINES = 1_000_000


class Entry(BaseModel):
    """A line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: PositiveInt
    at: datetime
    what: str
    """``begun`` and ``made`` of a run, ``fetched`` of a job's results, ``purged``."""
    by: str
    """``user@host``."""
    before: str
    """SHA-256 of the line before, hexadecimal."""
    about: dict[str, JsonValue] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Log:
    """A log as it was read."""

    entries: tuple[Entry, ...]
    """Those that can be read."""
    digests: tuple[str, ...]
    """Of all lines."""
    faults: tuple[Fault, ...]


def read_log(folder: Path) -> Log:
    """The log of a folder, each line compared with the one before.

    Raises:
        InputError: ``file_unreadable``: there is none, it is a link, or longer than any.
    """
    try:
        with _opened(folder / LOG, os.O_RDONLY) as file:
            return _read(file)
    except OSError as error:
        raise InputError(
            f"{name_text(folder)} has no log of siseon that can be read: {error.strerror}",
            code=FailureCode.file_unreadable,
            hint="name the folder that was given with --out or --output-path",
        ) from None


def append(
    folder: Path, what: str, by: str, about: Mapping[str, JsonValue], *, at: datetime | None = None
) -> str:
    """Add a line to the log of a folder, which is made where there is none; its digest.

    Raises:
        InputError: ``storage_failed``: it cannot be written; nothing is left of the line then.
    """
    try:
        with _opened(folder / LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number, before, is_whole = _end(file)
            entry = Entry(
                number=number + 1,
                at=at or datetime.now(UTC),
                what=what,
                by=by,
                before=before,
                about=dict(about),
            )
            line = orjson.dumps(entry.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
            length = os.fstat(file.fileno()).st_size
            try:
                # What a power cut has left of a line stays as it is, a line for itself.
                _write(file, b"" if is_whole else b"\n", line, b"\n")
            except OSError:
                os.ftruncate(file.fileno(), length)
                raise
            return hashlib.sha256(line).hexdigest()
    except OSError as error:
        raise InputError(
            f"the log {name_text(folder / LOG)} cannot be written: {error.strerror}",
            code=FailureCode.storage_failed,
            hint="check the folder, its permissions and the room on its disk",
        ) from None


def _write(file: BinaryIO, *parts: bytes) -> None:
    left = memoryview(b"".join(parts))
    while left:
        left = left[os.write(file.fileno(), left) :]
    os.fsync(file.fileno())


def _opened(path: Path, flags: int) -> BinaryIO:
    """A regular file, never what a link leads to."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    file = os.fdopen(descriptor, "rb" if flags == os.O_RDONLY else "r+b", buffering=1 << 16)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError(0, "it is not a file")
    return file


def _end(file: BinaryIO) -> tuple[int, str, bool]:
    """How many lines there are, the digest of the last one, and whether it is whole."""
    number, before, is_whole = 0, FIRST, True
    for line in _lines(file):
        number, is_whole = number + 1, line.endswith(b"\n")
        before = hashlib.sha256(line.removesuffix(b"\n")).hexdigest()
    return number, before, is_whole


def _read(file: BinaryIO) -> Log:
    entries, digests, faults, before = [], [], [], FIRST
    for number, line in enumerate(_lines(file), 1):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            faults.append(Fault(number, "it is not a line of this log"))
        else:
            entries.append(entry)
            if entry.before != before:
                faults.append(Fault(number, "the line before it was changed, removed or added"))
            elif entry.number != number:
                faults.append(Fault(number, f"it says that it is line {entry.number}"))
        before = hashlib.sha256(line.removesuffix(b"\n")).hexdigest()
        digests.append(before)
    return Log(tuple(entries), tuple(digests), tuple(faults))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Each with its end; what is longer than any is cut, and so is no line of ours."""
    file.seek(0)
    for _ in range(MOST_LINES):
        line = file.readline(MOST_LINE)
        if not line:
            return
        yield line
    raise OSError(0, f"it has more than {MOST_LINES:,} lines")
