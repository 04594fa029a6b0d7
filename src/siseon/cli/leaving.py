"""The end of a process: at once, when all that must be done before is done.

To take an interpreter, its modules and the networks in it apart object by object is a tenth of the time in which one
picture is read, and the system does it anyway. And before 3.14 CPython ends a thread that comes back from C++ after the
interpreter's end, as one that loads a model may, by unwinding it, which C++ answers by ending the process with SIGABRT:
Ctrl-C while models load did.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading


def leave(code: int, *, at_once: bool) -> None:
    """End the process with that code, after what is registered for the exit, where a thread may be inside C++ or it is
    to end ``at_once``; else return. So where it is not safe: a thread still has work to do, or something that was
    written cannot be handed over, which the interpreter tells."""
    others = [one for one in threading.enumerate() if one is not threading.main_thread()]
    inside = code != 0 and any(one.daemon for one in others)
    if not inside and not (at_once and all(one.daemon for one in others)):
        return
    if not code and not _flushed():
        return
    atexit._run_exitfuncs()
    _flushed()
    os._exit(code)


def _flushed() -> bool:
    done = True
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):  # nobody reads it any more, or it is closed
            done = False
    return done
