"""What a process has in memory, by its own account: told apart are what lives and what is merely kept for later.

A resident set grows with arenas that malloc keeps, and with holes between what lives. Blocks of Python and bytes that
malloc has handed out do not: where they stand still, nothing leaks.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter
from dataclasses import asdict, dataclass

import psutil

GLIBC = ctypes.CDLL("libc.so.6")
FIELDS = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)
UNDIVIDED_S = 60.0
"""No other thread runs while objects are counted: a tuple that one is just filling must not be seen by another."""


class _Mallinfo2(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_size_t) for name in FIELDS)


GLIBC.mallinfo2.restype = _Mallinfo2


@dataclass(frozen=True)
class Memory:
    """Of this process, now."""

    resident_mb: float
    trimmed_mb: float
    """Resident, after malloc has given back what it can."""
    malloc_mb: float
    """Handed out by malloc, large blocks too."""
    blocks: int
    """Of Python: objects and what they consist of."""
    objects: dict[str, int]
    """By type, of those that the collector knows."""

    def document(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self)


def memory() -> Memory:
    """Collect, count, trim."""
    process = psutil.Process()
    resident = process.memory_info().rss
    gc.collect()
    blocks = sys.getallocatedblocks()
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(UNDIVIDED_S)
    try:
        counted = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
    finally:
        sys.setswitchinterval(usual_s)
    told = GLIBC.mallinfo2()
    GLIBC.malloc_trim(0)
    trimmed = process.memory_info().rss
    return Memory(resident / 1e6, trimmed / 1e6, (told.uordblks + told.hblkhd) / 1e6, blocks, dict(counted))
