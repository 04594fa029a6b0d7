"""What became of an item, wherever it is kept: a result in the row or an artifact, pictures as artifacts."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from siseon.jobs.artifacts import Artifacts
from siseon.jobs.wire import Item, State

MOST_BYTES = 1 << 30
"""Of an artifact that is read as a whole; a worker of ours has written it."""


def large_result(item: Item) -> str | None:
    """The artifact with the result of an item that is done, where it is not in the row; no result is JSON's null."""
    return item.artifacts[0] if item.state is State.done and item.result is None and item.artifacts else None


def picture_names(item: Item) -> tuple[str, ...]:
    """The artifacts that are pictures, and what belongs to them."""
    return item.artifacts if large_result(item) is None else item.artifacts[1:]


def result_of(artifacts: Artifacts, item: Item) -> bytes:
    """The result as JSON.

    Raises:
        InputError: ``not_found``, ``storage_failed``.
    """
    name = large_result(item)
    return orjson.dumps(item.result) if name is None else artifacts.read(name, MOST_BYTES)


def pictures_of(artifacts: Artifacts, item: Item) -> Iterator[tuple[str, bytes]]:
    """Names and bytes.

    Raises:
        InputError: ``not_found``, ``storage_failed``.
    """
    for name in picture_names(item):
        yield name, artifacts.read(name, MOST_BYTES)
