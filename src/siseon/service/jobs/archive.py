"""All results of a job as one ZIP, made while it is sent: neither disk nor memory holds it.

``results.jsonl`` has a line for each picture that has ended, as ``siseon run --json`` writes it; what the pictures made
lies beside it, called after its item: ``000003.jpg``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from siseon.jobs.answers import ended, line, picture_names
from siseon.jobs.opening import Opened
from siseon.jobs.wire import Item

RESULTS = "results.jsonl"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP knows: the same results are the same archive."""


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
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
        with made.open(_entry(RESULTS, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as lines:
            for item in ended(jobs, job):
                lines.write(line(jobs.artifacts, item))
                yield sink.taken()
        for item in ended(jobs, job):
            for name in picture_names(item):
                with made.open(
                    _entry(_file_name(item, name), zipfile.ZIP_STORED), "w", force_zip64=True
                ) as file:
                    for piece in jobs.artifacts.pieces(name):
                        file.write(piece)
                        yield sink.taken()
    yield sink.taken()


def _file_name(item: Item, artifact: str) -> str:
    """Numbered, since two inputs may have one name; a second file of an item keeps its own number behind."""
    index, dot, suffix = artifact.rpartition("/")[2].partition(".")
    first = picture_names(item)[0] == artifact
    return f"{item.number:06d}{'' if first else f'-{index}'}{dot}{suffix}"


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = compression
    return entry
