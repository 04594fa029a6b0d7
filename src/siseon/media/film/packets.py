"""The data beside the pictures of a video: which packets are of a picture, and how they go with it as chunks of PNG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

AWAY_S = 1.0
"""A packet farther than this from a picture is not of it; many streams have one a second."""
MAX_PACKET_BYTES = 64 << 10
MAX_HELD_BYTES = 8 << 20
"""Of the packets about one picture; what comes then is not kept."""
MAX_BESIDE = 16
"""Packets that go with a picture: two of each stream of data."""
CHUNK = b"siMp"
"""Of PNG: ancillary, private, and safe to copy."""
_AWAY = struct.Struct(">d")
_SIGNATURE_AND_HEADER = 8 + 25
"""Bytes of a PNG before its second chunk."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A packet of data about a picture."""

    away_s: float
    """Seconds by which it comes after the picture; negative: before it."""
    data: bytes


class Nearest:
    """Packets of data, by their own times or else by those of the pictures between which they stand."""

    def __init__(self, second: float) -> None:
        """``second``: before which no picture is asked for."""
        self.now: float | None = None
        """Of the last packet of pictures."""
        self._least = second - AWAY_S
        self._packets: dict[int, list[tuple[float, bytes]]] = {}
        self._room = MAX_HELD_BYTES

    def take(self, stream: int, second: float | None, data: bytes) -> None:
        """One of that stream, and its own time if it has one."""
        at = self.now if second is None else second
        if at is None or at < self._least or not 0 < len(data) <= min(MAX_PACKET_BYTES, self._room):
            return
        self._room -= len(data)
        self._packets.setdefault(stream, []).append((at, data))

    def is_past(self, second: float) -> bool:
        """Whether all that could be nearest has come."""
        return self.now is not None and self.now > second + AWAY_S

    def of(self, second: float) -> tuple[Beside, ...]:
        """Of each stream the last one that is not later than a picture, and the first that is; none that is far."""
        found: list[Beside] = []
        for packets in self._packets.values():
            near = [Beside(at - second, data) for at, data in packets if abs(at - second) <= AWAY_S]
            before = max((one for one in near if one.away_s <= 0), key=lambda one: one.away_s, default=None)
            after = min((one for one in near if one.away_s > 0), key=lambda one: one.away_s, default=None)
            found += [one for one in (before, after) if one is not None]
        return tuple(found[:MAX_BESIDE])


def packets_of(picture: bytes) -> tuple[Beside, ...]:
    """The packets of data that came with a picture of a video."""
    return tuple(_chunks(picture)) if picture.startswith(b"\x89PNG") else ()


def with_packets(picture: bytes, packets: Sequence[Beside]) -> bytes:
    """A PNG with packets."""
    chunks = b""
    for one in packets:
        body = CHUNK + _AWAY.pack(one.away_s) + one.data
        chunks += struct.pack(">I", len(body) - len(CHUNK)) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:_SIGNATURE_AND_HEADER] + chunks + picture[_SIGNATURE_AND_HEADER:]


def _chunks(picture: bytes) -> Iterator[Beside]:
    at = _SIGNATURE_AND_HEADER
    for _ in range(MAX_BESIDE):
        length = int.from_bytes(picture[at : at + 4], "big")
        body = picture[at + 8 : at + 8 + length] if length <= _AWAY.size + MAX_PACKET_BYTES else b""
        if picture[at + 4 : at + 8] != CHUNK or not _AWAY.size <= len(body) == length:
            return
        away = _AWAY.unpack_from(body)[0]
        if abs(away) <= AWAY_S:  # a stranger's may be no number
            yield Beside(away, body[_AWAY.size :])
        at += length + 12
