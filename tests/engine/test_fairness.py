"""Fair shares in virtual time: a newcomer has its turn soon, whatever others had filled into their batches."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence

import pytest

from engine.probes import SILENT
from siseon.engine import Flow
from siseon.engine.call import Call
from siseon.engine.fairness import Contenders, Shares
from siseon.engine.lines import TURN
from siseon.engine.places import Taken
from siseon.engine.queue import ItemQueue
from siseon.engine.ticket import Ticket

FULL = 32


def put(queue: ItemQueue, loop: asyncio.AbstractEventLoop, flow: Flow, buckets: Sequence[Hashable]) -> None:
    """One call of this flow, an item for each bucket."""
    call = Call(len(buckets), None, flow, deadline=None, fail_fast=False, queued_at=0.0, loop=loop)
    queue.put(call, [Ticket(call, n, None, bucket, 1.0, None, 0.0) for n, bucket in enumerate(buckets)])


def next_flows(queue: ItemQueue) -> list[str]:
    """Whose items are in the next batch."""
    taken = queue.take(SILENT)
    assert isinstance(taken, Taken)
    return [ticket.call.flow.name for ticket in taken.batch]


def test_a_newcomer_is_not_starved_by_what_was_filled_into_the_batches_of_others(loop):
    queue = ItemQueue(limit=10**6, max_batch=FULL, max_cost=None, linger_s=0)
    widths = 200
    put(queue, loop, Flow("page"), range(widths))  # each line has a width of its own
    job = Flow("job")
    for width in range(widths):
        put(queue, loop, job, [width] * (FULL + 8))  # and goes with lines of the job
    for _ in range(50):
        next_flows(queue)
    put(queue, loop, Flow("client"), ["its own"])
    assert any("client" in next_flows(queue) for _ in range(4))


def test_a_newcomer_is_not_starved_by_large_batches_of_one_flow(loop):
    queue = ItemQueue(limit=10**6, max_batch=FULL, max_cost=None, linger_s=0)
    put(queue, loop, Flow("job"), [None] * 50 * FULL)
    for _ in range(20):
        next_flows(queue)
    put(queue, loop, Flow("client"), ["its own"])
    assert any("client" in next_flows(queue) for _ in range(2))


@pytest.mark.parametrize("weight", [1e-3, 1e3])
def test_a_flow_of_the_least_or_most_weight_leaves_the_others_their_turns(weight, loop):
    queue = ItemQueue(limit=10**6, max_batch=1, max_cost=None, linger_s=0)
    extreme = Flow("extreme", weight=weight)
    for _ in range(1000):
        put(queue, loop, extreme, [None])
        assert next_flows(queue) == ["extreme"]
    put(queue, loop, Flow("a"), [None] * 50)
    put(queue, loop, Flow("b"), [None] * 50)
    served = [next_flows(queue)[0] for _ in range(40)]
    assert (served.count("a"), served.count("b")) == (20, 20)


def test_what_is_charged_beyond_the_turn_does_not_move_the_time():
    shares, contenders = Shares(), None
    first, filler, newcomer = Flow("first"), Flow("filler"), Flow("newcomer")
    present = {first: None, filler: None}
    contenders = Contenders(shares)
    for flow in present:
        shares.enter(flow, present)
        contenders.add(flow, present)
    assert contenders.chosen(present) is first
    shares.charge(first)
    for _ in range(FULL - 1):
        shares.charge(filler)
    shares.enter(newcomer, present)
    assert shares.tags[newcomer] == shares.tags[first] == 2.0 < shares.tags[filler]
    assert contenders.chosen(present) is first
    assert shares.virtual == shares.tags[first]


def test_who_comes_back_after_a_pause_starts_at_the_present_time():
    shares = Shares()
    contenders = Contenders(shares)
    steady, guest = Flow("steady"), Flow("guest")
    present = {steady: None}
    shares.enter(steady, present)
    contenders.add(steady, present)
    for _ in range(10):
        shares.charge(contenders.chosen(present))
    shares.enter(guest, present)
    assert shares.tags[guest] == shares.virtual + 1 == 11.0


def test_who_fills_many_batches_of_others_keeps_the_turns_of_its_own(loop):
    queue = ItemQueue(limit=10**6, max_batch=8, max_cost=None, linger_s=0)
    pages, filler, other = Flow("pages", policy="wait"), Flow("filler", policy="wait"), Flow("other")
    put(queue, loop, pages, list(range(1, 1000)))  # every item of its own size
    put(
        queue, loop, filler, [size for size in range(1, 1000) for _ in range(7)]
    )  # seven of each of these sizes
    for _ in range(200):
        next_flows(queue)
    put(queue, loop, other, ["others"] * 1000)
    put(queue, loop, filler, ["own"])  # a new request
    heads = [next_flows(queue) for _ in range(6)]  # its other request's turn comes to its end first
    assert ["filler"] in heads


def test_a_turn_is_of_its_request_in_a_bucket_that_others_wait_in_too(loop):
    queue = ItemQueue(limit=10**6, max_batch=4, max_cost=None, linger_s=0)
    flow = Flow("all")
    put(queue, loop, flow, ["wide"] * TURN + ["narrow"] * 4 * TURN)  # its turn ends in another bucket
    put(queue, loop, flow, ["narrow"] * TURN)
    taken = [queue.take(SILENT) for _ in range(3 * TURN // 4)]
    calls = [ticket.call for each in taken if isinstance(each, Taken) for ticket in each.batch]
    large, small = calls[0], calls[TURN]
    assert small is not large
    assert calls == [large] * TURN + [small] * TURN + [large] * TURN
