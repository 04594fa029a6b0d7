"""The end of a process in which a thread is still inside a runtime's C++, as one that loads a model is."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress


def leave(code: int) -> None:
    """End the process with that code where a daemon thread is left; else return.

    Before 3.14 CPython ends a thread that comes back after the interpreter's end by unwinding it, which C++ answers by
    ending the process with SIGABRT: Ctrl-C while models load did. What is registered for the exit is done before.
    """
    if not any(thread.daemon for thread in threading.enumerate()):
        return
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more, or it is closed
            if stream is not None:
                stream.flush()
    os._exit(code)
