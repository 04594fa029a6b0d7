"""How much memory this process holds."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Resident set size in bytes; where the system does not tell it (not Linux), the peak so far."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def give_back() -> None:
    """Return freed memory to the system: glibc keeps it for the next allocation otherwise.

    Without a garbage collection, which would stop every thread for tens of milliseconds: weights are in no cycle.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
