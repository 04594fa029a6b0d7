"""H.264 pictures that FFmpeg takes for several, put together again.

Some cameras send the parameter sets before each slice of a picture, though nothing may stand between its slices
(ITU-T H.264, 7.4.1.2.3). FFmpeg's parser ends the picture there, and its decoder makes up what each piece is without.
All of a picture has one RTP timestamp (RFC 6184, 5.1), and only its first slice begins with its first macroblock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from siseon.media.numbers import KEY, MOST_BYTES, SLICE, START

if TYPE_CHECKING:
    from av.packet import Packet
    from av.stream import Stream

Reading = Callable[[], "tuple[Packet[Stream] | None, bool]"]
"""The next packet, None at the end; and whether something before it was lost."""


class JoinedSlices:
    """Packets of one video with whole pictures, of any others as they come.

    That a picture has ended is known when the next one begins. So each is kept until then, of its kind (key frames, and
    those that refer to others), until a first one has been whole: a picture is late only in a stream that has parts.
    """

    def __init__(self, stream: Stream, read: Reading) -> None:
        self._stream = stream
        self._read = read
        self._kept: list[Packet[Stream]] = []
        self._lost = False
        """Before what is kept."""
        self._ahead: tuple[Packet[Stream] | None, bool] | None = None
        """What was read to know that a picture has ended."""
        self._in_parts: dict[bool, bool] = {}
        """By whether it is a key frame: how pictures came, once one has."""
        self._last: Packet[Stream] | None = None

    def next(self) -> tuple[Packet[Stream] | None, bool]:
        """As what it reads from.

        Raises:
            FFmpegError: as that does.
        """
        while True:
            packet, lost = self._ahead or self._read()
            self._ahead = None
            if packet is not None and packet.stream is not self._stream:
                return packet, lost  # who counts how long the video is silent must see it
            if packet is not None and self._continues(packet):
                self._in_parts[packet.is_keyframe] = True
                if self._kept:
                    self._kept.append(packet)
                    self._lost |= lost
                    continue
            elif self._last is not None:
                self._in_parts.setdefault(self._last.is_keyframe, False)
            if self._kept:
                self._ahead = packet, lost
                return self._whole()
            self._last = packet
            if packet is None or not packet.size or not self._in_parts.get(packet.is_keyframe, True):
                return packet, lost
            self._kept, self._lost = [packet], lost

    def _continues(self, packet: Packet[Stream]) -> bool:
        """Whether it is of the picture before."""
        before = self._last
        if before is None or packet.pts is None or packet.pts != before.pts:
            return False
        at = _slice_of(bytes(packet))
        return at is not None and not _begins(bytes(packet), at)

    def _whole(self) -> tuple[Packet[Stream], bool]:
        """What is kept, as one."""
        import av

        parts, lost = self._kept, self._lost
        self._kept, self._lost = [], False
        first = parts[0]
        if len(parts) == 1:
            return first, lost
        pieces = [bytes(part) for part in parts]
        made = av.Packet(pieces[0] + b"".join(piece[_slice_of(piece) :] for piece in pieces[1:]))
        made.stream, made.time_base = first.stream, first.time_base
        made.pts, made.dts, made.is_keyframe = first.pts, first.dts, first.is_keyframe
        made.is_corrupt = any(part.is_corrupt for part in parts)
        return made, lost


def _slice_of(data: bytes) -> int | None:
    """Where the first slice begins, with its start code; None where there is none."""
    at = data.find(START, 0, MOST_BYTES)
    while 0 <= at < len(data) - 4:
        if data[at + len(START)] & 31 in (SLICE, KEY):
            return at
        at = data.find(START, at + len(START), MOST_BYTES)
    return None


def _begins(data: bytes, at: int) -> bool:
    """Whether a slice is the first of its picture: its first macroblock has the number 0, which is a single 1 (9.1)."""
    return bool(data[at + len(START) + 1] & 0x80)
