"""Who is let in, with a clock of the test's own."""

from __future__ import annotations

import pytest

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.engine import Trace
from siseon.hosting.admission import Admission, Overloaded


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def busy(admission: Admission, clock: Clock, pace_s: float, answers: int) -> None:
    """Keep ten requests in flight while ``answers`` of them end, one every ``pace_s``."""
    for _ in range(10):
        admission.enter(1000)
    for _ in range(answers):
        clock.now += pace_s
        admission.leave(answered=True)
        admission.enter(1000)


def test_a_request_that_would_be_late_is_refused_at_once_and_told_when_to_come_back():
    clock = Clock()
    admission = Admission(100, 8, clock)
    busy(admission, clock, 0.1, 200)  # ten in flight at ten a second: an answer takes about a second
    admission.enter(2.0)
    with pytest.raises(Overloaded) as refused:
        admission.enter(0.5)
    assert refused.value.code is FailureCode.overloaded
    assert refused.value.retry_after_s == pytest.approx(12 * 0.1 - 0.4, abs=0.05)
    assert admission.in_flight == 11


def test_as_many_as_run_at_once_are_let_in_and_a_pace_of_the_past_is_forgotten():
    clock = Clock()
    admission = Admission(100, 4, clock)
    busy(admission, clock, 10.0, 50)  # some very large pictures
    for _ in range(10):
        admission.leave(answered=False)
    for _ in range(4):
        admission.enter(0.5)
    with pytest.raises(Overloaded):
        admission.enter(0.5)
    for _ in range(500):  # small ones now, four at a time
        clock.now += 0.01
        admission.leave(answered=True)
        admission.enter(0.5)
    admission.enter(0.5)


def test_a_slow_first_answer_is_one_of_many():
    clock = Clock()
    admission = Admission(100, 4, clock)
    busy(admission, clock, 1.0, 1)
    for _ in range(39):
        clock.now += 0.01
        admission.leave(answered=True)
        admission.enter(1000)
    admission.enter(0.6)  # 11 in flight at 40 answers in 1.39 s: 0.38 s


def test_the_pace_of_requests_that_come_and_end_together_is_that_of_all_of_them():
    clock = Clock()
    admission = Admission(1000, 64, clock)  # at once, on 32 cores
    for _ in range(5):
        for _ in range(64):
            admission.enter(1000)
        clock.now += 0.12
        for _ in range(64):
            admission.leave(answered=True)
        clock.now += 10
    for _ in range(200):
        admission.enter(0.5)  # 64 in 0.12 s: all 200 in 0.38 s


def test_a_request_that_comes_after_a_crowd_is_not_counted_with_it():
    clock = Clock()
    admission = Admission(100, 4, clock)
    busy(admission, clock, 0.01, 100)
    for _ in range(9):
        admission.leave(answered=True)
    for _ in range(60):
        admission.enter(1000)
        clock.now += 10
        admission.leave(answered=True)
    for _ in range(10):
        admission.enter(0.5)


def test_idle_time_is_no_pace():
    clock = Clock()
    admission = Admission(100, 8, clock)
    busy(admission, clock, 0.01, 300)
    for _ in range(10):
        admission.leave(answered=True)
    clock.now += 3600
    busy(admission, clock, 0.01, 1)
    admission.enter(0.5)


def test_failures_tell_no_pace():
    clock = Clock()
    admission = Admission(100, 8, clock)
    busy(admission, clock, 0.1, 200)
    for _ in range(500):  # refused uploads end at once
        admission.leave(answered=False)
        admission.enter(1000)
    with pytest.raises(Overloaded):
        admission.enter(0.5)


def test_requests_that_fail_at_once_do_not_make_answers_seem_slow():
    clock = Clock()
    admission = Admission(100, 4, clock)
    for _ in range(5):
        admission.enter(1000)
    for _ in range(100):  # one answer a second, 99 failures between two
        for _ in range(99):
            clock.now += 0.01
            admission.leave(answered=False, failed=True)
            admission.enter(1000)
        clock.now += 0.01
        admission.leave(answered=True)
        admission.enter(1000)
    admission.enter(0.5)


def test_as_few_as_run_at_once_that_come_too_late_do_not_make_answers_seem_slow():
    clock = Clock()
    admission = Admission(100, 4, clock)
    for _ in range(4):
        admission.enter(1000)
    for _ in range(100):  # one answer a second, and clients that wait for 0.03 s
        for _ in range(33):
            clock.now += 0.03
            admission.leave(answered=False)
            admission.enter(1000)
        clock.now += 0.01
        admission.leave(answered=True)
        admission.enter(1000)
    admission.enter(0.5)


async def test_the_time_of_a_broken_picture_is_not_counted_for_the_next_answer(host):
    made, clock = host(), Clock()
    await made.start()
    try:
        admission = made["inspection"].admission = Admission(100, 1, clock)
        admission.enter(1000)
        clock.now += 100
        with pytest.raises(InputError):
            await made["inspection"].run(Encoded(b"no picture"), trace=Trace(), timeout=1000)
        clock.now += 0.01
        admission.enter(1000)
        admission.leave(answered=True)
        admission.enter(0.5)
    finally:
        await made.stop()


def test_beyond_the_limit_all_are_refused():
    admission = Admission(2, 8)
    admission.enter(10)
    admission.enter(10)
    with pytest.raises(Overloaded, match="the limit"):
        admission.enter(10)
    assert admission.refused == 1
    admission.leave(answered=True)
    admission.enter(10)
    assert admission.refused == 1
