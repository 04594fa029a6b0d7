"""All results of a job as one ZIP, made while it is sent: neither disk nor memory holds it.

``results.jsonl`` has a line for each picture that has ended, as ``siseon run --json`` writes it; what the pictures made
lies beside it, called after its input, and in the folder ``conclusion`` what the application made of all together.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath

from siseon.applications.concluding import CONCLUSION
from siseon.jobs import store
from siseon.jobs.answers import ended, line, picture_names
from siseon.jobs.inputs import place
from siseon.jobs.opening import Opened
from siseon.jobs.wire import Item
from siseon.media.film.names import stem
from siseon.media.names import plain_name

RESULTS = "results.jsonl"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP knows, for what grows with the job: the same results are the same archive."""
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
        SiseonError: an artifact that is gone, or a database that is away; the archive stays unfinished, which whoever
            opens it sees.
    """
    sink, names = _Sink(), _Names()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
        with made.open(_entry(RESULTS, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as lines:
            for item in ended(jobs, job):
                lines.write(line(jobs.artifacts, item))
                yield sink.taken()
        for item in ended(jobs, job):
            for name in picture_names(item):
                entry = _entry(names.of(item, name), zipfile.ZIP_STORED, item.finished_at)
                with made.open(entry, "w", force_zip64=True) as file:
                    for piece in jobs.artifacts.pieces(name):
                        file.write(piece)
                        yield sink.taken()
        concluded = store.job(jobs.database, job).conclusion
        if concluded is not None and concluded.failure is not None:  # all else is in the archive all the same
            name = f"{CONCLUSION}/conclusion-failed.json"
            made.writestr(_entry(name, zipfile.ZIP_STORED), concluded.failure.model_dump_json(indent=2))
        together = _Names()
        for whole in () if concluded is None else concluded.files:
            name = f"{CONCLUSION}/{together.after(whole.name, whole.name)}"
            with made.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=True) as file:
                for piece in jobs.artifacts.pieces(whole.artifact):
                    file.write(piece)
                    yield sink.taken()
    yield sink.taken()


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
