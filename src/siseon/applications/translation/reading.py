"""The lines of a picture, read as a whole or, where it is long, tile by tile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from siseon.applications.text import Line, Text, TextChoices, TextResult, UnreadLine
from siseon.applications.translation.tiles import kept, tiles
from siseon.contracts import Image

AT_ONCE = 4
"""Tiles of one picture that are read at the same time: a picture of 20,000 pixels does not fill the queues."""


async def read_in_tiles(text: Text, image: Image, choices: TextChoices) -> TextResult:
    """What ``text`` reads in a picture, each line once, wherever tiles cut it.

    A picture that the detector sees at full size is read as a whole, long or not.
    """
    parts = tiles(image.width, image.height)
    if len(parts) == 1 or max(image.width, image.height) <= text.options.max_side:
        return await text.run(image, choices=choices)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> TextResult:
        async with gate:
            return await text.run(image.crop(*parts[index]), choices=choices)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(index)) for index in range(len(parts))]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None  # one tile that cannot be read stops the others
    results = [task.result() for task in tasks]
    found = [(index, place) for index, each in enumerate(results) for place in _places(each)]
    boxes = np.array([_bounds(line) for _, line in found], np.float32).reshape(-1, 4)
    numbers = kept(boxes, [index for index, _ in found], parts, image.width, image.height)
    lines = [found[number][1] for number in numbers]
    return results[0].model_copy(
        update={
            "image_id": image.source,
            "lines": tuple(line for line in lines if isinstance(line, Line)),
            "unread": tuple(line for line in lines if isinstance(line, UnreadLine)),
        }
    )


def _places(result: TextResult) -> list[Line | UnreadLine]:
    return [*result.lines, *result.unread]


def _bounds(line: Line | UnreadLine) -> Sequence[float]:
    xs, ys = zip(*line.polygon, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
