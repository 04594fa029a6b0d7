"""The states of a stream against a model that says only what must hold, in random order of events."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from siseon.streams import causes
from siseon.streams.causes import Cause
from siseon.streams.life import Life, Pace, State

PACE = Pace()
README = Path(causes.__file__).with_name("README.md")


class Lives(RuleBasedStateMachine):
    """A clock that goes on, and everything that may happen to a stream."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.life = Life(PACE, self.now, lambda: self.chance)
        self.chance = 0.0
        self.before = State.connecting
        self.last_frame: float | None = None
        self.was_live = False
        self.refused = 0
        self.ended: Cause | None = None

    def changed(self, changed: bool) -> None:
        assert changed == (self.life.state is not self.before)
        self.before = self.life.state

    @rule(seconds=st.floats(0, 30), chance=st.floats(0, 1))
    def time_passes(self, seconds: float, chance: float) -> None:
        self.now += seconds
        self.chance = chance

    @rule()
    def somebody_looks(self) -> None:
        self.changed(self.life.look(self.now))
        if self.life.state is State.live and self.last_frame is not None:
            assert self.now - self.last_frame < PACE.stale_s

    @rule()
    def a_frame_comes(self) -> None:
        receives = self.life.state in (State.connecting, State.live, State.stale)
        self.changed(self.life.frame(self.now))
        if receives:
            assert self.life.state is State.live
            assert self.life.cause is None
            self.last_frame, self.was_live, self.refused = self.now, True, 0

    @rule(cause=st.sampled_from(Cause))
    def the_session_ends(self, cause: Cause) -> None:
        had_session = self.life.state in (State.connecting, State.live, State.stale)
        self.changed(self.life.lost(cause, self.now))
        if not had_session:
            return
        assert self.life.cause is cause
        if cause is Cause.unauthorized:
            self.refused += 1
            final = not self.was_live or self.refused == PACE.refusals
        else:
            final = cause.again == "never"
        assert self.life.state is (State.stopped if final else State.lost)
        if final:
            self.ended = cause

    @rule()
    def a_pause_may_be_over(self) -> None:
        due = self.life.state is State.lost and self.now >= self.life.retry_at
        self.changed(self.life.retry(self.now))
        assert (self.life.state is State.connecting and due) or not due

    @rule()
    @precondition(lambda self: self.now > 400)
    def it_is_not_wanted(self) -> None:
        self.changed(self.life.stop(self.now))
        assert self.life.state is State.stopped
        self.ended = self.ended or Cause.asked

    @invariant()
    def what_stopped_stays_so_and_keeps_its_cause(self) -> None:
        if self.ended is not None:
            assert (self.life.state, self.life.cause) == (State.stopped, self.ended)

    @invariant()
    def the_next_try_is_never_far_nor_at_once(self) -> None:
        if self.life.state is State.lost and self.life.cause is not None:
            pause = self.life.retry_at - self.life.since
            longest = PACE.longest_s if self.life.cause.again == "soon" else PACE.later_s
            least = PACE.later_s if self.life.cause is Cause.unauthorized else PACE.first_s
            assert least / 2 - 1e-6 <= pause <= longest + 1e-6

    @invariant()
    def all_but_connecting_and_live_have_a_cause(self) -> None:
        if self.life.state in (State.stale, State.lost, State.stopped):
            assert self.life.cause is not None
        if self.life.state is State.live:
            assert self.life.cause is None


Lives.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
TestLives = Lives.TestCase


def lost_again(life: Life, now: float, cause: Cause = Cause.unreachable) -> float:
    """The pause after one more loss; the life is connecting again afterwards."""
    life.lost(cause, now)
    pause = round(life.retry_at - now, 6)
    assert life.retry(life.retry_at)
    return pause


def test_pauses_double_up_to_the_longest():
    life = Life(PACE, 0.0, lambda: 1.0)
    assert [lost_again(life, float(n)) for n in range(6)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_a_source_that_comes_and_goes_at_once_is_not_tried_faster_and_faster():
    life = Life(PACE, 0.0, lambda: 1.0)
    pauses = []
    for n in range(5):
        life.frame(float(n))
        pauses.append(lost_again(life, n + 0.1, Cause.ended))
    assert pauses == [0.25, 0.5, 1.0, 2.0, 2.0]


def test_after_a_steady_time_the_pauses_begin_anew():
    life = Life(PACE, 0.0, lambda: 1.0)
    for n in range(5):
        lost_again(life, float(n))
    life.frame(10.0)
    life.frame(10.0 + PACE.steady_s)
    assert lost_again(life, 10.0 + PACE.steady_s, Cause.ended) == PACE.first_s


def test_a_password_that_never_was_right_is_tried_once():
    life = Life(PACE, 0.0)
    life.lost(Cause.unauthorized, 1.0)
    assert life.state is State.stopped


def test_a_password_that_was_right_is_tried_a_few_times_with_long_pauses():
    life = Life(PACE, 0.0, lambda: 1.0)
    life.frame(1.0)
    pauses = [lost_again(life, 2.0 + n, Cause.unauthorized) for n in range(PACE.refusals - 1)]
    assert pauses == [PACE.later_s] * (PACE.refusals - 1)
    life.lost(Cause.unauthorized, 100.0)
    assert (life.state, life.cause) == (State.stopped, Cause.unauthorized)


def test_what_somebody_has_to_mend_is_tried_soon_a_few_times_and_then_seldom():
    life = Life(PACE, 0.0, lambda: 1.0)
    pauses = [lost_again(life, float(n), Cause.not_found) for n in range(5)]
    assert pauses == [0.25, 0.5, 1.0, PACE.later_s, PACE.later_s]
    lost_again(life, 10.0)  # unreachable: it starts anew
    assert lost_again(life, 11.0, Cause.not_found) == PACE.longest_s


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_its_meaning(cause):
    assert f"`{cause}`" in README.read_text()
    assert cause.meaning
    assert cause.again in ("soon", "later", "never")
    assert cause.remedy or cause in (Cause.ended, Cause.broken, Cause.finished, Cause.asked)
