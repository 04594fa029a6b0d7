"""The last seconds of a stream: never older, never more bytes than the bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from siseon.streams.clips.ring import Frame, Ring
from streams.clips.films import BEGAN

STEPS = st.lists(st.tuples(st.floats(0, 3), st.integers(0, 400)), max_size=60)


@given(STEPS, st.floats(0, 10), st.integers(1, 2000))
def test_it_holds_the_newest_within_its_seconds_and_bytes(steps, seconds, most):
    ring, put, now = Ring(seconds, most), [], 0.0
    for step, length in steps:
        now += step
        put.append(Frame(now, BEGAN, bytes(length)))
        ring.put(put[-1])
        held = ring.since(-1)
        assert ring.nbytes == sum(len(frame.jpeg) for frame in held) <= most
        assert held == put[len(put) - len(held) :]
        assert all(frame.at_s >= now - seconds for frame in held)


def test_what_was_to_be_seen_at_a_time_belongs_to_what_came_since():
    ring = Ring(60)
    for at_s in (1.0, 2.0, 3.0, 4.0):
        ring.put(Frame(at_s, BEGAN, b"."))
    assert [frame.at_s for frame in ring.since(2.5)] == [2.0, 3.0, 4.0]
    assert [frame.at_s for frame in ring.since(0)] == [1.0, 2.0, 3.0, 4.0]
    assert [frame.at_s for frame in ring.since(9)] == [4.0]
