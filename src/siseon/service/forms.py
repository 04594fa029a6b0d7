"""Multipart forms (RFC 7578) whose bytes are already here: cut at their boundaries.

The boundaries are searched for, and only the parts are copied; a form that ends early is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header

from siseon.contracts import FailureCode, InputError

FORM = "multipart/form-data"
HINT = "curl -F file=@photo.jpg"
MAX_BOUNDARY = 70
"""Characters of a boundary (RFC 2046, 5.1.1)."""
MAX_HEAD = 16 << 10
"""Bytes of a part's header lines."""
MAX_FIELD = 1 << 20
"""Bytes of a part that is not a file."""
NEWLINE, BLANK_LINE, DASHES = b"\r\n", b"\r\n\r\n", b"--"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form."""

    name: str
    filename: str | None
    """None for a field, which is not a file."""
    media_type: str
    """As declared, without parameters; empty where nothing is declared."""
    data: bytes

    @property
    def text(self) -> str:
        """A field's value."""
        return self.data.decode("utf-8", "replace")


def parse_form(content_type: str, body: bytes, *, files: int, fields: int) -> list[Part]:
    """The parts in their order.

    Args:
        content_type: the request's header, which names the boundary.
        body: the whole form.
        files: most parts that may be files.
        fields: most parts that may be none.

    Raises:
        InputError: it is not a form, is damaged, ends early, or has more or larger parts than it may.
    """
    kind, options = parse_options_header(content_type)
    if kind != FORM.encode():
        raise InputError("the request is not a form", code=FailureCode.unsupported_media, hint=HINT)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= MAX_BOUNDARY:
        raise _damaged("its header names no boundary")
    parts = []
    for head, data in _pieces(body, DASHES + boundary):
        part = _part(head, data)
        if part.filename is None:
            fields -= 1
            if len(data) > MAX_FIELD:
                raise _damaged(
                    f"its field {part.name[:40]!r} has {len(data)} bytes, the limit is {MAX_FIELD}"
                )
        else:
            files -= 1
        if fields < 0 or files < 0:
            raise _damaged("it has too many parts")
        parts.append(part)
    return parts


def _pieces(body: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Header lines and content of each part. Whatever stands before the first delimiter is skipped."""
    ending = NEWLINE + delimiter
    start = 0 if body.startswith(delimiter) else body.find(ending) + len(NEWLINE)
    if not body.startswith(delimiter, start):
        raise _damaged("its boundary is not in it")
    start += len(delimiter)
    while not body.startswith(DASHES, start):
        if not body.startswith(NEWLINE, start):
            raise _damaged("a boundary is not the end of its line")
        blank = body.find(BLANK_LINE, start, start + MAX_HEAD)
        if blank < 0:
            raise _damaged("a part has no header lines, or too many")
        content = blank + len(BLANK_LINE)
        # A part without content: its blank line is followed by the delimiter at once.
        end = body.find(ending, content - len(NEWLINE))
        while end >= 0 and not body.startswith((NEWLINE, DASHES), end + len(ending)):
            end = body.find(ending, end + 1)  # content that only begins like the boundary
        if end < 0:
            raise _damaged("it ends before its last boundary")
        yield body[start + len(NEWLINE) : blank], body[content:end]
        start = end + len(ending)


def _part(head: bytes, data: bytes) -> Part:
    disposition, media_type = b"", b""
    for line in head.split(NEWLINE):
        key, _, value = line.partition(b":")
        match key.strip().lower():
            case b"content-disposition":
                disposition = value.strip()
            case b"content-type":
                media_type = value.partition(b";")[0].strip().lower()
    kind, options = parse_options_header(disposition)
    if kind != b"form-data" or b"name" not in options:
        raise _damaged("a part has no name")
    filename = options.get(b"filename")
    return Part(
        name=_decoded(options[b"name"]),
        filename=None if filename is None else _decoded(filename),
        media_type=_decoded(media_type),
        data=data,
    )


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _damaged(why: str) -> InputError:
    return InputError(f"the form cannot be read: {why}", hint=HINT)
