"""A signal ends the event loop of a command whatever thread it comes to."""

from __future__ import annotations

import asyncio
import signal
import threading
import time

import pytest

from siseon.cli.event_loop import run
from siseon.cli.signals import ended_in_order


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_to_another_thread_ends_a_loop_that_sleeps(number):
    def sent() -> None:
        time.sleep(0.2)  # the loop is asleep by then
        signal.pthread_kill(threading.get_ident(), number)

    async def silent() -> None:
        threading.Thread(target=sent).start()
        await asyncio.get_running_loop().create_future()

    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # workers of pytest ignore it
    try:
        with pytest.raises(SystemExit) as ended, ended_in_order():
            run(silent())
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert ended.value.code == 128 + number


def test_what_is_run_gives_its_value_and_leaves_no_handler():
    async def seven() -> int:
        return 7

    before = signal.getsignal(signal.SIGURG)
    assert run(seven()) == 7
    assert signal.getsignal(signal.SIGURG) in (before, signal.SIG_DFL)
