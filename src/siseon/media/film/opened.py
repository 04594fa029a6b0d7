"""A video that is open: the moments of its pictures, and the picture of a moment. FFmpeg's errors are translated here.

The format is told by the first bytes, and no other file is opened whatever a video says.
"""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from siseon.contracts import DependencyMissing, FailureCode, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.files import name_text
from siseon.media.film.packets import Beside, Nearest
from siseon.media.formats import AVIF_BRANDS, HEIF_BRANDS

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

    from siseon.media.whole import Whole

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Of a file that is written while this one is read: it is no fault of the video's."""
BROKEN = "it may be cut off, or damaged: copy or export it again"
SNIFF_BYTES = 2048
LATE_S = 1.0
"""A picture that comes later than this after a moment is not of it."""
HELD_S = 4.0
"""A decoder shows a picture after packets that are no later than this behind it."""
SAME_S = 1e-3
"""Times that are no farther apart are the same."""
_TS_SIZES, _TS_SYNC = MappingProxyType({188: 0, 192: 4, 204: 0}), ord("G")
"""Of transport streams (ISO/IEC 13818-1): bytes from packet to packet, and at which of them stands the sign."""
_START, _WHOLE_UNIT, _OF_A_FILE = b"\0\0\1", 5, b"\1"
"""Of H.264 (ITU-T H.264, 7.3.1): before each unit, the type of one of a picture that refers to no other, and how the
header begins of what is stored by lengths, where key frames are such pictures."""
TAIL = 100
"""Packets at the end that are looked at."""


@dataclass(slots=True)
class Film:
    """One that is open."""

    container: InputContainer
    stream: VideoStream
    """Its first one of pictures."""
    zero: float
    """Seconds of the container at its first picture."""

    @property
    def stated_s(self) -> float:
        """How long it says that it is; 0 where it does not."""
        return (self.container.duration or 0) / 1_000_000

    def scan(self, shown: list[float]) -> bool:
        """The seconds of all its pictures; False: it cannot be read to its end."""
        from av.error import FFmpegError

        try:
            for packet in self._packets():
                second = self._second(packet.pts, packet.time_base)
                mine = packet.stream is self.stream and packet.size and not packet.is_corrupt
                if second is not None and mine:
                    shown.append(second)
        except FFmpegError:
            return False
        return True

    def extent(self, most: int, longest_s: float) -> tuple[int, float]:
        """How many pictures it has, and the seconds from the first to the last; one that passes a bound is not read on.

        Of one that is cut off what comes before.
        """
        from av.error import FFmpegError

        count, last = 0, 0.0
        try:
            for packet in self._packets():
                if packet.stream is self.stream and packet.size:
                    count += 1
                    last = max(last, self._second(packet.pts, packet.time_base) or 0.0)
                    if count > most or last > longest_s:
                        break
        except FFmpegError:
            pass
        return count, last

    def look(self, second: float, back: float | None) -> tuple[VideoFrame, tuple[Beside, ...]] | None:
        """The first whole picture from a moment on, and the packets about it; None: not from this far back."""
        from av.error import FFmpegError

        from siseon.media.whole import Whole

        begun, sound = False, math.inf
        found: VideoFrame | None = None
        beside = Nearest(second)
        try:
            if back is not None:
                at = (max(0.0, second - back) + self.zero) / float(self.stream.time_base or 1)
                self.container.seek(int(at), stream=self.stream, backward=True)
            whole = Whole(self.stream, self._packets())
            while (packet := whole.received()) is not None:
                now = self._second(packet.pts, packet.time_base)
                if packet.stream is not self.stream:
                    if packet.stream.type == "data":
                        beside.take(packet.stream.index, now, bytes(packet))
                    continue
                if now is not None:
                    beside.now = now
                    if sound > second + SAME_S and back is not None and now > second + SAME_S:
                        return None
                    if packet.is_keyframe and (begun or self._is_whole_at(packet)):
                        sound = min(sound, now)
                begun = begun or packet.is_keyframe
                if found is None and begun:
                    first = max(second, sound) - SAME_S
                    shown = self._decoded(whole, packet)
                    found = next((one for one in shown if self._at(one) >= first), None)
                if found is not None and (not self.container.streams.data or beside.is_past(self._at(found))):
                    break
                if found is None and now is not None and now > second + HELD_S:
                    break
        except FFmpegError:
            pass  # what came before counts
        if found is None or self._at(found) - second > LATE_S:
            return None
        return found, beside.of(self._at(found))

    def _packets(self) -> Iterator[Packet[Stream]]:
        """All of them from here on."""
        with suppress(IndexError):  # PyAV's, at the end of one in which a stream has appeared on the way
            yield from self.container.demux()

    def _is_whole_at(self, packet: Packet[Stream]) -> bool:
        """Whether decoding can begin with a key frame. H.264 that is refreshed bit by bit (by columns, say) calls it
        one where a turn begins: what was decoded from there is whole where the next turn begins."""
        if self.stream.codec_context.name != "h264":
            return True
        if bytes(self.stream.codec_context.extradata or b"").startswith(_OF_A_FILE):
            return True
        data = bytes(packet)
        return any(unit[:1] and unit[0] & 31 == _WHOLE_UNIT for unit in data.split(_START)[1:])

    def _decoded(self, whole: Whole, packet: Packet[Stream]) -> list[VideoFrame]:
        """The whole pictures that a packet completes; none of one that is damaged."""
        from av.error import ArgumentError, InvalidDataError

        try:
            return whole.decode(packet)
        except (InvalidDataError, ArgumentError):
            return []

    def _second(self, pts: int | None, time_base: Fraction | None) -> float | None:
        return None if pts is None or time_base is None else float(pts * time_base) - self.zero

    def _at(self, frame: VideoFrame) -> float:
        return -1.0 if frame.time is None else frame.time - self.zero


@contextmanager
def opened(path: Path, bounds: MediaBounds) -> Iterator[Film]:
    """A video, held to its bounds.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: it cannot be opened or read, is no video, has no pictures, or too large ones.
    """
    try:
        import av
        from av.stream import Disposition
    except ImportError:
        raise DependencyMissing(
            "video needs PyAV",
            hint="pip install 'siseon[streams]', for people 'siseon[people]' (GPL parts: see its README)",
        ) from None
    from siseon.media.whole import listen

    listen()
    try:
        with path.open("rb") as file:
            kind = format_of(file.read(SNIFF_BYTES))
        if kind is None:
            raise no_video(path, "does not begin like MPEG-TS, MPEG-PS, MP4, QuickTime, Matroska or AVI")
        options = {"protocol_whitelist": "file"}
        with av.open(os.fspath(path), format=kind, options=options, metadata_errors="replace") as container:
            streams = [
                one for one in container.streams.video if not one.disposition & Disposition.attached_pic
            ]
            if not streams:
                raise no_video(path, "has sound alone" if container.streams.audio else "has no pictures")
            stream = streams[0]
            decoder = stream.codec_context
            if decoder is None:
                raise no_video(path, "has pictures of an unknown codec")
            if decoder.width and decoder.height:
                bounds.check("video", decoder.width, decoder.height)
            decoder.options = {"max_pixels": str(bounds.max_pixels)}
            decoder.thread_count = 1
            start = stream.start_time if stream.start_time is not None else 0
            yield Film(container, stream, float(start * (stream.time_base or 0)))
    except OSError as error:  # FFmpeg's are OSErrors too
        if error.errno in FULL:
            raise InputError(
                f"what is made of {name_text(path)} cannot be written: the disk is full",
                code=FailureCode.storage_failed,
                hint="free some room where temporary files lie (TMPDIR)",
            ) from None
        why = error.strerror or type(error).__name__
        raise InputError(
            f"{name_text(path)} cannot be read as video: {why}",
            code=FailureCode.corrupt_image
            if isinstance(error, av.FFmpegError)
            else FailureCode.file_unreadable,
            hint=BROKEN if isinstance(error, av.FFmpegError) else "check the path and its permissions",
        ) from None
    except av.FFmpegError as error:
        raise InputError(
            f"{name_text(path)} cannot be read as video: {error.strerror}",
            code=FailureCode.corrupt_image,
            hint=BROKEN,
        ) from None


def format_of(head: bytes) -> str | None:
    """FFmpeg's name of the format of a video, by its first ``SNIFF_BYTES``; None: it is none of those that are read."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith(b"\x00\x00\x01\xba"):
        return "mpeg"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[4:8] == b"ftyp":
        return None if head[8:12] in AVIF_BRANDS | HEIF_BRANDS else "mov"
    return None if _packet_size(head) is None else "mpegts"


def ends_whole(path: Path) -> bool:
    """Whether an MPEG transport stream ends with whole packets; True of other videos, which say how long they are."""
    with path.open("rb") as file:
        size = _packet_size(file.read(SNIFF_BYTES))
        if size is None:
            return True
        length = file.seek(0, os.SEEK_END)
        file.seek(max(length % size, length - TAIL * size))
        tail = file.read(TAIL * size)
    return set(tail[_TS_SIZES[size] :: size]) == {_TS_SYNC}


def _packet_size(head: bytes) -> int | None:
    """Bytes from packet to packet of a transport stream, which may begin within one; None: it is none."""
    for size in _TS_SIZES:
        for at in range(size):
            if head[at : at + 3 * size + 1 : size] == bytes([_TS_SYNC] * 4):
                return size
    return None


def no_video(path: Path, why: str) -> InputError:
    """The failure of a file without pictures: it ``why``."""
    return InputError(
        f"{name_text(path)} is not a video that can be used: it {why}",
        code=FailureCode.unsupported_media,
        hint="name a video that has pictures",
    )
