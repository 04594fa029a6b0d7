"""A camera that is killed and restarted again and again: live soon after each return, and nothing is left over.

In CI a handful of flaps; ``SISEON_CHAOS=1 pytest -s tests/streams/test_flaps.py`` does 100, prints how long each took
from the server's return, and holds that to the bound.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from dataclasses import replace

import psutil
import pytest

from siseon.streams.life import Pace
from streams.watched import OPTIONS, Watched

LONG = "SISEON_CHAOS" in os.environ
FLAPS = 102 if LONG else 4
"""The first two only load what is loaded once."""
RETURN_S = 3.0
QUICK = Pace(stale_s=0.5, first_s=0.05, longest_s=0.2)
GROWTH = 8 << 20
"""Bytes that 100 flaps may cost: less than two pictures a flap."""


@pytest.mark.timeout(1800 if LONG else 180)
def test_a_camera_that_flaps_is_live_again_each_time_and_leaves_nothing(serving, clip):
    chance = random.Random(11)
    process = psutil.Process()
    server = serving(clip=clip)
    took, before = [], (0, 0, 0)
    options = replace(OPTIONS, pace=Pace(stale_s=0.5) if LONG else QUICK)
    with Watched(server.url("/clip"), options=options) as watched:
        for flap in range(FLAPS):
            watched.until_state("live")
            watched.shots.clear()
            watched.until_more(1)
            if flap == 2:  # what is loaded once is loaded now
                before = held(process)
            server.kill()
            away = chance.choice(["lost: unreachable", "connecting: unreachable"])
            watched.until(lambda watched, away=away: away in watched.states[-3:])
            server.start()
            returned = time.monotonic()
            watched.until_state("live")
            took.append(time.monotonic() - returned)
            if chance.random() < 0.1:
                server.send(signal.SIGSTOP)
                watched.until(lambda watched: watched.states[-1] == "stale: silent")
                server.send(signal.SIGCONT)
        after = held(process)
    threads, descriptors, memory = (now - then for now, then in zip(after, before, strict=True))
    assert threads <= 0
    assert descriptors <= 1  # a connection may be in the middle of its opening
    if LONG:
        median = sorted(took)[len(took) // 2]
        print(f"\n{len(took)} flaps, live again after (s): median {median:.2f}, longest {max(took):.2f}")
        print(f"threads {threads:+}, descriptors {descriptors:+}, memory {memory / 2**20:+.1f} MiB")
        assert max(took) <= RETURN_S
        assert memory <= GROWTH


def held(process: psutil.Process) -> tuple[int, int, int]:
    """Threads, descriptors and bytes of memory of this process."""
    gc.collect()
    return threading.active_count(), process.num_fds(), process.memory_info().rss
