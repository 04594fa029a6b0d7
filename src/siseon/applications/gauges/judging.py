"""Items through a pipeline, each judged as soon as it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from siseon.engine import Pipeline

Item = TypeVar("Item")
Judged = TypeVar("Judged")

IN_FLIGHT = 4
"""Photos read at once."""


async def judge_all(
    pipeline: Pipeline[Any, Any],
    items: Iterable[Item],
    judge: Callable[[Item], Awaitable[Judged]],
    progress: Callable[[], object],
) -> list[Judged]:
    """What ``judge`` says of each item, some at once, in their order; ``progress`` is called after each.

    Raises:
        SiseonError: the failure of the first item.
    """
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def one(item: Item) -> Judged:
        async with gate:
            result = await judge(item)
        progress()
        return result

    try:
        async with pipeline, asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one(item)) for item in items]
    except BaseExceptionGroup as group:  # one photo that fails stops the others; its failure is the answer
        raise group.exceptions[0] from None
    return [task.result() for task in running]
