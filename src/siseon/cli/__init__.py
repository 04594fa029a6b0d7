"""The terminal's face of siseon. Commands import what they need when they run: ``--help`` stays fast."""

from __future__ import annotations

import errno

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO)
"""What a full disk, a closed descriptor or a device that went says to who writes on it."""


def main() -> None:
    """Run the command line; a named failure ends it with its message and exit code 1, or 2 where the
    command is wrong, never a traceback."""
    import io
    import os
    import sys

    from siseon.cli.haste import begin_in_haste
    from siseon.cli.large_pages import begin_with_large_pages

    begin_with_large_pages()
    begin_in_haste()
    # Stages have a thread a core already: OpenCV's own pool would only fight them, for 0.3 ms of a core per photo.
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
    _open_what_was_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what its encoding has no character for is spelt out
            stream.reconfigure(errors="backslashreplace")
    from siseon.cli.signals import ended_in_order

    try:
        with ended_in_order():
            _run()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            from siseon.cli.leaving import leave
            from siseon.cli.program import is_the_program

            leave(ended.code or 0, at_once=is_the_program())
        raise


def _run() -> None:
    import sys

    try:
        from siseon.cli.app import app

        app()
    except Exception as error:
        # Looked up only now: the failures come with numpy and pydantic, which --help has no use for.
        from siseon.cli.terminal import show_failure
        from siseon.cli.wrong import exit_code
        from siseon.contracts import SiseonError

        if isinstance(error, OSError) and error.errno in UNWRITABLE:
            from pathlib import Path

            from siseon.cli.lines import unwritten

            sys.stdout = None  # what it holds back cannot be written at the exit either
            error = unwritten(Path("the output"), error)
        if not isinstance(error, SiseonError):
            raise
        show_failure(error)
        sys.exit(exit_code(error))


def _open_what_was_closed() -> None:
    """Give the standard descriptors back: the next file that is opened would get the number, and with it the words
    that libraries say to stderr. What is written to a stdout that was closed still fails."""
    import os
    import sys

    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_RDWR)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)
            if number == 1:
                sys.stdout = os.fdopen(1, "w", closefd=False)
            elif number == 2:
                sys.stderr = os.fdopen(2, "w", closefd=False)
