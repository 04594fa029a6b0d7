"""The simulation against queues whose answers are known, and against the engine's own queue."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.flow import INTERACTIVE
from siseon.engine.lines import TURN, TURN_S
from siseon.engine.places import Taken
from siseon.engine.queue import ItemQueue
from siseon.engine.ticket import Ticket
from siseon.planning.simulate import Machine, Outcome, Server, Visit, simulate

COUNT = 100_000
PLENTY = Machine(cores=64)


def one_stage(work_s: Sequence[float], server: Server, machine: Machine, rate: float) -> Outcome:
    """Requests of one item each at one stage, Poisson arrivals."""
    requests = [(Visit(0, 0, (work,)),) for work in work_s]
    return simulate(requests, [server], machine, stages=1, arrivals=poisson(rate, len(requests), seed=3))


def poisson(rate: float, count: int, seed: int) -> NDArray[np.float64]:
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))


def exponential(mean: float) -> list[float]:
    return np.random.default_rng(4).exponential(mean, COUNT).tolist()


def test_one_replica_with_random_times_waits_as_an_mm1_queue() -> None:
    outcome = one_stage(exponential(1.0), Server(replicas=1), PLENTY, rate=0.7)
    expected = -math.log(0.05) / (1 - 0.7)
    assert np.percentile(outcome.latency, 95) == pytest.approx(expected, rel=0.05)


def test_one_replica_with_equal_times_waits_as_an_md1_queue() -> None:
    outcome = one_stage([1.0] * COUNT, Server(replicas=1), PLENTY, rate=0.7)
    assert outcome.wait.mean() == pytest.approx(0.7 / (2 * (1 - 0.7)), rel=0.05)


@pytest.mark.parametrize("replicas", [2, 4])
def test_replicas_wait_as_erlang_says(replicas: int) -> None:
    load = 0.8 * replicas
    terms = [load**k / math.factorial(k) for k in range(replicas)]
    last = load**replicas / math.factorial(replicas) / 0.2
    expected = last / (sum(terms) + last) / (replicas - load)
    outcome = one_stage(exponential(1.0), Server(replicas=replicas), PLENTY, rate=load)
    assert outcome.wait.mean() == pytest.approx(expected, rel=0.08)


def test_replicas_that_share_one_core_slow_each_other_as_processor_sharing_does() -> None:
    outcome = one_stage([1.0] * COUNT, Server(replicas=200), Machine(cores=1), rate=0.7)
    assert outcome.latency.mean() == pytest.approx(1 / (1 - 0.7), rel=0.05)


def test_two_batches_on_one_core_take_twice_the_time_and_on_two_no_more() -> None:
    requests = [(Visit(0, 0, (1.0,)),)] * 2
    both = np.zeros(2)
    shared = simulate(requests, [Server(2)], Machine(cores=1), stages=1, arrivals=both)
    apart = simulate(requests, [Server(2)], Machine(cores=2), stages=1, arrivals=both)
    slower = simulate(requests, [Server(2)], Machine(cores=2, added=0.6), stages=1, arrivals=both)
    assert shared.latency.tolist() == [2.0, 2.0]
    assert apart.latency.tolist() == [1.0, 1.0]
    assert slower.latency == pytest.approx([1 / 0.8, 1 / 0.8])


def test_batching_cuts_the_wait_where_the_fixed_part_dominates() -> None:
    alone = one_stage([0.1] * COUNT, Server(1, max_batch=1, fixed_s=0.9), PLENTY, rate=0.9)
    together = one_stage([0.1] * COUNT, Server(1, max_batch=8, fixed_s=0.9), PLENTY, rate=0.9)
    assert together.wait.mean() < 0.5 * alone.wait.mean()


def test_a_request_enters_a_stage_when_all_its_items_have_left_the_last() -> None:
    request = (Visit(0, 0, (1.0, 1.0, 1.0)), Visit(1, 1, (0.5,)))
    outcome = simulate([request], [Server(2), Server(1)], PLENTY, stages=2)
    assert outcome.stay.tolist() == [[2.0, 0.5]]
    assert outcome.latency.tolist() == [2.5]


def test_a_request_without_work_takes_no_time() -> None:
    outcome = simulate([(), (Visit(0, 0, (1.0,)),), ()], [Server(1)], PLENTY, stages=1)
    assert outcome.latency.tolist() == [0.0, 1.0, 0.0]


def test_stays_sum_to_the_latency() -> None:
    work = exponential(0.3)[:3000]
    requests = [(Visit(0, 0, (a, a)), Visit(1, 1, (b,)), Visit(2, 1, (a,))) for a, b in pairwise(work)]
    servers = [Server(2, 4, 0.1), Server(1)]
    arrivals = poisson(1.0, len(requests), 5)
    outcome = simulate(requests, servers, Machine(2), stages=3, arrivals=arrivals)
    assert outcome.stay.sum(axis=1) == pytest.approx(outcome.latency)
    assert (outcome.wait <= outcome.stay + 1e-9).all()


def test_a_closed_loop_keeps_its_clients_busy() -> None:
    requests = [(Visit(0, 0, (1.0,)),)] * 200
    outcome = simulate(requests, [Server(4)], Machine(cores=2), stages=1, in_flight=8)
    assert outcome.rate == pytest.approx(2.0)
    assert outcome.busy == pytest.approx([1.0])


def test_the_same_seed_gives_the_same_outcome() -> None:
    first, second = (one_stage(exponential(1.0)[:500], Server(1), PLENTY, 0.7).latency for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("max_batch", [1, 2, 3, 8])
@pytest.mark.parametrize("batch_s", [1.0, TURN_S / 4, 0.001])
async def test_batches_are_filled_as_the_engine_fills_them(
    max_batch: int, batch_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first request comes alone, the others while its first batch runs; turns end by time or by number."""
    counts = [7, 1, 2 * TURN + 4, 2, TURN + 1]
    requests = [(Visit(0, 0, (0.0,) * count),) for count in counts]
    arrivals = batch_s * np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    server = Server(1, max_batch, fixed_s=batch_s)
    outcome = simulate(requests, [server], PLENTY, stages=1, arrivals=arrivals)

    queue = ItemQueue(limit=100, max_batch=max_batch, max_cost=None, linger_s=0.0)
    calls = [call_of(count) for count in counts]
    ended: dict[int, float] = {}
    time = 0.0
    monkeypatch.setattr(clock, "now", lambda: time)
    for number, call in enumerate(calls):
        queue.put(call, [Ticket(call, i, number, None, 1.0, None, 0.0) for i in range(counts[number])])
        while len(queue) and (number == len(calls) - 1 or not time):
            taken = queue.take(Bell())
            assert isinstance(taken, Taken)
            time += batch_s
            ended |= {int(str(ticket.item)): time for ticket in taken.batch}
    assert (outcome.latency + arrivals).tolist() == pytest.approx([ended[n] for n in range(len(counts))])


class Bell:
    def ring(self) -> None:
        raise AssertionError("nobody waits")


def call_of(count: int) -> Call:
    loop = asyncio.get_running_loop()
    return Call(count, None, INTERACTIVE, deadline=None, fail_fast=True, queued_at=0.0, loop=loop)


def test_requests_beyond_those_at_work_wait_for_their_turn():
    requests = [(Visit(0, 0, (1.0,)),) for _ in range(3)]
    servers = [Server(replicas=3)]
    arrivals = np.zeros(3)
    together = simulate(requests, servers, PLENTY, stages=1, arrivals=arrivals)
    in_turn = simulate(requests, servers, PLENTY, stages=1, arrivals=arrivals, at_work=1)
    assert together.latency.tolist() == [1.0, 1.0, 1.0]
    assert in_turn.latency.tolist() == [1.0, 2.0, 3.0]


def test_free_replicas_share_what_waits():
    requests = [(Visit(0, 0, (1.0,) * 8),)]
    outcome = simulate(requests, [Server(4, 8)], PLENTY, stages=1, arrivals=np.zeros(1))
    assert outcome.latency.tolist() == [2.0]
