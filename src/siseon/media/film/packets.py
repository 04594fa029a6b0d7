"""The data beside the pictures of a video: which packet is of a picture, and how it goes with it, as a chunk of PNG."""

from __future__ import annotations

import struct
import zlib

AWAY_S = 1.0
"""A packet farther than this from a picture is not of it; many streams have one a second."""
MAX_PACKET_BYTES = 64 << 10
CHUNK = b"siMp"
"""Of PNG: ancillary, private, and safe to copy."""
_SIGNATURE_AND_HEADER = 8 + 25
"""Bytes of a PNG before its second chunk."""


class Nearest:
    """Packets of data, by their own times or else by those of the pictures between which they stand."""

    def __init__(self) -> None:
        self.now: float | None = None
        """Of the last packet of pictures."""
        self._packets: list[tuple[float, bytes]] = []

    def take(self, second: float | None, data: bytes) -> None:
        """One, and its own time if it has one."""
        at = self.now if second is None else second
        if at is not None and 0 < len(data) <= MAX_PACKET_BYTES:
            self._packets.append((at, data))

    def is_past(self, second: float) -> bool:
        """Whether all that could be nearest has come."""
        return self.now is not None and self.now > second + AWAY_S

    def of(self, second: float) -> bytes:
        """The one of a picture; nothing where none is near."""
        near = min(self._packets, key=lambda one: abs(one[0] - second), default=(0.0, b""))
        return near[1] if abs(near[0] - second) <= AWAY_S else b""


def packet_of(picture: bytes) -> bytes:
    """The packet of data that came with a picture of a video; nothing where there was none."""
    head = picture[_SIGNATURE_AND_HEADER : _SIGNATURE_AND_HEADER + 8]
    if len(head) < 8 or head[4:] != CHUNK or not picture.startswith(b"\x89PNG"):
        return b""
    (length,) = struct.unpack(">I", head[:4])
    return picture[_SIGNATURE_AND_HEADER + 8 :][:length] if length <= MAX_PACKET_BYTES else b""


def with_packet(picture: bytes, packet: bytes) -> bytes:
    """A PNG with a packet."""
    if not packet:
        return picture
    chunk = struct.pack(">I", len(packet)) + CHUNK + packet + struct.pack(">I", zlib.crc32(CHUNK + packet))
    return picture[:_SIGNATURE_AND_HEADER] + chunk + picture[_SIGNATURE_AND_HEADER:]
