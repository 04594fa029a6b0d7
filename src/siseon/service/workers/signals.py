"""What ends the parent, or one worker, from outside."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable


def on_signal(end: Callable[[], object], *numbers: signal.Signals) -> None:
    """Call ``end`` in the running loop when one of the signals comes. An ignored SIGHUP (``nohup``) stays so."""
    loop = asyncio.get_running_loop()
    for number in numbers:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end)
