"""Who is refused when strangers ask for more than there is: hours in virtual time, with the real classes."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest

from hosting.door import Figures, flood, honest, serve
from siseon.engine import Flow
from siseon.hosting.admission import KEPT, Admission, Overloaded

SECONDS = 120.0


def clients(count: int) -> list[Flow]:
    return [Flow("client") for _ in range(count)]


def beside(
    strangers: list[Flow], load: float, patience_s: float, ours: list[Flow], limit: int = 256, seed: int = 0
) -> Figures:
    """What becomes of four or five tenths of what can be done, beside so much more of others."""
    asked = honest(Random(1 + seed), 0.4 if len(ours) == 1 else 0.5, SECONDS, clients=ours)
    others = flood(Random(9 + seed), load, SECONDS, patience_s, strangers)
    figures = serve(Random(3 + seed), asked, others, limit=limit)
    assert figures.asked > 1800
    return figures


@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("load", [1.0, 4.0])
def test_who_asks_for_less_than_its_share_is_let_in_beside_a_stranger_who_hangs_up(
    load: float, count: int
) -> None:
    ours = clients(count)
    seeds = [beside(clients(1), load, 0.3, ours, seed=seed) for seed in (0, 10, 20)]
    assert median(figures.refused / figures.asked for figures in seeds) < 0.04
    assert all(figures.waited_s < 0.3 * figures.answered for figures in seeds)
    as_one = beside(ours[:1], load, 0.3, ours[:1])  # of one address, nobody can tell them apart
    assert as_one.refused > 0.1 * as_one.asked


def test_nobody_waits_behind_a_stranger_who_stays() -> None:
    figures = beside(clients(1), 4.0, 20.0, clients(10))
    assert figures.refused < 0.01 * figures.asked
    assert figures.waited_s < 0.3 * figures.answered


def test_a_share_is_smaller_where_strangers_have_many_addresses() -> None:
    figures = beside(clients(10), 4.0, 20.0, clients(10))
    assert figures.refused < 0.1 * figures.asked
    alone = beside(clients(1), 4.0, 20.0, clients(10))
    assert figures.waited_s / figures.answered > alone.waited_s / alone.answered


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_all_that_can_be_done_is_done_whoever_asks(count: int) -> None:
    figures = serve(Random(1), honest(Random(2), 2.0, 60.0, clients=clients(count)))
    assert figures.answered > 0.95 * 60 * 40


def test_the_last_places_are_for_those_who_have_fewer() -> None:
    admission, (first, second, third) = Admission(64, 100), clients(3)
    for _ in range(64 - 64 // KEPT):
        admission.enter(10, client=first)
    with pytest.raises(Overloaded, match="56 of this client"):
        admission.enter(10, client=first)
    for _ in range(4):
        admission.enter(10, client=second)
        admission.enter(10, client=third)
    with pytest.raises(Overloaded, match="64 requests are in flight, the limit"):
        admission.enter(10, client=second)
    for client, held in ((first, 56), (second, 4), (third, 4)):
        for _ in range(held):
            admission.leave(client, answered=True)
    assert admission.in_flight == 0
    admission.enter(10, client=first)
