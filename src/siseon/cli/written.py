"""Files that one run makes. None that was there before is replaced, unless it tells of nothing but the failures of the
same command, and none of the run's own inputs ever.

Where a file may be replaced, it is by another one that takes its name when it is whole: a run that is ended leaves
what was there. A link is never written through, and never replaced.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from siseon.cli.lines import Lines, unwritten, write
from siseon.cli.resumed import NOTHING, Earlier, has_failures_alone, taken_up
from siseon.contracts import InputError
from siseon.media.files import name_text
from siseon.media.film.names import stem

LONGEST_NAME = 255
"""Bytes of a file's name, on every file system in use."""
NUMBERS = 10_000
"""Names that are tried for one picture before the folder is called full of them."""
UNFINISHED = ".unfinished"
"""Ends the name of lines that are to replace a file, until they do."""
PART = ".siseon-picture.unfinished"
"""The name of a picture while it is written: one that only a run of siseon gives, for what has it is removed."""

Identity = tuple[int, int]


class Written:
    """Makes the files of one run."""

    def __init__(self, inputs: Iterable[Path], *, force: bool) -> None:
        """``force``: whether files that were there before may be replaced, those of ``inputs`` excepted."""
        self.inputs = {found for path in inputs if (found := identity(path)) is not None}
        """Files that are never replaced."""
        self._force = force
        self._own: set[Identity] = set()
        self._numbers: dict[tuple[Path, str], int] = {}

    def lines(self, path: Path, *, resumable: bool = False, mark: str | None = None) -> Lines:
        """A new file of lines, or a device or pipe that is there.

        Args:
            path: of the file.
            resumable: whether the command could go on with one that is there.
            mark: of the run whose results they are: a file of such a run that has failures alone is replaced.

        Raises:
            InputError: it is an input, it is there already, it is a link, another run is writing it, or it cannot be
                made.
        """
        self._check_no_input(path)
        if _is_special(path):
            return Lines(path, _opened(path, os.O_WRONLY))
        if os.path.islink(path):
            raise InputError(
                f"{name_text(path)} is a link, which results are not written through",
                hint="name the file that it leads to, or remove the link; - is stdout",
            )
        try:
            descriptor = self._new(path)
        except FileExistsError:
            if not self._force and (mark is None or not has_failures_alone(path, mark)):
                raise InputError(
                    f"{name_text(path)} is there already",
                    hint=f"name another place, {'go on with it by --resume, ' * resumable}or replace it with --force",
                ) from None
            return self._replacing(path)
        return Lines(path, _reserved(descriptor, path), made=True)

    def continued(self, path: Path, mark: str) -> tuple[Lines, Earlier]:
        """The lines that a run has left in a file when it was ended, to go on behind them; a new file if there is none.

        Raises:
            InputError: it is an input, a link or no file of results, another run is writing it, the results of the run
                are elsewhere, or were made with other options than those that ``mark`` stands for.
        """
        part = _part_of(path)
        if part.exists():
            raise InputError(
                f"a run with --force has left its results in {name_text(part)}",
                hint=f"move them to {name_text(path.name)}, then resume; or remove them",
            )
        if not os.path.lexists(path):
            return self.lines(path), NOTHING
        self._check_no_input(path)
        descriptor = _opened(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise InputError(f"{name_text(path)} is no file that can be gone on with", hint="name a file")
        descriptor = _reserved(descriptor, path)
        try:
            earlier = taken_up(path, descriptor, mark)
        except BaseException:
            os.close(descriptor)
            raise
        self._own.add(_of(os.fstat(descriptor)))
        return Lines(path, descriptor), earlier

    def picture(self, folder: Path, name: str, suffix: str, data: bytes) -> Path:
        """Write a picture into the folder, called after an input's own name; numbered where that is taken.

        Raises:
            InputError: ``storage_failed``; nothing of it is left then.
        """
        part = folder / PART
        # A run that was killed just when the picture was in its place leaves it under both names.
        if not _has_another_name(part):
            self._check_no_input(part)
        try:
            part.unlink(missing_ok=True)  # of a run that was killed
            descriptor = self._new(part)
            try:
                write(descriptor, data)
            finally:
                os.close(descriptor)
            return self._place(part, folder, name, suffix)
        except OSError as error:
            raise unwritten(folder / name_of(name, suffix), error) from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _place(self, part: Path, folder: Path, name: str, suffix: str) -> Path:
        """Give the file a name that is free, or one that may be replaced."""
        # From the last number of that name: among thousands of a name the first ones are not tried again.
        key = folder, stem(name)
        first = self._numbers.get(key, 1)
        for number in range(first, first + NUMBERS):
            path = folder / name_of(name, suffix if number == 1 else f"-{number}{suffix}")
            there = identity(path)
            self._numbers[key] = number
            if there is None:
                with suppress(
                    FileExistsError
                ):  # another process was faster, or it is a link that leads nowhere
                    _name_anew(part, path)
                    return path
            elif self._force and there not in self.inputs | self._own and _is_plain(path):
                _keep_mode(part, path)
                os.replace(part, path)
                return path
        raise InputError(
            f"{name_text(folder)} has {NUMBERS:,} pictures called {name_text(name)}",
            hint="name another folder",
        )

    def _check_no_input(self, path: Path) -> None:
        if (there := identity(path)) is not None and there in self.inputs:
            raise InputError(
                f"{name_text(path)} is an input of this run", hint="name another file for the results"
            )

    def _new(self, path: Path) -> int:
        """The descriptor of a new file.

        Raises:
            FileExistsError: something of that name is there, be it a link that leads nowhere.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except FileExistsError:
            raise
        except OSError as error:
            raise unwritten(path, error) from None
        self._own.add(_of(os.fstat(descriptor)))
        return descriptor

    def _replacing(self, path: Path) -> Lines:
        """Lines that take the place of a file at the end."""
        part = _part_of(path)
        self._check_no_input(part)
        with suppress(PermissionError):  # it cannot be looked at, and so not be asked
            os.close(_reserved(os.open(path, os.O_RDONLY | os.O_CLOEXEC), path))
        # Without O_NONBLOCK a pipe of that name would be waited for.
        descriptor = _reserved(_opened(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK), path)
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1 or identity(part) != _of(state):
            os.close(descriptor)
            raise InputError(
                f"{name_text(part)} is no file of an earlier run, or another run has just ended",
                hint="try again; if it is still there, move it away",
            )
        os.ftruncate(descriptor, 0)  # of a run that was ended
        _keep_mode(part, path)
        self._own |= {found for each in (path, part) if (found := identity(each)) is not None}
        return Lines(path, descriptor, part=part)


def _part_of(path: Path) -> Path:
    return path.with_name(_shortened(path.name, len(UNFINISHED)) + UNFINISHED)


def name_of(name: str, end: str) -> str:
    """A name in the output folder after that of an input, wherever that lies."""
    return _shortened(stem(name) or "picture", len(end)) + end


def _opened(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise unwritten(path, error) from None


def _reserved(descriptor: int, path: Path) -> int:
    """The descriptor, with which other runs are kept from the file as long as it is open.

    Raises:
        InputError: one has it.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(
            f"{name_text(path)} is being written by another run",
            hint="wait for it, or name another file or folder",
        ) from None
    except OSError:  # a file system that knows no locks
        pass
    return descriptor


def _name_anew(part: Path, path: Path) -> None:
    """Move a file to a name that nothing has.

    Raises:
        FileExistsError: something has it.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system that knows no hard links: the name is taken first
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        os.replace(part, path)


def _keep_mode(part: Path, path: Path) -> None:
    """What replaces a private file is no less private."""
    with suppress(OSError):
        part.chmod(stat.S_IMODE(path.stat().st_mode))


def identity(path: Path) -> Identity | None:
    """Of what is behind a name; None: nothing is there."""
    try:
        return _of(path.stat())
    except (OSError, ValueError):
        return None


def _of(state: os.stat_result) -> Identity:
    return state.st_dev, state.st_ino


def _has_another_name(path: Path) -> bool:
    """Whether its bytes stay when this name goes."""
    try:
        return path.lstat().st_nlink > 1
    except OSError:
        return False


def _is_special(path: Path) -> bool:
    """Whether it is there and no regular file: a terminal, ``/dev/null``, a pipe."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _is_plain(path: Path) -> bool:
    """Whether it is a file, and no link to one."""
    return path.is_file() and not path.is_symlink()


def _shortened(stem: str, more: int) -> str:
    """The beginning of a name that fits with ``more`` bytes behind it; no character is cut in two."""
    room = LONGEST_NAME - more
    encoded = os.fsencode(stem)
    if len(encoded) <= room:
        return stem
    while room and encoded[room] & 0xC0 == 0x80:  # inside a UTF-8 sequence
        room -= 1
    return os.fsdecode(encoded[:room])
