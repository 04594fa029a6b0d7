"""One packet of a UAS Datalink Local Set: its tags, by their numbers, read with bounds; and written, for tests.

A packet is a stranger's: a length may promise gigabytes, a tag number may never end, a checksum may not be there. What
is not whole is no packet.

Source: MISB ST 0601 (UAS Datalink Local Set), MISB ST 0107 (KLV), SMPTE ST 336 (BER lengths).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

KEY = bytes.fromhex("060E2B34020B01010E01030101000000")
"""The universal label of the local set."""
CHECKSUM = 1
MAX_PACKET_BYTES = 64 << 10
"""Real packets have some hundred bytes."""
MAX_TAGS = 256
MAX_LENGTH_BYTES = 4
MAX_TAG_BYTES = 3
"""BER-OID: seven bits a byte."""
MAX_BROKEN = 16
"""Packets in one piece of data that turn out not to be whole: each may have cost a checksum of 64 KiB."""


def local_sets(data: bytes) -> Iterator[dict[int, bytes]]:
    """The packets in some bytes whose checksums are right, in order; what stands between them is passed over.

    Linear in the bytes: after ``MAX_BROKEN`` packets that are not whole the rest is not looked at.
    """
    broken, at = 0, data.find(KEY)
    while at >= 0 and broken < MAX_BROKEN:
        packet = _packet(data, at)
        if packet is not None:
            tags, at = packet
            yield tags
        else:
            broken += 1
            at += len(KEY)
        at = data.find(KEY, at)


def write_local_set(tags: Mapping[int, bytes]) -> bytes:
    """A packet with these tags in their order, and its checksum.

    Raises:
        ValueError: a value is longer than 127 bytes, or a tag is not in 2 to 16,383.
    """
    body = b""
    for tag, value in tags.items():
        if not 2 <= tag < 1 << 14 or len(value) > 127:
            raise ValueError(f"tag {tag} of {len(value)} bytes cannot be written")
        number = bytes([tag]) if tag < 128 else bytes([128 | tag >> 7, tag & 127])
        body += number + bytes([len(value)]) + value
    length = len(body) + 4
    head = KEY + (bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big"))
    packet = head + body + bytes([CHECKSUM, 2])
    return packet + checksum(packet).to_bytes(2, "big")


def checksum(data: bytes) -> int:
    """Sum of the 16-bit words from the first byte of the key to the length of the checksum itself, modulo 2¹⁶."""
    return ((sum(data[::2]) << 8) + sum(data[1::2])) & 0xFFFF


def _packet(data: bytes, start: int) -> tuple[dict[int, bytes], int] | None:
    """Tags of the packet whose key starts there, and its end; None where it is not whole."""
    found = _length(data, start + len(KEY))
    if found is None:
        return None
    length, at = found
    end = at + length
    if length > MAX_PACKET_BYTES or end > len(data):
        return None
    tags = _tags(data, at, end)
    stated = (tags or {}).pop(CHECKSUM, b"")
    if tags is None or len(stated) != 2 or int.from_bytes(stated, "big") != checksum(data[start : end - 2]):
        return None
    return tags, end


def _tags(data: bytes, at: int, end: int) -> dict[int, bytes] | None:
    tags: dict[int, bytes] = {}
    for _ in range(MAX_TAGS):
        if at == end:
            return tags
        named = _tag(data, at, end)
        found = _length(data, named[1]) if named is not None else None
        if named is None or found is None:
            return None
        length, at = found
        if at + length > end:
            return None
        tags[named[0]] = data[at : at + length]
        at += length
    return None


def _tag(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    number = 0
    for byte in data[at : min(end, at + MAX_TAG_BYTES)]:
        at += 1
        number = number << 7 | byte & 127
        if byte < 128:
            return number, at
    return None


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """A BER length and where its value starts; the short form, or the long one of at most four bytes."""
    if at >= len(data):
        return None
    first = data[at]
    if first < 128:
        return first, at + 1
    count = first & 127
    if not 1 <= count <= MAX_LENGTH_BYTES or at + 1 + count > len(data):
        return None
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count
