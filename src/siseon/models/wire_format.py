"""The wire format of protobuf, in which networks are written: a message as its fields, and a field as bytes.

Source: "Encoding", protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator

Buffer = bytes | mmap.mmap
Span = tuple[int, int]
"""Where a string, bytes or a message lies in its buffer."""

VARINT, BYTES = 0, 2
"""Kinds of fields."""


def fields(data: Buffer, span: Span) -> Iterator[tuple[int, int | Span]]:
    """Fields of a message by number: whole numbers (not of fixed length, which are skipped) and spans.

    Raises:
        IndexError, ValueError: it is no message.
    """
    at, end = span
    while at < end:
        tag, at = _varint(data, at, end)
        match tag & 7:
            case 0:
                value, at = _varint(data, at, end)
                yield tag >> 3, value
            case 1:
                at += 8
            case 2:
                length, at = _varint(data, at, end)
                if at + length > end:
                    raise ValueError("a field ends beyond its message")
                yield tag >> 3, (at, at + length)
                at += length
            case 5:
                at += 4
            case kind:
                raise ValueError(f"wire type {kind}")
    if at != end:
        raise ValueError("a field ends beyond its message")


def spans(data: Buffer, span: Span) -> Iterator[tuple[int, Span]]:
    """Those fields of a message that are strings, bytes or messages.

    Raises:
        IndexError, ValueError: it is no message.
    """
    for number, value in fields(data, span):
        if not isinstance(value, int):
            yield number, value


def number_field(number: int, value: int) -> bytes:
    """A field that is a whole number of at least 0."""
    return _number(number << 3 | VARINT) + _number(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """A field that is a string, bytes or a message."""
    return field_head(number, len(value)) + value


def field_head(number: int, length: int) -> bytes:
    """What stands before the bytes of such a field."""
    return _number(number << 3 | BYTES) + _number(length)


def _number(value: int) -> bytes:
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _varint(data: Buffer, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, at
    raise ValueError("a number has no end")
