"""Spans and batches for those who watch, made of what the replicas hand back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from siseon.engine import clock
from siseon.engine.call import Call
from siseon.engine.context import Home, Request
from siseon.engine.lane import DoneBatch
from siseon.engine.mistakes import describe, log
from siseon.engine.ticket import Ticket
from siseon.engine.trace import Batch, Span

BYTES = (bytes, bytearray)
LISTS = (tuple, list)


def batch_span(
    name: str,
    done: DoneBatch,
    tickets: Sequence[Ticket],
    outcome: str,
    request: Request,
    *,
    max_batch: int,
    batch_id: int,
    lanes: int,
) -> Span:
    """The part of a batch that served one request with one outcome."""
    queued, bytes_in = tickets[0].queued_at, 0
    for ticket in tickets:
        queued = min(queued, ticket.queued_at)
        bytes_in += nbytes(ticket.item)
    started = done.started
    return Span(  # in the fields' order: by name it takes twice as long
        name,
        "batch",
        queued - request.trace.start,
        (clock.now() if started is None else started) - queued,
        done.compute_s,
        len(tickets),
        0 if started is None else len(done.tickets),
        max_batch,
        batch_id,
        done.lane,
        lanes,
        bytes_in,
        done.figures.copied_bytes,
        outcome,
        done.figures.parts,
    )


def dropped_span(name: str, call: Call, dropped: int, request: Request) -> Span:
    """Items of a call whose caller has gone: waiting, or inside a batch that had not come back."""
    waited = clock.now() - call.queued_at
    start = call.queued_at - request.trace.start
    return Span(name, "batch", start, waited, 0.0, dropped, 0, outcome=call.cause)


def tell_batch(stage: str, stage_id: int, done: DoneBatch, max_batch: int) -> None:
    """Tell the pipelines whose requests had items in the batch, each by its own name for the stage."""
    requests: dict[Request, None] = {}
    homes: dict[Home, None] = {}
    for ticket in done.tickets:
        request = ticket.call.request
        if request is not None:
            requests[request] = homes[request.home] = None
    for home in homes:
        try:
            listener = home.listener()
            if listener is None or done.started is None:
                continue
            batch = Batch(
                stage=home.names.get(stage_id, stage),
                start=done.started,
                compute_s=done.compute_s,
                size=len(done.tickets),
                max_batch=max_batch,
                replica=done.lane,
                bytes_in=sum(nbytes(ticket.item) for ticket in done.tickets),
                bytes_copied=done.figures.copied_bytes,
                parts=done.figures.parts,
                requests=tuple(request.trace for request in requests if request.home is home),
            )
            listener(batch)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - a listener's mistake costs nobody an answer
            log.error("on_batch raised %s", describe(error), exc_info=error)


def nbytes(item: object, depth: int = 2) -> int:
    """Bytes of pixels or arrays that an item hands over by reference, lists of them included; 0 for plain values."""
    try:
        kind = type(item)
        if issubclass(kind, BYTES):
            return len(cast(bytes, item))
        if issubclass(kind, LISTS):
            return sum(nbytes(part, depth - 1) for part in cast(list[object], item)) if depth else 0
        size = getattr(item, "nbytes", 0)
    except BaseException:  # noqa: BLE001 - a user's property or list: the figure is missing, nothing else
        return 0
    return size if type(size) is int else 0
