"""What is concluded from clients that hang up, with a clock of the test's own."""

from __future__ import annotations

import math

import pytest

from siseon.contracts import FailureCode
from siseon.hosting.admission import Admission, Overloaded
from siseon.hosting.impatience import ENOUGH, REMEMBERED_S, SEEN, Impatience


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_known_until_enough_have_gone_and_again_after_a_while() -> None:
    clock = Clock()
    seen = Impatience(clock)
    for number in range(ENOUGH):
        assert seen.waits_s() == math.inf
        seen.left(0.5 + number / 100, answered=False)
    assert seen.waits_s() == pytest.approx(0.525)
    clock.now += REMEMBERED_S
    assert seen.waits_s() == pytest.approx(0.525)
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


def test_whose_client_will_be_gone_is_refused_and_told_why() -> None:
    clock = Clock()
    admission = Admission(100, 2, clock)
    for _ in range(10):
        admission.enter(30)
    for _ in range(100):
        clock.now += 0.1
        admission.leave(answered=True)
        admission.enter(30)
    with pytest.raises(Overloaded, match=r"hanging up after 0\.50 s") as refused:
        admission.enter(30, 0.5)
    assert refused.value.code is FailureCode.overloaded
    assert refused.value.retry_after_s == pytest.approx(11 * 0.1 - 0.4, abs=0.05)
    admission.enter(30, 5.0)
