"""What costs processor time is told by function and call; what waits is not."""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import time

import pytest

from siseon.cli.costs import TOP, Costs

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells the processor time of threads"
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


def test_threads_that_end_while_they_are_looked_at_do_no_harm() -> None:
    """Their clocks were once asked for by what the C library keeps of them: the process died of one that was gone."""
    with Costs() as costs:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            threads = [threading.Thread(target=sum, args=(range(2_000),)) for _ in range(20)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
    assert costs.seconds > 0
