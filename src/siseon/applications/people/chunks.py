"""All chunks of a video, of which one at a time is open: those of hours would take hundreds of megabytes together, as
they are thousands of objects each. What is told of all of them goes over them one after the other."""

from __future__ import annotations

import zlib
from bisect import insort
from collections.abc import Iterable, Sequence
from typing import overload

from siseon.applications.people.contracts import ChunkSeen

LEVEL = 1
"""Of zlib: half the time of the usual one, and hardly more bytes."""


class Chunks(Sequence[ChunkSeen]):
    """In order of their numbers, whatever the order in which they came."""

    def __init__(self, chunks: Iterable[ChunkSeen] = ()) -> None:
        self._kept: list[tuple[int, bytes]] = []
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: ChunkSeen) -> None:
        """Keep what it says."""
        told = zlib.compress(chunk.model_dump_json().encode(), LEVEL)
        insort(self._kept, (chunk.chunk, told), key=lambda kept: kept[0])

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, at: int) -> ChunkSeen: ...
    @overload
    def __getitem__(self, at: slice) -> list[ChunkSeen]: ...
    def __getitem__(self, at: int | slice) -> ChunkSeen | list[ChunkSeen]:
        kept = self._kept[at]
        return [_opened(told) for _, told in kept] if isinstance(kept, list) else _opened(kept[1])


def in_order(chunks: Iterable[ChunkSeen]) -> Sequence[ChunkSeen]:
    """By their numbers; of ``Chunks`` still one at a time."""
    return chunks if isinstance(chunks, Chunks) else sorted(chunks, key=lambda chunk: chunk.chunk)


def _opened(told: bytes) -> ChunkSeen:
    return ChunkSeen.model_validate_json(zlib.decompress(told))
