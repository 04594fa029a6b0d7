"""A file of lines that grows while a run goes on. One that it replaces stays as it is until the run has ended well."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Self

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.media.files import name_text


class Lines:
    """Every line in it is whole: one that cannot be written as a whole is not there."""

    def __init__(self, path: Path, descriptor: int, *, made: bool = False, part: Path | None = None) -> None:
        """``made``: whether this run has made the file; ``part``: what it is called until ``finish`` gives it the
        name, and the place, of the file that it replaces."""
        self.path = path
        self._descriptor = descriptor
        self._made = made
        self._part = part
        self._regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put the file into its place, if all went well, and give it back."""
        try:
            if kind is None:
                self.finish()
        finally:
            self.close()

    @property
    def place(self) -> Path:
        """Where the lines are at the moment."""
        return self._part or self.path

    def write(self, line: bytes) -> None:
        """Append one.

        Raises:
            InputError: ``storage_failed``; what had been written before stays as it is.
            BrokenPipeError: nobody reads any more.
        """
        length = os.fstat(self._descriptor).st_size
        try:
            write(self._descriptor, line)
        except BrokenPipeError:
            raise
        except OSError as error:
            self._failed = True
            if self._regular:  # half a line would spoil the next one
                os.ftruncate(self._descriptor, length)
                os.lseek(self._descriptor, length, os.SEEK_SET)
            raise unwritten(self.path, error) from None

    def clear(self) -> None:
        """Take back all that was written, to a file."""
        if self._regular:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)

    def finish(self) -> None:
        """Put the file into the place of the one that it replaces, unless a line is missing in it.

        Raises:
            InputError: ``storage_failed``.
        """
        if self._part is None or self._failed:
            return
        try:
            os.fsync(self._descriptor)  # some disks say only now that they are full
            os.replace(self._part, self.path)
        except OSError as error:
            raise unwritten(self.path, error) from None
        self._part = None

    def close(self) -> None:
        """Give the file back; one that was made and stayed empty, because the run could not begin, is removed."""
        unfinished = self._made or self._part is not None
        state = os.fstat(self._descriptor)
        if unfinished and self._regular and not state.st_size:
            with suppress(OSError):  # it is gone already, or the folder was closed meanwhile
                if os.path.samestat(state, self.place.lstat()):  # not what has taken the name since
                    self.place.unlink()
        with suppress(OSError):  # a disk on the network that tells of its troubles late
            os.close(self._descriptor)


def unwritten(path: Path, error: OSError) -> SiseonError:
    """The failure of a file that cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return InputError(
        f"{name_text(path)} cannot be written: {'the disk is full' if full else error.strerror}",
        code=FailureCode.storage_failed,
        hint="free some room, or name another place" if full else "check the path and its permissions",
    )


def write(descriptor: int, data: bytes) -> None:
    """All of the bytes."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
