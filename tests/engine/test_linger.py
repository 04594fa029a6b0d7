"""Lingering itself: which batch may go, and that no ticket which has gone is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

import pytest

from engine.probes import SILENT
from siseon.engine import Flow, clock
from siseon.engine.call import Call
from siseon.engine.linger import KEPT
from siseon.engine.places import Taken
from siseon.engine.queue import ItemQueue, Wait
from siseon.engine.ticket import Ticket

LONG_S = 1e6
FLOW = Flow("one")


@pytest.fixture
def queue() -> ItemQueue:
    return ItemQueue(limit=10**6, max_batch=4, max_cost=None, linger_s=LONG_S)


def put(
    queue: ItemQueue,
    loop: asyncio.AbstractEventLoop,
    *buckets: Hashable,
    deadline: float | None = None,
) -> tuple[Call, list[Ticket]]:
    """One call, an item for each bucket."""
    now = clock.now()
    call = Call(len(buckets), None, FLOW, deadline=deadline, fail_fast=False, queued_at=now, loop=loop)
    tickets = [Ticket(call, n, None, bucket, 1.0, None, now) for n, bucket in enumerate(buckets)]
    queue.put(call, tickets)
    return call, tickets


def kept(queue: ItemQueue) -> int:
    """Tickets that the lingering holds."""
    assert queue._places._linger is not None
    return len(queue._places._linger._due)


def size(queue: ItemQueue) -> int:
    """Of the next batch; 0 when none may go."""
    taken = queue.take(SILENT)
    assert taken is not None
    return 0 if isinstance(taken, Wait) else len(taken.batch)


def test_a_batch_waits_until_it_is_full(queue, loop):
    put(queue, loop, None, None, None)
    assert size(queue) == 0
    put(queue, loop, None)
    assert size(queue) == 4


def test_who_has_little_time_waits_for_half_of_it(queue, loop):
    put(queue, loop, None, deadline=clock.now() + 1000)
    wait = queue.take(SILENT)
    assert isinstance(wait, Wait)
    assert wait.seconds is not None
    assert 400 < wait.seconds <= 500


def test_a_full_bucket_goes_before_one_that_waits(queue, loop):
    put(queue, loop, "rare")
    put(queue, loop, *["often"] * 4)
    taken = queue.take(SILENT)
    assert isinstance(taken, Taken)
    assert {ticket.bucket.key for ticket in taken.batch} == {"often"}


def test_no_ticket_that_was_taken_is_kept(queue, loop):
    for _ in range(10 * KEPT):
        put(queue, loop, None, None, None, None)
        assert size(queue) == 4
    assert kept(queue) == 0


def test_no_ticket_whose_caller_has_gone_is_kept(queue, loop):
    for _ in range(10 * KEPT):
        call, tickets = put(queue, loop, "a", "b")
        assert queue.discard(call, tickets) == 2
    assert kept(queue) == 0


def test_few_tickets_are_kept_behind_one_that_waits_for_long(queue, loop):
    put(queue, loop, "rare")
    for _ in range(10 * KEPT):
        put(queue, loop, *["often"] * 4)
        assert size(queue) == 4
    assert kept(queue) <= KEPT + 2 + 4


def test_nothing_is_kept_when_a_drain_ends(queue, loop):
    put(queue, loop, "a", "b", *["c"] * 4)
    queue.abandon()
    assert kept(queue) == 0
    assert queue.take(SILENT) is None
