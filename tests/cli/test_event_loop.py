"""A signal ends the event loop of a command whatever thread it comes to."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from siseon.cli.event_loop import run
from siseon.cli.signals import ended_in_order


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_to_another_thread_ends_a_loop_that_sleeps(number):
    def sent() -> None:
        time.sleep(0.2)  # the loop is asleep by then
        signal.pthread_kill(threading.get_ident(), number)

    async def silent() -> None:
        threading.Thread(target=sent).start()
        await asyncio.get_running_loop().create_future()

    signal.signal(signal.SIGINT, signal.default_int_handler)  # workers of pytest ignore it
    with pytest.raises(SystemExit) as ended, ended_in_order():
        run(silent())
    assert ended.value.code == 128 + number


def test_what_is_run_gives_its_value_and_leaves_no_handler():
    async def seven() -> int:
        return 7

    before = signal.getsignal(signal.SIGURG)
    assert run(seven()) == 7
    assert signal.getsignal(signal.SIGURG) in (before, signal.SIG_DFL)


def test_ctrl_c_while_a_library_is_loaded_is_no_fault_of_the_library() -> None:
    with pytest.raises(SystemExit) as ended, ended_in_order():
        raise ImportError("initialization failed") from KeyboardInterrupt()
    assert ended.value.code == 128 + signal.SIGINT
    with pytest.raises(ImportError, match="No module"), ended_in_order():
        raise ImportError("No module named 'none'")
