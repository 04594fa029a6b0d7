"""The event loop of a command, which hears a signal whatever thread the kernel gave it to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run``, in the main thread, and Ctrl-C ends it also when the signal comes to another thread.

    Python handles signals in the main thread, but the kernel may give one to any: to a thread that was just begun, when
    it comes while the main one begins it (glibc blocks signals for that long). The loop then sleeps on, and Ctrl-C is
    lost. With a descriptor to wake it up it does not; asyncio sets one as soon as it has a handler of its own.
    """

    async def heard() -> T:
        # Nothing sends SIGURG, and what does is ignored as before.
        asyncio.get_running_loop().add_signal_handler(signal.SIGURG, lambda: None)
        return await work

    return asyncio.run(heard())
