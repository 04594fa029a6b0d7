"""Labelled pictures through a pipeline, each measured as soon as it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from siseon.contracts import InputError
from siseon.engine import Pipeline

Item = TypeVar("Item")
Measured = TypeVar("Measured")

AT_ONCE = 4
"""Pictures that are read and answered at once."""


async def measure_all(
    pipeline: Pipeline[Any, Any],
    items: Iterable[Item],
    measure: Callable[[Item], Awaitable[Measured]],
    progress: Callable[[], object],
    *,
    at_once: int = AT_ONCE,
    unread: list[tuple[Item, InputError]] | None = None,
) -> list[Measured]:
    """What ``measure`` says of each item, some at once, in their order; ``progress`` is called after each.

    ``unread`` takes those that are no pictures that can be read, so that one among thousands does not end it all.

    Raises:
        InputError: without ``unread`` the failure of the first that cannot be read; with it, that of the first when
            there is no other.
        SiseonError: any other failure, which ends it.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Measured | InputError:
        async with gate:
            try:
                found: Measured | InputError = await measure(item)
            except InputError as failure:
                if unread is None:
                    raise
                found = failure
        progress()
        return found

    try:
        async with pipeline, asyncio.TaskGroup() as tasks:
            running = [(item, tasks.create_task(one(item))) for item in items]
    except BaseExceptionGroup as group:  # one that fails stops the others; its failure is the answer
        raise group.exceptions[0] from None
    outcomes = [(item, task.result()) for item, task in running]
    measured = [found for _, found in outcomes if not isinstance(found, InputError)]
    failed = [(item, found) for item, found in outcomes if isinstance(found, InputError)]
    if failed and not measured:
        raise failed[0][1]
    if unread is not None:
        unread += failed
    return measured


def notes_of(unread: Sequence[tuple[str, InputError]]) -> tuple[str, ...]:
    """Which files were left out and why, and how many there are."""
    notes = [f"{file} was not measured: {failure.message}" for file, failure in unread]
    return (*notes, f"not measured: {len(notes)}") if notes else ()
