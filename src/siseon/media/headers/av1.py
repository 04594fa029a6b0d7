"""AV1: the largest frame that a piece of coded data may hold.

The size in the container and the size in the coded data need not agree; decoders reserve memory for the second.

Source: AOM, AV1 bitstream and decoding process, sections 5.3 and 5.5.
"""

from __future__ import annotations

SEQUENCE_HEADER = 1
MAX_OBUS = 256
"""Units in the coded data of one picture: a sequence header, a frame, and at most one for each group of tiles."""
SEQUENCE_HEADER_BYTES = 1_024
"""With all its 32 operating points it has fewer."""


def largest_frame(coded: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height of the largest of all sequence headers; None where there is none, or the data is broken."""
    largest: tuple[int, int] | None = None
    at = 0
    for _ in range(MAX_OBUS):
        if at >= len(coded):
            return largest
        kind, extended, sized = coded[at] >> 3 & 15, coded[at] >> 2 & 1, coded[at] >> 1 & 1
        at += 1 + extended
        size, at = _size(coded, at) if sized else (len(coded) - at, at)
        if size < 0 or at + size > len(coded):
            return None
        if kind == SEQUENCE_HEADER:
            frame = _frame(bytes(coded[at : at + min(size, SEQUENCE_HEADER_BYTES)]))
            largest = max(frame, largest or frame, key=lambda side: side[0] * side[1])
        at += size
    return None


def _size(coded: bytes | memoryview, at: int) -> tuple[int, int]:
    """A number in groups of seven bits (leb128), and the place behind it; -1 where it does not end."""
    size = 0
    for place in range(8):
        if at + place >= len(coded):
            break
        size |= (coded[at + place] & 0x7F) << 7 * place
        if coded[at + place] < 0x80:
            return size, at + place + 1
    return -1, at


def _frame(header: bytes) -> tuple[int, int]:
    """The largest frame of a sequence header; a header that is cut reads as if zeros followed."""
    bits = _Bits(header)
    bits.read(3)  # profile
    bits.read(1)  # still picture
    if bits.read(1):  # reduced header
        bits.read(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> None:
    delay_bits = 0
    if bits.read(1):  # timing
        bits.read(64)
        if bits.read(1):  # equal intervals
            zeros = 0
            while zeros < 32 and not bits.read(1):
                zeros += 1
            bits.read(zeros if zeros < 32 else 0)
        if bits.read(1):  # decoder model
            delay_bits = bits.read(5) + 1
            bits.read(42)
    has_model, has_delay = bool(delay_bits), bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:
            bits.read(1)
        if has_model and bits.read(1):
            bits.read(2 * delay_bits + 1)
        if has_delay and bits.read(1):
            bits.read(4)


class _Bits:
    """A header read bit by bit, most significant first."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        self._left -= count
        shifted = self._number >> self._left if self._left >= 0 else self._number << -self._left
        return shifted & ((1 << count) - 1)
