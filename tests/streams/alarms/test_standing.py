"""The states of an alarm in random order of what may happen to it, against a model of the standard's diagram."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from siseon.contracts import FailureCode, StreamError
from siseon.streams.alarms import standing
from siseon.streams.alarms.rules import LONGEST_S, LimitRule
from siseon.streams.alarms.standing import EventKind, Standing, State, Step

B, C, D = State.unacknowledged, State.acknowledged, State.returned_unacknowledged
E, F, A = State.latched_unacknowledged, State.latched_acknowledged, State.normal
DIAGRAM = {
    EventKind.raised: {A: B, D: B, E: B, F: B},
    EventKind.acknowledged: {B: C, D: A, E: F},
    EventKind.realarmed: {C: B},
    EventKind.reset: {E: D, F: A},
}
RETURNED = {False: {B: D, C: A}, True: {B: E, C: F}}
"""By whether it latches."""


class Alarms(RuleBasedStateMachine):
    """One alarm, an operator, and a clock."""

    @initialize(latch=st.booleans(), again=st.sampled_from([None, 100.0]))
    def a_rule(self, latch: bool, again: float | None) -> None:
        self.rule = LimitRule(tag="t", kind="high", limit=1, latch=latch, re_alarm_s=again)
        self.stands = Standing()
        self.state = A
        """What the diagram says, as long as it is not shelved."""
        self.active = False
        self.now = 1000.0
        self.shelved_until: float | None = None
        self.seen_at: float | None = None

    def took(self, step: Step, kind: EventKind | None) -> None:
        assert step.told is kind
        assert (step.standing == self.stands) == (kind is None)
        self.stands = step.standing

    def moved(self, kind: EventKind, to: State | None) -> EventKind | None:
        """What is told, after the diagram's move."""
        if to is None:
            return None
        self.state = to
        return kind

    @rule(active=st.booleans())
    def its_condition_turns(self, active: bool) -> None:
        told = EventKind.raised if active else EventKind.returned
        arrows = DIAGRAM[told] if active else RETURNED[self.rule.latch]
        changed = active != self.active
        self.active = active
        if self.shelved_until is None:
            kind = self.moved(told, arrows.get(self.state) if changed else None)
        else:
            kind = told if changed else None
        self.took(standing.turned(self.stands, self.rule, active=active), kind)

    @rule()
    def somebody_acknowledges(self) -> None:
        kind = None
        if self.shelved_until is None:
            kind = self.moved(EventKind.acknowledged, DIAGRAM[EventKind.acknowledged].get(self.state))
            self.seen_at = self.now if kind else self.seen_at
        self.took(standing.acknowledge(self.stands, self.rule, self.now), kind)

    @rule()
    def somebody_resets(self) -> None:
        if self.stands.latched and self.active:
            with pytest.raises(StreamError) as caught:
                standing.reset(self.stands)
            assert caught.value.code is FailureCode.alarm_active
        elif self.shelved_until is None:
            kind = self.moved(EventKind.reset, DIAGRAM[EventKind.reset].get(self.state))
            self.took(standing.reset(self.stands), kind)

    @rule(seconds=st.sampled_from([10.0, 200.0]))
    def somebody_shelves(self, seconds: float) -> None:
        same = self.shelved_until == self.now + seconds
        self.shelved_until = self.now + seconds
        self.took(standing.shelve(self.stands, self.shelved_until), None if same else EventKind.shelved)

    @rule()
    def somebody_unshelves(self) -> None:
        was = self.shelved_until is not None
        if was:
            self.leaves_the_shelf()
        self.took(standing.unshelve(self.stands), EventKind.unshelved if was else None)

    @rule(seconds=st.sampled_from([5.0, 60.0, 150.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        kind = None
        if self.shelved_until is not None:
            if self.now >= self.shelved_until:
                self.leaves_the_shelf()
                kind = EventKind.unshelved
        elif self.rule.re_alarm_s and self.seen_at and self.now >= self.seen_at + self.rule.re_alarm_s:
            kind = self.moved(EventKind.realarmed, DIAGRAM[EventKind.realarmed].get(self.state))
        self.took(standing.passed(self.stands, self.now, LONGEST_S), kind)

    @rule()
    def the_clock_is_set_back_by_much(self) -> None:
        """What was to come in time comes at once rather than never."""
        due = self.stands.due_at
        step = standing.passed(self.stands, self.now - 2 * LONGEST_S, LONGEST_S)
        assert (step.told is not None) == (due is not None)

    def leaves_the_shelf(self) -> None:
        self.shelved_until = None
        latched = self.stands.latched
        self.state = B if self.active else E if latched else A

    @invariant()
    def it_stands_where_the_diagram_says(self) -> None:
        expected = self.state if self.shelved_until is None else State.shelved
        assert self.stands.state is expected
        assert self.stands.active == self.active

    @invariant()
    def only_what_is_seen_and_still_there_comes_back(self) -> None:
        assert self.stands.realarm_at is None or self.stands.state is C


Alarms.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestAlarms = Alarms.TestCase


def test_a_shelf_forgets_no_latch_and_no_condition():
    rule_ = LimitRule(tag="t", kind="high", limit=1, latch=True)
    stands = standing.shelve(Standing(), 100.0).standing
    stands = standing.turned(stands, rule_, active=True).standing
    stands = standing.turned(stands, rule_, active=False).standing
    assert stands.state is State.shelved
    assert standing.passed(stands, 99.0, LONGEST_S).told is None
    assert standing.passed(stands, 100.0, LONGEST_S).standing.state is E
