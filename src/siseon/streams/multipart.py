"""The pictures in a ``multipart/x-mixed-replace`` body, as cameras send them: bytes in, pictures out, nothing read.

Cameras differ: with a length for each part or without, the boundary's dashes in the header or not.
"""

from __future__ import annotations

import re

from siseon.streams.causes import Cause, Lost

MAX_HEADER = 8 << 10
_LENGTH = re.compile(rb"(?i)^content-length:[ \t]*([0-9]{1,12})[ \t\r]*$", re.MULTILINE)
_BOUNDARY = re.compile(r'(?i);\s*boundary="?([^";,\s]{1,200})')


class Parts:
    """Takes a body as it comes."""

    def __init__(self, content_type: str, max_bytes: int) -> None:
        """``max_bytes``: of one picture.

        Raises:
            Lost: ``not_video``: the header names no boundary.
        """
        found = _BOUNDARY.search(content_type)
        if found is None:
            raise Lost(Cause.not_video, "it names no boundary between its pictures")
        self._boundary = b"--" + found[1].removeprefix("--").encode("latin-1", "replace")
        self._max_bytes = max_bytes
        self._held = bytearray()
        self._in_part = False
        self._length: int | None = None
        self._looked = 0
        """Bytes of the part in which there is no boundary."""

    def feed(self, data: bytes) -> list[bytes]:
        """The parts that are whole now.

        Raises:
            Lost: ``too_large``: a part is longer than it may be; ``not_video``: there are no parts.
        """
        self._held += data
        whole = []
        while (part := self._next()) is not None:
            if part:
                whole.append(part)
        return whole

    def _next(self) -> bytes | None:
        """The next part, or None where more has to come."""
        if not self._in_part and not self._begin():
            return None
        end = self._length
        if end is None:
            end = self._held.find(self._boundary, max(0, self._looked - len(self._boundary)))
            self._looked = len(self._held)
        if (len(self._held) if end < 0 else end) > self._max_bytes:
            raise Lost(Cause.too_large, f"a picture of more than {self._max_bytes:,} bytes")
        if end < 0 or len(self._held) < end:
            return None
        part = bytes(self._held[:end])
        del self._held[:end]
        self._in_part = False
        return part if self._length is not None else part.removesuffix(b"\r\n").removesuffix(b"\n")

    def _begin(self) -> bool:
        """Read the head of a part; False where it is not whole yet."""
        start = self._held.find(self._boundary)
        end = -1 if start < 0 else self._held.find(b"\r\n\r\n", start)
        if end < 0:
            if len(self._held) > MAX_HEADER:
                raise Lost(Cause.not_video, "there are no pictures between its boundaries")
            return False
        head = bytes(self._held[start:end])
        length = _LENGTH.search(head)
        self._length = int(length[1]) if length else None
        del self._held[: end + 4]
        self._in_part, self._looked = True, 0
        return True
