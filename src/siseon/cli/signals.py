"""What ends a command from outside: SIGTERM and SIGHUP end it as Ctrl-C does, in good order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
"""What Typer ends with after a KeyboardInterrupt."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Inside, these signals raise KeyboardInterrupt, or cancel what ``event_loop.run`` runs; the process then exits
    with 128 and the number of the signal that came. One that is ignored (``nohup``) stays so.
    """
    received = signal.SIGINT

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal received
        received = signal.Signals(number)
        if callable(signal.getsignal(signal.SIGINT)):
            signal.raise_signal(signal.SIGINT)
        else:  # a shell without jobs starts what is in the background so that it ignores Ctrl-C
            raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(128 + received) from None
    except ImportError as error:
        if KeyboardInterrupt in map(
            type, (error.__cause__, error.__context__)
        ):  # caught by what was being loaded
            raise SystemExit(128 + received) from None
        raise
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            ended.code = 128 + received
        raise
