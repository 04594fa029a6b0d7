"""Counts by client against the same by hand."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from siseon.engine import Flow
from siseon.hosting.claims import Claims

CLIENTS = [Flow(f"client {number}") for number in range(5)]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(CLIENTS)), max_size=200), st.integers(0, 60))
def test_counts_are_those_of_the_steps_before(steps: list[tuple[bool, Flow]], each: int) -> None:
    claims, counts = Claims(), Counter[Flow]()
    for more, client in steps:
        if more:
            claims.add(client)
            counts[client] += 1
        elif counts[client]:
            claims.remove(client)
            counts[client] -= 1
        assert claims.of(client) == counts[client]
        assert claims.with_at_most(each) == sum(min(each, count) for count in counts.values())


def test_who_has_nothing_any_more_is_not_kept() -> None:
    claims = Claims()
    for number in range(1000):
        client = Flow(f"{number}")
        claims.add(client)
        claims.remove(client)
    assert not claims._of
    assert len(claims._at_least) == 2
