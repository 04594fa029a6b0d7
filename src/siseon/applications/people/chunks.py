"""All chunks of a video, of which one at a time is open: those of hours would take hundreds of megabytes together, as
they are thousands of objects each. What is told of all of them goes over them one after the other. Closed ones lie on
the disk, where there are more than a few."""

from __future__ import annotations

import weakref
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, overload

from siseon.applications.people.contracts import ChunkSeen
from siseon.media.nameless import no_room

LEVEL = 1
"""Of zlib: half the time of the usual one, and hardly more bytes."""
IN_MEMORY = 4_000_000
"""Bytes of closed ones, at most: beyond they lie in a file without a name (in ``TMPDIR``), which goes with this."""
LENGTH = 4
"""Bytes before each that say how long it is."""


class Chunks(Sequence[ChunkSeen]):
    """In order of their numbers, whatever the order in which they came."""

    def __init__(self, chunks: Iterable[ChunkSeen] = ()) -> None:
        self._numbers, self._places = array("q"), array("q")
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # as long as this is there
        self._end = 0
        weakref.finalize(self, _close, self._file)
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: ChunkSeen) -> None:
        """Keep what it says.

        Raises:
            InputError: ``storage_failed``: there is no room on the disk.
        """
        told = zlib.compress(chunk.model_dump_json().encode(), LEVEL)
        at = bisect_right(self._numbers, chunk.chunk)
        self._numbers.insert(at, chunk.chunk)
        self._places.insert(at, self._end)
        try:
            self._file.seek(self._end)
            self._file.write(len(told).to_bytes(LENGTH) + told)
            self._file.flush()  # or reading would be the first to find that there is no room
        except OSError as error:
            raise no_room(error) from None
        self._end += LENGTH + len(told)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> ChunkSeen: ...
    @overload
    def __getitem__(self, at: slice) -> list[ChunkSeen]: ...
    def __getitem__(self, at: int | slice) -> ChunkSeen | list[ChunkSeen]:
        place = self._places[at]
        return self._opened(place) if isinstance(place, int) else [self._opened(one) for one in place]

    def _opened(self, place: int) -> ChunkSeen:
        self._file.seek(place)
        told = self._file.read(int.from_bytes(self._file.read(LENGTH)))
        return ChunkSeen.model_validate_json(zlib.decompress(told))


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what there was no room for is given up
        file.close()


def in_order(chunks: Iterable[ChunkSeen]) -> Sequence[ChunkSeen]:
    """By their numbers; of ``Chunks`` still one at a time."""
    return chunks if isinstance(chunks, Chunks) else sorted(chunks, key=lambda chunk: chunk.chunk)
