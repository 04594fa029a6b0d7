"""What is concluded from clients that hang up, with a clock of the test's own."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from contextlib import suppress
from random import Random

import pytest

from hosting.door import bursts, honest, serve
from siseon.applications.inspection import Detect
from siseon.contracts import FailureCode
from siseon.engine import Trace
from siseon.hosting import impatience
from siseon.hosting.admission import ARRIVALS, Admission, Overloaded
from siseon.hosting.impatience import ENOUGH, FRESH_S, MOMENT_S, REMEMBERED_S, SEEN, Impatience


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_known_until_enough_have_gone_and_again_after_a_while() -> None:
    clock = Clock()
    seen = Impatience(clock)
    seen.left(0.4, answered=True)
    for number in range(ENOUGH):
        assert seen.waits_s() == math.inf
        clock.now += 2 * MOMENT_S
        seen.left(0.5 + number / 100, answered=False)
    assert seen.waits_s() == pytest.approx(0.52)
    clock.now += REMEMBERED_S
    assert seen.waits_s() == pytest.approx(0.52)
    clock.now += 1
    assert seen.waits_s() == math.inf


def test_a_few_among_many_that_are_answered_tell_nothing() -> None:
    seen = Impatience(Clock())
    for _ in range(4):
        for _ in range(ENOUGH - 1):
            seen.left(0.5, answered=False)
        for _ in range(SEEN):
            seen.left(0.2, answered=True)
    assert seen.waits_s() == math.inf


def test_who_goes_before_others_are_answered_did_not_go_for_the_wait() -> None:
    seen = Impatience(Clock())
    seen.left(0.1, answered=True)
    for _ in range(SEEN):
        seen.left(0.05, answered=False)  # a page that asks for the next picture at once
    assert seen.waits_s() == math.inf


def test_whoever_goes_before_anybody_is_answered_tells_nothing() -> None:
    seen = Impatience(Clock())
    for _ in range(SEEN):
        seen.left(0.001, answered=False)
    assert seen.waits_s() == math.inf


def test_a_crowd_that_hangs_up_together_is_one() -> None:
    clock = Clock()
    seen = Impatience(clock)
    seen.left(1.0, answered=True)
    for _ in range(ENOUGH):
        assert seen.waits_s() == math.inf
        clock.now += 2 * MOMENT_S
        for _ in range(SEEN):
            seen.left(1.2, answered=False)
    assert seen.waits_s() == 1.2


def test_clients_that_go_as_others_are_answered_count_each() -> None:
    seen = Impatience(Clock())
    for _ in range(ENOUGH):
        seen.left(0.4, answered=True)
        seen.left(0.5, answered=False)
    assert seen.waits_s() == 0.5


def test_it_is_forgotten_once_others_have_waited_longer_and_were_answered() -> None:
    seen = Impatience(Clock())
    for _ in range(ENOUGH):
        seen.left(0.4, answered=True)
        seen.left(0.5, answered=False)
    for _ in range(ENOUGH):
        seen.left(0.5, answered=True)
        assert seen.waits_s() == 0.5
    for _ in range(ENOUGH - 1):
        seen.left(0.6, answered=True)
    assert seen.waits_s() == 0.5
    seen.left(0.6, answered=True)
    assert seen.waits_s() == math.inf


def test_one_in_three_that_goes_does_not_speak_for_those_who_stay() -> None:
    seen = Impatience(Clock())
    for number in range(SEEN):
        after_s = 2.0 + number % 20 / 20
        seen.left(after_s, answered=True)
        seen.left(after_s, answered=True)
        seen.left(after_s, answered=False)
    assert seen.waits_s() > 2.8  # the median of those who have gone is 2.725


def test_who_is_answered_sooner_says_nothing_of_those_who_would_have_gone_later() -> None:
    seen = Impatience(Clock())
    for _ in range(ENOUGH * 2):
        seen.left(0.4, answered=True)
        seen.left(0.5, answered=False)
    assert seen.waits_s() == 0.5


def test_hang_ups_that_come_one_by_one_through_a_night_are_not_a_crowd() -> None:
    clock = Clock()
    seen = Impatience(clock)
    for _ in range(SEEN):
        seen.left(1.0, answered=True)
        seen.left(2.0, answered=False)
        clock.now += FRESH_S / 3
    assert seen.waits_s() == math.inf


async def test_who_goes_from_a_queue_is_heard_without_what_its_upload_took(
    host, start, upload, monkeypatch
) -> None:
    service = host()
    await start(service)
    served = service["inspection"]

    def ask() -> asyncio.Task[object]:
        trace = Trace(start=time.monotonic() - 100)  # the request's first byte came then
        return asyncio.create_task(service["inspection"].run(upload(), trace=trace, timeout=60, untold=True))

    began = time.monotonic()
    await ask()
    took = time.monotonic() - began
    hold, process = threading.Event(), Detect.process

    def held(self: Detect, batch: list[object]) -> object:
        assert hold.wait(30)
        return process(self, batch)

    monkeypatch.setattr(Detect, "process", held)
    moment_s = 0.01
    monkeypatch.setattr(impatience, "MOMENT_S", moment_s)
    for number, told in ((ENOUGH, False), (served.admission.few + ENOUGH, True)):  # at first all are at work
        asked = [ask() for _ in range(number)]
        await asyncio.sleep(2 * took)  # longer than the one that was answered
        for task in asked:
            task.cancel()
            await asyncio.sleep(2 * moment_s)
        await asyncio.wait(asked)
        assert (served.impatience.waits_s() < 100) is told
    hold.set()


def test_whose_client_will_be_gone_is_refused_and_told_why() -> None:
    clock = Clock()
    admission = Admission(100, 2, clock)
    for _ in range(10):
        admission.enter(30)
    for _ in range(100):
        clock.now += 0.1
        admission.leave(answered=True)
        admission.enter(30)
    clock.now += 1.0
    admission.enter(30, 0.5)  # fewer come than can be answered
    admission.leave(answered=False)
    for _ in range(ARRIVALS):
        clock.now += 0.09
        with suppress(Overloaded):
            admission.enter(0.5)
    with pytest.raises(Overloaded, match=r"hanging up after 0\.50 s") as refused:
        admission.enter(30, 0.5)
    assert refused.value.code is FailureCode.overloaded
    assert refused.value.retry_after_s == pytest.approx(11 * 0.1 - 0.4, abs=0.05)
    admission.enter(30, 5.0)


@pytest.mark.parametrize("spread_s", [0.0, 2.0])
@pytest.mark.parametrize("patience_s", [0.2, 0.3])
@pytest.mark.parametrize("load", [0.75, 0.85])
def test_bursts_that_hang_up_do_not_have_others_refused(
    load: float, patience_s: float, spread_s: float
) -> None:
    ten_minutes = 600.0
    others = honest(Random(1), load, ten_minutes)
    strangers = bursts(Random(2), 40, 55.0, ten_minutes, patience_s, spread_s)
    figures = serve(Random(3), others, strangers)
    assert figures.asked > 15_000
    assert figures.refused < 0.002 * figures.asked


@pytest.mark.parametrize(("load", "in_time"), [(1.2, 0.7), (2.0, 0.4)])
def test_most_answers_of_an_overload_come_in_time_though_nobody_says_how_long_that_is(
    load: float, in_time: float
) -> None:
    figures = serve(Random(1), honest(Random(2), load, 60.0, patience_s=0.5), counted_from=5.0)
    assert figures.answered > in_time * figures.asked
