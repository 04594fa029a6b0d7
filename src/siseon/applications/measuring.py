"""Labelled pictures through a pipeline, each measured as soon as it is done; which were not, and which stand twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from siseon.contracts import FailureCode, InputError
from siseon.engine import Pipeline

Item = TypeVar("Item")
Measured = TypeVar("Measured")

AT_ONCE = 4
"""Pictures that are read and answered at once."""


class Unread(Generic[Item]):
    """The items that are no pictures that can be read, so that one among thousands does not end it all."""

    def __init__(self, named: Callable[[Item], str]) -> None:
        """``named``: what a person knows an item by."""
        self.found: list[tuple[Item, InputError]] = []
        self._named = named

    def notes(self) -> tuple[str, ...]:
        """Which were left out and why, and how many there are."""
        notes = [f"{self._named(item)} was not measured: {failure.message}" for item, failure in self.found]
        return (*notes, f"not measured: {len(notes)}") if notes else ()

    def first(self) -> InputError:
        """What to raise when there is nothing else: the failure of the first, with its name."""
        item, failure = self.found[0]
        return InputError(
            f"nothing can be measured: {self._named(item)}: {failure.message}",
            code=failure.code,
            hint=failure.hint,
            stage=failure.stage,
        )


async def measure_all(
    pipeline: Pipeline[Any, Any],
    items: Iterable[Item],
    measure: Callable[[Item], Awaitable[Measured]],
    progress: Callable[[], object],
    *,
    at_once: int = AT_ONCE,
    unread: Unread[Item] | None = None,
) -> list[Measured]:
    """What ``measure`` says of each item, some at once, in their order; ``progress`` is called after each.

    ``unread`` takes those that cannot be read.

    Raises:
        InputError: without ``unread`` the failure of the first that cannot be read; with it, ``unread.first()`` when
            nothing else is left.
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
    if unread is not None:
        unread.found += [(item, found) for item, found in outcomes if isinstance(found, InputError)]
        if unread.found and not measured:
            raise unread.first()
    return measured


def expect_once(values: Iterable[Hashable], named_by: str) -> None:
    """``named_by``: what names them, as the beginning of a sentence.

    Raises:
        InputError: one stands there twice, and would count twice.
    """
    twice = next((value for value, times in Counter(values).items() if times > 1), None)
    if twice is not None:
        raise InputError(
            f"{named_by} {twice} twice", code=FailureCode.invalid_input, hint="leave one of the entries"
        )
