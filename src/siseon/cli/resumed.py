"""A file of results that a run has left behind when it was ended: what is in it, and the place where it goes on."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import orjson

from siseon.contracts import FailureCode, InputError
from siseon.media.files import name_text


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run has written down."""

    inputs: Counter[str]
    """How often each input has a line; one that was named twice has two."""
    failed: int
    """Lines that tell a failure."""

    @property
    def count(self) -> int:
        """Of its lines."""
        return self.inputs.total()


NOTHING = Earlier(Counter(), 0)


def taken_up(path: Path, descriptor: int, mark: str) -> Earlier:
    """Read the lines of a file, and cut off the last one where it is not whole: the run was ended while writing it.

    What could not be written down, since a disk was full say, does not count: it is run again, and has another line.

    Raises:
        InputError: these are no results, or of another application or other options than ``mark`` stands for.
    """
    inputs: Counter[str] = Counter()
    failed = whole = 0
    with os.fdopen(os.dup(descriptor), "rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            name, failure = _read(path, line, mark)
            whole += len(line)
            if failure != FailureCode.storage_failed:
                inputs[name] += 1
                failed += failure is not None
    os.ftruncate(descriptor, whole)
    os.lseek(descriptor, whole, os.SEEK_SET)
    return Earlier(inputs, failed)


def has_failures_alone(path: Path, mark: str) -> bool:
    """Whether a file has lines of that run, and each of them tells a failure: nothing is lost with it."""
    lines = 0
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            for line in file:
                if not line.endswith(b"\n") or _read(path, line, mark)[1] is None:
                    return False
                lines += 1
    except (OSError, InputError):
        return False
    return lines > 0


def _without_waiting(path: str, flags: int) -> int:
    """For a pipe of that name nobody waits, and a link is not followed."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _read(path: Path, line: bytes, mark: str) -> tuple[str, str | None]:
    """The input of a line, and the code of its failure."""
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        told = None
    name = told.get("input") if isinstance(told, dict) else None
    if not isinstance(name, str):
        raise InputError(
            f"{name_text(path)} has a line that is not a result of `siseon run`",
            hint="name the file that the run has left behind",
        )
    if told.get("run") != mark:
        raise InputError(
            f"{name_text(path)} has results of another application, or of other options",
            hint="resume with those of that run, or name another place",
        )
    failure = told.get("failure")
    return name, failure.get("code", "") if isinstance(failure, dict) else None
