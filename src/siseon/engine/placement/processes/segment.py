"""Memory that two processes share and that has no name: when the last of them ends, however it ends, it is gone.

``memfd_create`` makes a file that no directory lists, and it is not bounded by the size of ``/dev/shm`` (64 MB in a
container by default). It is sealed: neither side can shrink it under the other, whose next access would be a bus error.
Where there is no memfd (not Linux) a temporary file takes its place that loses its name as it is made
(``O_TMPFILE`` where the system has it); all its pages are reserved at once, since a full disk would be the same bus
error.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
"""(n,) uint8."""

SHARED_FOLDER = Path("/dev/shm")  # noqa: S108 - the file never has a name there
RESERVED_BYTES = 32 << 20
"""At most this much where pages must be reserved at once: it is taken whether it is used or not."""


def create(size: int) -> tuple[int, int]:
    """A descriptor of new shared memory and its size in bytes, which may be less; pages are taken as they are touched.

    Raises:
        OSError: there is no room.
    """
    if hasattr(os, "memfd_create"):
        return _sealed(size), size
    return _nameless(min(size, RESERVED_BYTES)), min(size, RESERVED_BYTES)


def mapped(descriptor: int, *, writable: bool) -> Bytes:
    """All of it as an array, which keeps it mapped; the descriptor may be closed."""
    access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
    return np.frombuffer(mmap.mmap(descriptor, 0, access=access), np.uint8)


def address(array: Bytes) -> int:
    """Where its first byte lies in this process."""
    return int(array.__array_interface__["data"][0])


def _sealed(size: int) -> int:
    descriptor = os.memfd_create("siseon", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _nameless(size: int) -> int:
    folder = SHARED_FOLDER if SHARED_FOLDER.is_dir() else None
    with tempfile.TemporaryFile(dir=folder) as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)
        return os.dup(file.fileno())
