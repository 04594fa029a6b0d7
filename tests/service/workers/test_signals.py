"""A signal ends a process in its own way, unless whoever started it said otherwise."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from siseon.service.workers.signals import on_signal


@pytest.fixture(params=[signal.SIG_DFL, signal.SIG_IGN])
def hang_up(request):
    """What SIGHUP does before."""
    before = signal.signal(signal.SIGHUP, request.param)
    yield request.param
    signal.signal(signal.SIGHUP, before)


async def test_an_ignored_hang_up_stays_ignored(hang_up):
    ended, last = asyncio.Event(), asyncio.Event()
    on_signal(ended.set, signal.SIGHUP)
    on_signal(last.set, signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGUSR1)
    async with asyncio.timeout(60):
        await last.wait()
        if hang_up is signal.SIG_DFL:
            await ended.wait()
    assert ended.is_set() == (hang_up is signal.SIG_DFL)
    for number in (signal.SIGHUP, signal.SIGUSR1):
        asyncio.get_running_loop().remove_signal_handler(number)
