"""Frames that came whole. FFmpeg fills what was lost on the way with what stood around it, and all that refers to it
inherits the filling: a needle may be drawn where none is.

It says so in its log alone, so that is heard; by one thread, of its own stream. Told so is whatever RTP knows to be
lost, and lost parts of frames in H.264. Not told is a whole frame that the camera itself left out: in H.264 the numbers
of frames show it. In other codecs neither it nor a lost part is seen.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from siseon.media.numbers import Numbers
from siseon.media.slices import JoinedSlices, Reading

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.packet import Packet
    from av.stream import Stream

_SIGNS = (
    "concealing",
    "error while decoding",
    "reference picture",
    "could not find ref",
    "first slice in a frame missing",
    "ignoring poc change between slices",
    "skipping invalid undecodable nalu",
    "error constructing the frame rps",
)
"""In messages of FFmpeg's decoders: a part of the frame is made up, or one that it refers to was lost."""
_LOST = ("rtp: missed", "max delay reached")
"""In messages of its RTP."""


class Whole:
    """Decodes one video, and passes over what is not whole: from a broken frame on to the next sound key frame."""

    def __init__(self, stream: VideoStream, packets: Iterator[Packet[Stream]]) -> None:
        """``stream``: decoded by this alone, on one thread; ``packets``: of its container."""
        listen()
        self._stream = stream
        head = bytes(stream.codec_context.extradata or b"")
        counted = stream.codec_context.name == "h264" and not head.startswith(b"\1")
        self._numbers = Numbers(head) if counted else None
        """Not of a file, whose units begin with their length: nothing is lost on the way from there."""
        read = _reading(
            packets
        )  # of nothing that refers to this: decoders are freed with it, not when cycles are
        self._next = JoinedSlices(stream, read).next if counted else read
        self._broken = False
        self._from: int | None = None
        """Until it is shown: time of the key frame that made it whole again, in units of the stream."""

    def received(self) -> Packet[Stream] | None:
        """The next packet; None at the end.

        Raises:
            FFmpegError: it cannot be had.
        """
        packet, lost = self._next()
        self._broken |= lost
        return packet

    def decode(self, packet: Packet[Stream]) -> list[VideoFrame]:
        """The whole ones of the frames that this packet completes.

        Raises:
            FFmpegError: it cannot be decoded.
        """
        from av import logging as of_ffmpeg

        with of_ffmpeg.Capture() as said:
            frames = self._stream.decode(packet)
        missing = self._numbers is not None and self._numbers.missing(bytes(packet))
        if missing or is_said(said, _SIGNS):
            self._broken = True
        elif packet.is_keyframe and (self._broken or self._from is not None):
            self._broken, self._from = False, packet.pts
        return [] if self._broken else [frame for frame in frames if self._is_whole(frame)]

    def _is_whole(self, frame: VideoFrame) -> bool:
        """A decoder shows what it held back after a packet that came later."""
        if frame.pts is None or self._from is None or frame.pts >= self._from:
            self._from = None
        return self._from is None


def _reading(packets: Iterator[Packet[Stream]]) -> Reading:
    from av import logging as of_ffmpeg

    def read() -> tuple[Packet[Stream] | None, bool]:
        with of_ffmpeg.Capture() as said:
            packet = next(packets, None)
        return packet, is_said(said, _LOST) or (packet is not None and packet.is_corrupt)

    return read


def listen() -> None:
    """Have ``av.logging.Capture`` hear what FFmpeg says, and nobody else: addresses with passwords stand in it."""
    from av import logging as of_ffmpeg

    logging.getLogger("libav").setLevel(logging.CRITICAL + 1)
    of_ffmpeg.set_level(of_ffmpeg.INFO)
    of_ffmpeg.set_skip_repeated(False)


def is_said(said: Iterable[tuple[int, str, str]], signs: tuple[str, ...]) -> bool:
    """Whether one of the signs is in it."""
    return any(sign in message.lower() for _, _, message in said for sign in signs)
