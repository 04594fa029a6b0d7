"""What became of an item, wherever it is kept: a result in the row or an artifact, pictures as artifacts."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from siseon.jobs import store
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.inputs import place
from siseon.jobs.opening import Opened
from siseon.jobs.wire import Item, State

PAGE = 100

MOST_BYTES = 1 << 30
"""Of an artifact that is read as a whole; a worker of ours has written it."""


def large_result(item: Item) -> str | None:
    """The artifact with the result of an item that is done, where it is not in the row; no result is JSON's null."""
    return item.artifacts[0] if item.state is State.done and item.result is None and item.artifacts else None


def picture_names(item: Item) -> tuple[str, ...]:
    """The artifacts that are pictures, and what belongs to them; of an item that was edited, those of the edit."""
    names = item.artifacts if large_result(item) is None else item.artifacts[1:]
    return tuple(name for name in names if name.rpartition("/")[0] == item.artifacts[0].rpartition("/")[0])


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


def ended(jobs: Opened, job: str) -> Iterator[Item]:
    """The items that are done or failed, by number, a page in memory.

    Raises:
        JobError: ``job_not_found``.
        StoreError: the database cannot be used.
    """
    after = -1
    while page := store.items(jobs.database, job, after=after, limit=PAGE):
        yield from (item for item in page if item.state in (State.done, State.failed))
        after = page[-1].number


def line(artifacts: Artifacts, item: Item) -> bytes:
    """An item that has ended as a JSON document on a line, as ``siseon run`` writes it.

    Raises:
        InputError: ``not_found``, ``storage_failed``.
    """
    told: dict[str, object] = {"input": told_input(item.input)}
    if item.state is State.done:
        told["result"] = orjson.Fragment(result_of(artifacts, item))
    else:
        told["failure"] = None if item.failure is None else item.failure.model_dump(mode="json")
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def told_input(reference: str) -> str:
    """How its submitter knows an input."""
    at = place(reference)
    if at.kind in ("film", "part"):
        return at.at + at.name[at.name.rindex("#") :]
    return at.name if at.kind.startswith("upload") else at.at
