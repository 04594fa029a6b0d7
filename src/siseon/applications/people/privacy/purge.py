"""Deletes results whose time is over: files that the log of their folder names, as they were made, and nothing else.

Every step down is by the descriptor of the folder above it and follows no link, so that nothing outside is reached
whatever somebody puts in the place of a folder meanwhile.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import orjson

from siseon.applications.people.privacy.audit import LOG, Entry, append, read_log
from siseon.contracts import InputError
from siseon.media.files import name_text

LONGEST = 3650
"""Days that results may be kept, as options have it."""
DEEPEST = 2
"""Names in a path of ours: the file, and the folder that it is in."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that the log names."""

    path: str
    sha256: str | None
    run: str
    """Of the file of results, which runs go on with: its lines say of which run they are. Else empty."""
    due: datetime | None
    """None: never."""


@dataclass(slots=True)
class Purged:
    """What became of the files."""

    deleted: list[str] = field(default_factory=list)
    """Or would be."""
    later: list[tuple[str, datetime | None]] = field(default_factory=list)
    """Whose time is not over."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """Whose time is over, and why they are there all the same."""


def purge(
    folder: Path, *, by: str, now: datetime | None = None, dry_run: bool = False, at_once: bool = False
) -> Purged:
    """Delete what is past its time, and write that into the log. Blocks.

    Args:
        folder: of results.
        by: who does it.
        now: what time it is.
        dry_run: only say what would be deleted.
        at_once: everything, whatever time it has left.

    Raises:
        InputError: the folder has no log of ours, or one that was changed; the log cannot be written.
    """
    log, moment = read_log(folder), now or datetime.now(UTC)
    if log.faults:
        first = log.faults[0]
        raise InputError(
            f"the log of {name_text(folder)} was changed, in line {first.line}: {first.reason}",
            hint="look at it with `siseon people audit`, and delete by hand what is to go",
        )
    done, named = Purged(), known(log.entries)
    for one in named:
        if not at_once and (one.due is None or one.due > moment):
            done.later.append((one.path, one.due))
            continue
        reason = _delete(folder, one, dry_run=dry_run)
        if reason is None:
            done.deleted.append(one.path)
        elif reason:
            done.left.append((one.path, reason))
    if at_once or any(one.due is not None and one.due <= moment for one in named):
        done.left += [
            (name, "a run that was killed has left it: delete it by hand") for name in _halves(folder)
        ]
    if done.deleted and not dry_run:
        append(folder, "purged", by, {"files": list(done.deleted), "at_once": at_once}, at=moment)
    return done


def known(entries: Iterable[Entry]) -> list[Named]:
    """The files that are there by the log."""
    found: dict[str, Named] = {}
    for entry in entries:
        files, days = entry.about.get("files"), entry.about.get("retention_days")
        due = entry.at + timedelta(days=days) if isinstance(days, int) and 0 < days <= LONGEST else None
        run, results = str(entry.about.get("run", "")), entry.about.get("results")
        if entry.what == "purged" and isinstance(files, list):
            for path in files:
                found.pop(str(path), None)
        elif entry.what == "begun" and isinstance(results, str):
            found[results] = Named(results, None, run, due)
        elif isinstance(files, dict):
            found |= {
                path: Named(path, str(sha256), run if path == results else "", due)
                for path, sha256 in files.items()
            }
    return sorted(found.values(), key=lambda one: one.path)


def _halves(folder: Path) -> list[str]:
    """What a run gives its own name only when it is whole; no log says what is in it."""
    return sorted(name for name in os.listdir(folder) if name.endswith((".unfinished", ".before")))


def _delete(folder: Path, one: Named, *, dry_run: bool) -> str | None:
    """Why it stays; empty: it is gone already; None: it is deleted."""
    path = PurePosixPath(one.path)
    if path.is_absolute() or not 1 <= len(path.parts) <= DEEPEST or {"..", LOG} & set(path.parts):
        return "its name is none that a run gives"
    try:
        with ExitStack() as stack:
            at = _folder(stack, str(folder), None, os.O_DIRECTORY)
            for name in path.parts[:-1]:
                above, at = at, _folder(stack, name, at, os.O_DIRECTORY | os.O_NOFOLLOW)
            reason = _delete_file(at, path.name, one, dry_run=dry_run)
            if reason is None and not dry_run and len(path.parts) > 1:
                with suppress(OSError):  # others are in it
                    os.rmdir(path.parts[0], dir_fd=above)
            return reason
    except FileNotFoundError:
        return ""
    except ValueError:  # a name with a null character, or half a character
        return "its name is none that a run gives"
    except OSError as error:
        return f"it cannot be reached: {error.strerror}"


def _folder(stack: ExitStack, name: str, at: int | None, flags: int) -> int:
    descriptor = os.open(name, flags | os.O_RDONLY | os.O_CLOEXEC, dir_fd=at)
    stack.callback(os.close, descriptor)
    return descriptor


def _delete_file(at: int, name: str, one: Named, *, dry_run: bool) -> str | None:
    state = os.stat(name, dir_fd=at, follow_symlinks=False)
    if not stat.S_ISREG(state.st_mode):
        return "it is a link, or no file"
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return "a run is writing it"
        if hashlib.file_digest(file, "sha256").hexdigest() != one.sha256 and not _is_of(file, one.run):
            return "it was changed since it was made"
        if not dry_run:
            os.unlink(name, dir_fd=at)
    return None


def _is_of(file: BinaryIO, run: str) -> bool:
    """Whether all lines are results of this run, which may have been ended while it wrote the last one."""
    file.seek(0)
    return bool(run) and all(_run(line) == run for line in file if line.endswith(b"\n"))


def _run(line: bytes) -> object:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return told.get("run") if isinstance(told, dict) else None
