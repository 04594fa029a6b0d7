"""Files without a name: nobody finds them in a folder, and they are gone with the process that made them, however it
ends. One that is whole is given its name, without a copy where it lies on the same disk.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedWriter
from itertools import chain
from pathlib import Path

from siseon.contracts import Encoded, FailureCode, InputError, MadeFile

OPEN = Path("/proc/self/fd")
"""Where Linux has the open files of a process under their numbers."""
IN_MEMORY = 1_000_000
"""Bytes, beyond which a file that is made piece by piece lies on the disk."""


@contextmanager
def nameless() -> Iterator[Path]:
    """A path, of this process alone, by which an empty file can be written and read again and again; ``name_file``
    keeps it. It lies where temporary files do (``TMPDIR``). Where the system has no such files, it is one in a folder
    that is removed at the end, but not after a kill.

    Raises:
        OSError: nothing can be written there.
    """
    descriptor = _opened(tempfile.gettempdir())
    if descriptor is None:
        with tempfile.TemporaryDirectory(prefix="siseon-") as folder:
            yield Path(folder) / "made"
        return
    try:
        yield OPEN / str(descriptor)
    finally:
        os.close(descriptor)


def made_of(pieces: Iterable[bytes], name: str) -> Iterator[Encoded | MadeFile]:
    """One file: a short one in memory, a longer one on the disk, which is gone when the next thing is asked for.

    Raises:
        InputError: ``storage_failed``. What ``pieces`` raise is raised as it is.
    """
    first: list[bytes] = []
    left = IN_MEMORY
    pieces = iter(pieces)
    for piece in pieces:
        first.append(piece)
        left -= len(piece)
        if left < 0:
            break
    else:
        yield Encoded(b"".join(first), name)
        return
    with ExitStack() as stack:
        with _there_is_room():
            path = stack.enter_context(nameless())
            file = path.open("wb")
        stack.callback(_give_up, file)
        for piece in chain(first, pieces):
            with _there_is_room():
                file.write(piece)
        with _there_is_room():
            file.close()
        yield MadeFile(path, name)


def name_file(file: Path, target: Path) -> None:
    """Put a file, with a name or without one, where none is; from another disk it is copied. Nothing is left of one
    that had a name.

    Raises:
        FileExistsError: something has that name, be it a link that leads nowhere; it is as it was.
        OSError: it cannot be put there; what there is of it may be.
    """
    if file.parent != OPEN:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        shutil.move(file, target)
        return
    try:
        anywhere = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # With a folder that is open it is linkat(2), which follows to the file itself; link(2) would not.
            os.link(file, target, src_dir_fd=anywhere)
        finally:
            os.close(anywhere)
    except FileExistsError:
        raise
    except OSError:
        with file.open("rb") as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy)


def no_room(error: OSError, what: str = "a temporary file cannot be written") -> InputError:
    """What is said where one cannot be written."""
    return InputError(
        f"{what}: {error.strerror}",
        code=FailureCode.storage_failed,
        hint="free some room where temporary files lie (TMPDIR)",
    )


@contextmanager
def _there_is_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise no_room(error) from None


def _give_up(file: BufferedWriter) -> None:
    """Close it, if it is open still: what cannot be written any more has been told."""
    with suppress(OSError):
        file.close()


def _opened(folder: str) -> int | None:
    """None: the system, or the disk, has no files without a name."""
    if not hasattr(os, "O_TMPFILE"):
        return None
    try:
        descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o666)
    except OSError:
        return None
    if (OPEN / str(descriptor)).exists():
        return descriptor
    os.close(descriptor)
    return None
