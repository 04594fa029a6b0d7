"""What costs processor time is told by function and call; what waits is not."""

from __future__ import annotations

import hashlib
import re
import threading
import time

import pytest

from siseon.cli.costs import TOP, Costs

pytestmark = pytest.mark.skipif(
    not hasattr(time, "pthread_getcpuclockid"), reason="only Linux tells the processor time of threads"
)


def _digests(costs: Costs, data: bytes) -> None:
    while costs.seconds < 0.5:
        hashlib.sha256(data)


def _waits(over: threading.Event) -> None:
    over.wait()


def test_a_thread_that_computes_is_told_by_what_it_calls_and_one_that_waits_is_not() -> None:
    over = threading.Event()
    with Costs() as costs:
        threads = [
            threading.Thread(target=_digests, args=(costs, bytes(1 << 20))),
            threading.Thread(target=_waits, args=(over,)),
        ]
        for one in threads:
            one.start()
        threads[0].join()
        over.set()
        threads[1].join()
    told = list(costs.lines())
    parts, functions = told[1 : TOP + 1], told[told.index("functions, with all that they call:") + 1 :]

    first = re.fullmatch(r" +1 +(\d+\.\d)% .* s  hashlib\.sha256  in _digests .*", parts[0])
    assert first is not None, parts[0]
    assert float(first[1]) > 80
    assert any("_digests" in line for line in functions[:6])
    assert not any("_waits" in line for line in functions[:6])
    shares = [float(line.split()[0].rstrip("%")) for line in functions]
    assert shares == sorted(shares, reverse=True)
