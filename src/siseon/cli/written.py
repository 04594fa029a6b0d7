"""Files that one run makes. None that was there before is replaced, and none of the run's own inputs ever."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.media.files import name_text

LONGEST_NAME = 255
"""Bytes of a file's name, on every file system in use."""
NUMBERS = 10_000
"""Names that are tried for one picture before the folder is called full of them."""

Identity = tuple[int, int]


class Lines:
    """A file of lines; one that cannot be written as a whole is not there."""

    def __init__(self, path: Path, descriptor: int, *, made: bool = False) -> None:
        """``made``: whether this run has made the file."""
        self._made = made
        self.path = path
        self._descriptor = descriptor
        self._regular = stat.S_ISREG(os.fstat(descriptor).st_mode)

    def write(self, line: bytes) -> None:
        """Append one.

        Raises:
            InputError: ``storage_failed``; what had been written before stays as it is.
            BrokenPipeError: nobody reads any more.
        """
        length = os.fstat(self._descriptor).st_size
        try:
            _write(self._descriptor, line)
        except BrokenPipeError:
            raise
        except OSError as error:
            if self._regular:  # half a line would spoil the next one
                os.ftruncate(self._descriptor, length)
                os.lseek(self._descriptor, length, os.SEEK_SET)
            raise unwritten(self.path, error) from None

    def close(self) -> None:
        """Give the file back; one that was made and stayed empty, because the run could not begin, is removed."""
        if self._made and self._regular and not os.fstat(self._descriptor).st_size:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


class Written:
    """Makes the files of one run."""

    def __init__(self, inputs: Iterable[Path], *, force: bool) -> None:
        """``force``: whether files that were there before may be replaced, those of ``inputs`` excepted."""
        self._inputs = {identity for path in inputs if (identity := _identity(path)) is not None}
        self._force = force
        self._own: set[Identity] = set()
        self._numbers: dict[tuple[Path, str], int] = {}

    def lines(self, path: Path) -> Lines:
        """A new file of lines, or a device or pipe that is there.

        Raises:
            InputError: it is an input, it is there already, or it cannot be made.
        """
        if (there := _identity(path)) is not None and there in self._inputs:
            raise InputError(
                f"{name_text(path)} is an input of this run", hint="name another file for the results"
            )
        made = not os.path.lexists(path)
        descriptor = self._open(path)
        if descriptor is None:
            raise InputError(
                f"{name_text(path)} is there already", hint="name another file, or replace it with --force"
            )
        return Lines(path, descriptor, made=made)

    def picture(self, folder: Path, name: str, suffix: str, data: bytes) -> Path:
        """Write a picture into the folder, called after an input's own name; numbered where that is taken.

        Raises:
            InputError: ``storage_failed``; nothing of it is left then.
        """
        # From the last number of that name: among thousands of a name the first ones are not tried again.
        first = self._numbers.get((folder, Path(name).stem), 1)
        for number in range(first, first + NUMBERS):
            end = suffix if number == 1 else f"-{number}{suffix}"
            path = folder / (_shortened(Path(name).stem or "picture", len(end)) + end)
            there = _identity(path)
            if there is not None and (there in self._inputs or there in self._own or not self._force):
                continue
            descriptor = self._open(path)
            self._numbers[folder, Path(name).stem] = number
            if descriptor is None:  # another process was faster, or it is a link that leads nowhere
                continue
            try:
                _write(descriptor, data)
            except OSError as error:
                path.unlink(missing_ok=True)
                raise unwritten(path, error) from None
            finally:
                os.close(descriptor)
            return path
        raise InputError(
            f"{name_text(folder)} has {NUMBERS:,} pictures called {name_text(name)}",
            hint="name another folder",
        )

    def _open(self, path: Path) -> int | None:
        """A descriptor; None if there is a file that must not be replaced."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        try:
            if _is_special(path):
                flags = os.O_WRONLY
            elif self._force:
                flags = flags & ~os.O_EXCL | os.O_TRUNC
            descriptor = os.open(path, flags, 0o666)
        except FileExistsError:
            return None
        except OSError as error:
            raise unwritten(path, error) from None
        state = os.fstat(descriptor)
        self._own.add((state.st_dev, state.st_ino))
        return descriptor


def unwritten(path: Path, error: OSError) -> SiseonError:
    """The failure of a file that cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return InputError(
        f"{name_text(path)} cannot be written: {'the disk is full' if full else error.strerror}",
        code=FailureCode.storage_failed,
        hint="free some room, or name another place" if full else "check the path and its permissions",
    )


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _identity(path: Path) -> Identity | None:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_dev, state.st_ino


def _is_special(path: Path) -> bool:
    """Whether it is there and no regular file: a terminal, ``/dev/null``, a pipe."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _shortened(stem: str, more: int) -> str:
    """The beginning of a name that fits with ``more`` bytes behind it; no character is cut in two."""
    room = LONGEST_NAME - more
    encoded = os.fsencode(stem)
    if len(encoded) <= room:
        return stem
    while room and encoded[room] & 0xC0 == 0x80:  # inside a UTF-8 sequence
        room -= 1
    return os.fsdecode(encoded[:room])
