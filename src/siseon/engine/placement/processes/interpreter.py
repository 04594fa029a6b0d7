"""The process of a worker: a new interpreter, never a fork of this one, which has threads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress

from siseon.engine.placement.processes.worker import PARENT_SIGNALS

BOOT = (
    "import json, sys; sys.path[:] = json.load(sys.stdin); "
    "from siseon.engine.placement.processes.worker import main; main(*map(int, sys.argv[1:]))"
)


def started(descriptors: tuple[int, ...]) -> subprocess.Popen[bytes]:
    """A new interpreter. It gets the import path through its stdin, so that a module in the folder where it happens to
    be started (``-P``) does not run in the place of one of the standard library's."""
    # Blocked until the worker says what they mean to it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, PARENT_SIGNALS)
    try:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, with a text of our own
            [sys.executable, "-P", "-c", BOOT, *map(str, descriptors)],
            stdin=subprocess.PIPE,
            pass_fds=descriptors,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert process.stdin is not None  # noqa: S101 - for the type checker
    with suppress(BrokenPipeError):  # it has ended already: told by ``ready``
        process.stdin.write(json.dumps([os.path.abspath(entry) for entry in sys.path]).encode())
        process.stdin.close()
    return process
