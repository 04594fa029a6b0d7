"""Results that a person has changed: kept in place of what the item made, which stays beside them.

Each edit has a folder of its own, named after the attempt that it changes. The row names the files of the edit first,
then those of the attempt: taking the edit back is naming these alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import PurePath

import orjson

from siseon.contracts import Encoded, FailureCode, InputError, JobError, SiseonError
from siseon.jobs.artifact_names import output_name, outputs_of_attempt
from siseon.jobs.artifacts import Artifacts
from siseon.jobs.inputs import of_disk, place
from siseon.jobs.opening import Opened
from siseon.jobs.store.editing import replace
from siseon.jobs.wire import Item
from siseon.media.bounds import MediaBounds

KEPT = ("upload", "artifact", "file", "film")
"""Kinds of inputs whose bytes are the same when they are read again."""
RESULT = "result.json"


def revision(item: Item) -> str:
    """What stands there now, by name: another one after each edit."""
    if item.artifacts:
        return item.artifacts[0].split("/")[2]
    return f"{item.number:06d}-{item.attempt}"


def made_first(item: Item) -> tuple[str, ...]:
    """The artifacts of an edited item as the worker made it, its result before them; nothing without an edit."""
    now = revision(item)
    return tuple(name for name in item.artifacts if name.split("/")[2] != now)


def input_is_kept(item: Item) -> bool:
    """Whether the picture of an item can be seen again as it came."""
    return place(item.input).kind in KEPT


def input_of(artifacts: Artifacts, item: Item, bounds: MediaBounds) -> Encoded:
    """The picture as it came. Blocks.

    Raises:
        InputError: it was not kept, is gone, or is too large.
    """
    at = place(item.input)
    if at.kind in ("upload", "artifact"):
        return Encoded(artifacts.read(at.at, bounds.max_bytes), at.name)
    picture = of_disk(at, bounds) if at.kind in KEPT else None
    if not isinstance(picture, Encoded):
        raise InputError(
            f"the picture of item {item.number} was not kept with the job",
            code=FailureCode.not_found,
            hint="submit it as a file (-F files=@photo.jpg), not by its address",
        )
    return picture


def check_revision(item: Item, expected: str) -> None:
    """Refuse a change of what somebody else has changed meanwhile.

    Raises:
        JobError: ``superseded``.
    """
    if revision(item) != expected:
        raise JobError(
            f"item {item.number} was edited since: it is {revision(item)} now, not {expected[:40]!r}",
            code=FailureCode.superseded,
            hint="fetch its result again, and make your changes in that",
        )


def keep_edit(jobs: Opened, item: Item, result: bytes, files: Sequence[Encoded]) -> tuple[str, ...]:
    """Put an edit in place of what stood there; the names of all artifacts then. Blocks.

    Raises:
        JobError: ``superseded``, ``job_not_found``; nothing is changed then.
        InputError: ``storage_failed``.
    """
    attempt = outputs_of_attempt(item.job, item.number, item.attempt)
    folder = f"{attempt}-{secrets.token_hex(8)}"
    before = made_first(item) or _with_result(jobs, item, attempt)
    try:
        names = [output_name(folder, 0, ".json")]
        jobs.artifacts.put(names[0], result)
        for index, file in enumerate(files, start=1):
            names.append(output_name(folder, index, PurePath(file.name).suffix))
            jobs.artifacts.put(names[-1], file.data)
        every = (*names, *before)
        replace(jobs.database, item, every)
    except SiseonError:
        jobs.artifacts.delete_folder(folder)
        raise
    _forget(jobs, item)
    return every


def take_back(jobs: Opened, item: Item) -> tuple[str, ...]:
    """Have what the worker made in place of an edit; the names of all artifacts then. Blocks.

    Raises:
        InputError: ``not_found``: it is not edited.
        JobError: ``superseded``, ``job_not_found``.
    """
    before = made_first(item)
    if not before:
        raise InputError(f"item {item.number} is not edited", code=FailureCode.not_found)
    replace(jobs.database, item, before)
    _forget(jobs, item)
    return before


def _with_result(jobs: Opened, item: Item, attempt: str) -> tuple[str, ...]:
    """The artifacts of an attempt, the first of them its result: one that is in the row becomes one."""
    if item.result is None:
        return item.artifacts
    name = output_name(attempt, len(item.artifacts), PurePath(RESULT).suffix)
    jobs.artifacts.put(name, orjson.dumps(item.result))
    return (name, *item.artifacts)


def _forget(jobs: Opened, item: Item) -> None:
    """Remove the edit that was replaced."""
    if made_first(item):
        jobs.artifacts.delete_folder("/".join(item.artifacts[0].split("/")[:3]))
