"""Denormal numbers taken for zero while a network runs.

Processors compute with numbers below the smallest normal float (1.2e-38) many times slower, and the activations of
networks are full of them: PP-OCR's text detector takes less than a third of its time without, on an Intel Xeon, and
OSNet a fifth (``benchmarks/denormals.py``). What such a number adds to a sum of
normal ones is less than their rounding. ONNX Runtime has an option for the threads of its own pool; a thread that
computes by itself keeps its own mode, which only the C library can change (``fenv.h``), and every thread is given back
the mode that it had: other code counts on denormals.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from typing import Final

OPTION: Final = ("session.set_denormal_as_zero", "1")
"""Of a session: in the threads of its own pool, and for good in the thread that makes a process's first session."""

# Where the C library keeps the mode in its ``fenv_t`` (32-bit words), and the bits that flush: glibc and musl agree.
# x86-64: MXCSR, its bits FTZ and DAZ (Intel SDM 1, 10.2.3); AArch64: FPCR, its bit FZ (Arm ARM, C5.2.8).
MODES: Final = {"x86_64": (7, 0x8040), "aarch64": (0, 1 << 24)}
WORDS = 8


class _Environment(ctypes.Structure):
    _fields_ = (("words", ctypes.c_uint32 * WORDS),)


def _library() -> ctypes.PyDLL | None:
    """The C library, called with the interpreter's lock held: the calls take less time than to let go of it."""
    if sys.platform != "linux" or platform.machine() not in MODES:
        return None
    library = ctypes.PyDLL(None)
    return library if hasattr(library, "fegetenv") and hasattr(library, "fesetenv") else None


_LIBRARY = _library()
_WORD, _BITS = MODES.get(platform.machine(), (0, 0))


class Flushed:
    """``with Flushed():`` this thread takes denormal numbers for zero. Where it cannot be asked to, nothing changes."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        if _LIBRARY is None:
            return
        self._before = _Environment()
        _LIBRARY.fegetenv(ctypes.byref(self._before))
        flushing = _Environment.from_buffer_copy(self._before)
        flushing.words[_WORD] |= _BITS
        _LIBRARY.fesetenv(ctypes.byref(flushing))

    def __exit__(self, *_: object) -> None:
        if _LIBRARY is not None:
            _LIBRARY.fesetenv(ctypes.byref(self._before))
