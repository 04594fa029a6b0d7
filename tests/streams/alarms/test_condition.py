"""Whether a condition is there: against a model that looks at all that was seen, and at the edges of each kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from siseon.contracts import Measurement
from siseon.streams.alarms.condition import POINTS, Condition, Memory
from siseon.streams.alarms.rules import AlarmRule

RULE: TypeAdapter[AlarmRule] = TypeAdapter(AlarmRule)
BAD = Measurement(tag="t", value=None, quality="bad", reason="glare")


def condition(**stated: Any) -> Condition:
    return Condition(RULE.validate_python({"tag": "t", **stated}), Memory(at=0.0, good_at=0.0))


def seen(value: float | None, quality: Any = "good") -> Measurement:
    return BAD if value is None else Measurement(tag="t", value=value, quality=quality)


def played(watched: Condition, *values: tuple[float, float | None]) -> list[float]:
    """Times at which the condition came or went, alternately."""
    turns = []
    for at, value in values:
        turns += [at] * watched.look(at)
        turns += [at] * watched.value(seen(value), at)
    return turns


VALUES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.sampled_from([None, 6.0, 7.5, 8.0, 8.5])), max_size=30
)


@settings(max_examples=300)
@given(
    VALUES,
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.0, 1.0, 2.5]),
    st.sampled_from([0.0, 2.0]),
    st.booleans(),
)
def test_a_limit_with_deadband_and_delays_is_what_a_model_says(steps, deadband, on_s, off_s, low):
    """The model looks at all that was seen; the condition remembers only what it must."""
    sign = -1 if low else 1
    watched = condition(
        kind="low" if low else "high",
        limit=sign * 8.0,
        deadband=deadband,
        on_delay_s=on_s,
        off_delay_s=off_s,
    )
    now, over, history, active = 0.0, False, [], False
    for pause, value in steps:
        now += pause
        changed = watched.value(seen(None if value is None else sign * value), now)
        if value is not None:
            over = value > 8.0 - deadband if over else value > 8.0
            history.append((now, over))
            same = now
            for at, was in reversed(history):
                if was != over:
                    break
                same = at
            before = active
            if now - same >= (on_s if over else off_s):
                active = over
            assert changed == (active != before)
        else:
            assert not changed
        assert (watched.memory.active, watched.memory.over) == (active, over)


@pytest.mark.parametrize(("kind", "sign"), [("high", 1), ("high_high", 1), ("low", -1), ("low_low", -1)])
def test_a_value_at_the_limit_is_within_it(kind, sign):
    watched = condition(kind=kind, limit=sign * 8.0)
    assert played(watched, (0, sign * 8.0), (1, sign * 8.001), (2, sign * 8.0)) == [1, 2]


def test_one_glitch_then_silence_raises_nothing_and_what_is_confirmed_does():
    watched = condition(kind="high", limit=8, on_delay_s=5)
    assert played(watched, (0, 9.0), (100, None)) == []
    assert played(watched, (200, 9.0)) == [200]


def test_a_deviation_counts_on_both_sides_and_returns_behind_its_deadband():
    watched = condition(kind="deviation", setpoint=5, limit=1, deadband=0.5)
    assert played(watched, (0, 5.5), (1, 3.5), (2, 4.4), (3, 4.6), (4, 6.5)) == [1, 3, 4]
    assert watched.compared == 1.5


def test_a_rate_is_taken_over_its_window():
    watched = condition(kind="rate_of_change", limit=0.1, window_s=10)
    ramp = [(float(t), 0.05 * t) for t in range(30)] + [(30.0 + t, 1.5 + 0.2 * t) for t in range(30)]
    assert played(watched, *ramp[:11]) == []
    (raised,) = played(watched, *ramp[11:])
    assert 30 < raised <= 40
    assert watched.compared == pytest.approx(0.2)
    assert played(watched, *((60.0 + t, 7.5) for t in range(20)))


def test_a_rate_falls_too_and_keeps_no_more_than_its_window():
    watched = condition(kind="rate_of_change", limit=0.1, window_s=3600)
    for n in range(20_000):
        watched.value(seen(-float(n)), n / 5)
    assert watched.memory.active
    assert len(watched._points) <= POINTS + 2


def test_stale_is_no_good_value_for_so_long():
    watched = condition(kind="stale", after_s=10)
    assert played(watched, (5, 1.0), (14, None), (15, None), (16, None), (20, 1.0)) == [15, 20]
    watched.value(seen(1.0, "uncertain"), 25)
    assert watched.look(30)
    assert watched.compared == 10


def test_a_gap_that_nobody_looked_at_is_stale_when_the_next_value_comes():
    watched = condition(kind="stale", after_s=10)
    assert played(watched, (5, 1.0), (50, 1.0)) == [50, 50]


def test_stale_returns_when_good_values_last():
    watched = condition(kind="stale", after_s=10, off_delay_s=3)
    assert watched.look(10)
    assert played(watched, (11, 1.0), (12, 1.0), (13, None), (14, 1.0)) == [14]


def test_values_that_are_far_apart_or_go_back_in_time_break_nothing():
    for stated in (
        {"kind": "deviation", "setpoint": -1e308, "limit": 1},
        {"kind": "rate_of_change", "limit": 1, "window_s": 0.1},
    ):
        watched = condition(**stated)
        played(watched, (0, 1e308), (5, -1e308), (3, 1e308), (6, 1e308))
        assert watched.memory.at == 6


@given(st.floats(0, 100), st.floats(-1e6, 1e6))
def test_what_nobody_watched_changes_no_delay_nor_does_a_clock_that_was_set_meanwhile(ran, gap):
    """What had passed of a delay when it was noted has passed when somebody watches on."""
    before = Memory(at=1000.0 + ran, good_at=1000.0, over=True, since=1000.0)
    after = before.resumed(before.at + gap)
    assert after.at == before.at + gap
    assert after.at - after.since == pytest.approx(ran, abs=1e-6)
    assert after.at - after.good_at == pytest.approx(ran, abs=1e-6)


def test_a_delay_goes_on_after_a_restart():
    watched = condition(kind="high", limit=8, on_delay_s=10)
    played(watched, (0, 9.0), (6, 9.0))
    again = Condition(watched.rule, watched.memory.resumed(1000.0))
    assert played(again, (1000, 9.0), (1003, 9.0), (1004, 9.0)) == [1004]
