"""How much memory this process holds."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

T = TypeVar("T")

STATM = Path("/proc/self/statm")

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's malloc.h."""

_measuring = Lock()
"""Of the process, as the figure is: two that grow at the same time would each be told the sum."""


def resident_bytes() -> int:
    """Resident set size in bytes; where the system does not tell it (not Linux), the peak so far."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def have_few_arenas(count: int) -> None:
    """Have glibc allocate in ``count`` arenas, before threads have begun; elsewhere nothing.

    It makes eight a core otherwise, and each keeps the most that its threads ever had at once: a service that read four
    cameras took 190 MiB more, and grew (benchmarks/streams/memory.py); so did a run over a flight
    (benchmarks/oilspill/flight.py).
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if choose is not None:
        choose(_ARENA_MAX, count)


def give_back() -> None:
    """Return freed memory to the system: glibc keeps it for the next allocation otherwise.

    Without a garbage collection, which would stop every thread for tens of milliseconds: weights are in no cycle.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def measured(make: Callable[[], T]) -> tuple[T, int]:
    """Make something, and tell by how many bytes the process has grown; one at a time in the whole process.

    Freed memory is returned to the system before and after. Otherwise what ``make`` frees again would count as its
    own, and what it takes over from others would not count: networks with 24 MB of weights came out between 0 and
    150 MB, and at 24 MB this way. What other threads take meanwhile (requests) is still in the figure.

    A start does not wait for it: the five networks of text and inspection load as fast one by one as at the same time
    (0.67 s and 0.84 s on two cores), because only the making is serial, not the search and the hashes before it.
    """
    with _measuring:
        give_back()
        before = resident_bytes()
        made = make()
        give_back()
        return made, resident_bytes() - before
