"""How long a thread that computes keeps its core before another one has its turn there.

A stage's threads are more than the cores, so that no core waits while one of them waits for the interpreter's lock. In
turns of a millisecond or two, as Linux gives them, each would find the caches full of the others' pictures, several
times within one run of a network. Since 6.12 a thread may ask for longer turns; one with shorter ones, the event loop
say, still has its turn at once. Nobody gets more of the processor by it, only in longer pieces.
Source: ``sched_setattr(2)``; Linux, ``kernel/sched/syscalls.c`` (``__setparam_fair``).
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from typing import Final

SLICE_S = 0.01
"""Seconds: a run of a network that serves requests takes about as long. Linux grants up to 0.1."""
NUMBERS: Final = {"x86_64": 314, "aarch64": 274}
"""Of the system call, which C libraries before glibc 2.41 do not have."""


class _Attributes(ctypes.Structure):
    """``struct sched_attr`` in its first version."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime_ns", ctypes.c_uint64),
        ("deadline_ns", ctypes.c_uint64),
        ("period_ns", ctypes.c_uint64),
    )


def ask_for_long_turns() -> bool:
    """Let this thread compute for ``SLICE_S`` before another one has its turn; whether the system has heard.

    Only where the thread is scheduled as threads usually are: who has chosen otherwise for the process knows why.
    """
    number = NUMBERS.get(platform.machine()) if sys.platform == "linux" else None
    if number is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return False
    asked = _Attributes(
        size=ctypes.sizeof(_Attributes),
        policy=os.SCHED_OTHER,
        nice=os.getpriority(os.PRIO_PROCESS, 0),
        runtime_ns=round(SLICE_S * 1e9),
    )
    # An older kernel takes it and changes nothing; one that forbids it says so, and nothing is lost.
    return bool(ctypes.CDLL(None).syscall(number, 0, ctypes.byref(asked), 0) == 0)
