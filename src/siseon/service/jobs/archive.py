"""All results of a job as one ZIP, made while it is sent: neither disk nor memory holds it.

``results.jsonl`` has a line for each picture that has ended, as ``siseon run --json`` writes it; what the pictures made
lies beside it, called after its input, and in the folder ``conclusion`` what the application made of all together.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import TypeVar

import orjson

from siseon.applications.concluding import CONCLUSION
from siseon.contracts import FailureCode, InputError
from siseon.jobs import store
from siseon.jobs.answers import ended, line, picture_names, told_input
from siseon.jobs.artifacts import begun
from siseon.jobs.inputs import place
from siseon.jobs.opening import Opened
from siseon.jobs.wire import Item
from siseon.media.film.names import stem
from siseon.media.names import plain_name

RESULTS = "results.jsonl"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP knows, for what grows with the job: the same results are the same archive."""
T = TypeVar("T")
MOST_BYTES = 200
"""Of a name, so that a number and a suffix fit into what file systems take."""


class _Sink(io.RawIOBase):
    """What was written and not taken yet."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile writes bytes alone
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def archive(jobs: Opened, job: str) -> Iterator[bytes]:
    """The bytes of the archive. Blocks between them.

    Raises:
        SiseonError: a store or database that is away; the archive stays unfinished, which whoever opens it sees.
    """
    sink, names = _Sink(), _Names()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
        with made.open(_entry(RESULTS, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as lines:
            for item in ended(jobs, job):
                lines.write(_line(jobs, item))
                yield sink.taken()
        for item in ended(jobs, job):
            try:
                files = _begun(jobs, item)
            except InputError as error:
                _say_missing(made, names.of(item, "0.missing"), error)
                continue
            for name, pieces in files:
                entry = _entry(names.of(item, name), zipfile.ZIP_STORED, item.finished_at)
                with made.open(entry, "w", force_zip64=True) as file:
                    for piece in pieces:
                        file.write(piece)
                        yield sink.taken()
        concluded = store.job(jobs.database, job).conclusion
        if concluded is not None and concluded.failure is not None:  # all else is in the archive all the same
            name = f"{CONCLUSION}/conclusion-failed.json"
            made.writestr(_entry(name, zipfile.ZIP_STORED), concluded.failure.model_dump_json(indent=2))
        together = _Names()
        for whole in () if concluded is None else concluded.files:
            name = f"{CONCLUSION}/{together.after(whole.name, whole.name)}"
            try:
                pieces = begun(jobs.artifacts.pieces(whole.artifact))
            except InputError as error:
                _say_missing(made, f"{name}.missing", error)
                continue
            with made.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.taken()
    yield sink.taken()


def _line(jobs: Opened, item: Item) -> bytes:
    """As ``line``; of a result that is gone, that it is."""
    try:
        return _as_it_stands(jobs, item, partial(line, jobs.artifacts))
    except InputError as error:
        if error.code is not FailureCode.not_found:
            raise
        told = {"input": told_input(item.input), "failure": error.failure().model_dump(mode="json")}
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _begun(jobs: Opened, item: Item) -> list[tuple[str, Iterator[bytes]]]:
    """The files of an item, all open before the first of them is sent: an edit that takes their place removes them."""

    def begin(now: Item) -> list[tuple[str, Iterator[bytes]]]:
        return [(name, begun(jobs.artifacts.pieces(name))) for name in picture_names(now)]

    return _as_it_stands(jobs, item, begin)


def _as_it_stands(jobs: Opened, item: Item, read: Callable[[Item], T]) -> T:
    """What is read of an item; of one that was edited since its row was read, what stands there now."""
    try:
        return read(item)
    except InputError as error:
        now = store.item(jobs.database, item.job, item.number)
        if error.code is not FailureCode.not_found or now.artifacts == item.artifacts:
            raise
        return read(now)


def _say_missing(made: zipfile.ZipFile, name: str, error: InputError) -> None:
    """In place of files that are gone why they are; all else is in the archive all the same.

    Raises:
        InputError: they are not gone, but the store is away.
    """
    if error.code is not FailureCode.not_found:
        raise error
    made.writestr(_entry(f"{name}.json", zipfile.ZIP_STORED), error.failure().model_dump_json(indent=2))


class _Names:
    """Of the files beside the lines: those of their inputs, numbered where one is taken."""

    def __init__(self) -> None:
        self._next = {RESULTS: 2}
        """By each name in small letters, for those who unpack where these are the same: the number of the next one."""

    def of(self, item: Item, artifact: str) -> str:
        """The name of what an item has made."""
        return self.after(place(item.input).name, artifact)

    def after(self, original: str, file: str) -> str:
        """A name that leads into no other folder, and that no other file of the archive has: the original's, with the
        suffix of the file."""
        whole = stem(plain_name(original)).lstrip(".").encode()[:MOST_BYTES]
        name = whole.decode(errors="ignore") or "picture"
        suffix = PurePath(file).suffix
        number = self._next.get(f"{name}{suffix}".lower(), 1)
        while (found := f"{name}{suffix if number == 1 else f'-{number}{suffix}'}").lower() in self._next:
            number += 1
        self._next[f"{name}{suffix}".lower()] = number + 1
        self._next.setdefault(found.lower(), 2)
        return found


def _entry(name: str, compression: int, at: datetime | None = None) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH if at is None else at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = compression
    return entry
