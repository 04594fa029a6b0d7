"""Pictures of an RTSP stream, a video file or a camera of this machine, by PyAV. Its errors are translated here and in
``device.py``.

What was learned of FFmpeg, and is held by tests: a server that dies ends the packets without an error; one that stands
still ends them with ``ExitError`` after about twice the time-out, and an opening with whatever was incomplete; what a
camera says of its size is known before a picture is decoded, and ``max_pixels`` holds decoders to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import Event, Lock, Semaphore
from typing import TYPE_CHECKING

import numpy as np

from siseon.contracts import Image
from siseon.engine.machine import cores
from siseon.media.adopt import Picture
from siseon.media.whole import Whole, is_said, listen
from siseon.streams.address import Address
from siseon.streams.causes import Cause, Lost
from siseon.streams.device import FORMAT, asked, of_device, unopened
from siseon.streams.options import StreamOptions

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from av.error import FFmpegError

View = Callable[[], Picture]
"""A picture that has come and is not converted yet: the call takes its milliseconds only for those that are used.

Raises:
    SiseonError: it cannot be used.
"""

_FILMS = Semaphore(max(1, cores() // 2))
"""Of the process: files that are decoded at once. A camera has a pace that cannot be changed; a hundred films would
leave no core for the service."""
_UNTRUSTED = ("certificate failed verification", "certificate's owner does not match")
"""In messages of FFmpeg's TLS, which fails as an input or output does."""
_LONGEST_STEP_S = 1.0
"""A file whose times jump goes on after so long."""


def video(name: str, address: Address, options: StreamOptions, ending: Event) -> Generator[View, None, None]:
    """Pictures as they come, until the session ends; a file in the pace of its own times.

    ``name`` becomes the source of the images.

    Raises:
        Lost: why there are no more; a source that ends of itself just ends.
    """
    if address.is_rtsp:
        url = address.rtsp_url(options.allow)
        how = _of_rtsp(options) | (_of_tls(address, options) if address.scheme == "rtsps" else {})
        for _, frame in _frames(url, how, options, ending, nullcontext()):
            yield _View(frame, name)
        return
    if address.scheme == "v4l2":
        for _, frame in _frames(address.target, of_device(), options, ending, nullcontext(), device=True):
            yield _View(frame, name)
        return
    while not ending.is_set():
        frames = _frames(address.target, {"protocol_whitelist": "file"}, options, ending, _FILMS)
        yield from (_View(frame, name) for frame in _in_pace(frames, ending))
        if not options.loop:
            raise Lost(Cause.finished)


def _of_rtsp(options: StreamOptions) -> dict[str, str]:
    return {
        "rtsp_transport": options.transport,
        "protocol_whitelist": "rtsp,rtp,rtcp,tcp,udp",
        "fflags": "nobuffer",
        "fpsprobesize": "0",  # else a second is watched to estimate a rate that nobody asks for
        "max_pixels": str(options.max_pixels),
    }


def _of_tls(address: Address, options: StreamOptions) -> dict[str, str]:
    """The URL has an address in the place of the name that the certificate is for.

    Raises:
        Lost: ``untrusted``: it cannot be verified.
    """
    if options.ca is None or not options.ca.is_file():
        raise Lost(Cause.untrusted, "SISEON_STREAMS_CA does not name a file of certificates")
    return {
        "rtsp_transport": "tcp",
        "protocol_whitelist": "rtsp,rtp,tcp,tls",
        "tls_verify": "1",
        "ca_file": str(options.ca),
        "verifyhost": address.host,
    }


def _frames(
    url: str,
    container_options: dict[str, str],
    options: StreamOptions,
    ending: Event,
    turn: AbstractContextManager[object],
    *,
    device: bool = False,
) -> Iterator[tuple[float | None, VideoFrame]]:
    """Decoded frames with their times in seconds, none for those that have none. A broken one is passed over; where
    nothing but broken ones comes, the session ends.

    ``turn``: is entered to decode.
    """
    import av
    from av.error import FFmpegError

    with _opened(url, container_options, options, FORMAT if device else None) as container:
        stream = _chosen(container, options)
        decoder = stream.codec_context
        decoder.options = {"max_pixels": str(options.max_pixels)}
        decoder.thread_count = 1  # threads of frames would hold back as many frames
        packets = asked(container, options.read_s, ending) if device else container.demux()
        whole = Whole(stream, packets)  # sound too: else FFmpeg would wait through it, for ever
        came = shown = time.monotonic()
        while not ending.is_set():
            try:
                packet = whole.received()
            except FFmpegError as error:
                raise _lost(error, silent=True) from None
            if packet is None:
                break
            now = time.monotonic()
            if packet.stream is not stream:
                if now - came > options.read_s:
                    raise Lost(Cause.silent)
                continue
            came = now
            try:
                with turn:
                    frames = whole.decode(packet)
            except (av.error.InvalidDataError, av.error.ArgumentError):
                frames = []
            except FFmpegError as error:
                raise _lost(error, silent=True) from None
            for frame in frames:
                _check(frame.width, frame.height, options)
                shown = time.monotonic()
                yield frame.time, frame
            if time.monotonic() - shown > options.key_s:
                raise Lost(Cause.undecodable)


def _opened(
    url: str, container_options: dict[str, str], options: StreamOptions, format: str | None
) -> InputContainer:
    import av
    from av.error import FFmpegError

    listen()
    since = time.monotonic()
    said = av.logging.Capture()
    try:
        with said:
            return av.open(
                url,
                format=format,
                options=container_options,
                timeout=(options.open_s, options.read_s),
                metadata_errors="replace",
            )
    except FFmpegError as error:
        if is_said(said.logs, _UNTRUSTED):
            raise Lost(Cause.untrusted) from None
        if time.monotonic() - since >= options.open_s:  # what was cut short has an error of its own
            raise Lost(Cause.timed_out) from None
        if format == FORMAT:
            raise unopened(error) from None
        raise _lost(error, silent=False) from None


def _chosen(container: InputContainer, options: StreamOptions) -> VideoStream:
    """The first video that can be decoded, held to its bounds."""
    if not container.streams.video:
        raise Lost(Cause.no_video if container.streams else Cause.not_video)
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise Lost(Cause.undecodable, "its codec is not known")
    _check(stream.codec_context.width, stream.codec_context.height, options)
    return stream


def _check(width: int, height: int, options: StreamOptions) -> None:
    if width * height > options.max_pixels or max(width, height) > options.bounds.max_side:
        raise Lost(Cause.too_large, f"{width} × {height} pixels, the limit is {options.max_pixels:,}")


def _in_pace(frames: Iterator[tuple[float | None, VideoFrame]], ending: Event) -> Iterator[VideoFrame]:
    """Each frame when its time has come, as from a camera.

    Raises:
        Lost: ``undecodable``: there is none.
    """
    due, last, came = time.monotonic(), None, False
    for at, frame in frames:
        step = at - last if at is not None and last is not None else 0.0
        due += min(max(step, 0.0), _LONGEST_STEP_S)
        last, came = at, True
        if ending.wait(max(0.0, due - time.monotonic())):
            return
        due = max(
            due, time.monotonic() - _LONGEST_STEP_S
        )  # what is too slow for it does not hurry afterwards
        yield frame
    if not came:
        raise Lost(Cause.undecodable)


class _View:
    """A frame that is converted once, however many threads look at it: PyAV crashes where two convert the same."""

    def __init__(self, frame: VideoFrame, name: str) -> None:
        self._held: VideoFrame | Image = frame
        self._name = name
        self._lock = Lock()

    def __call__(self) -> Image:
        with self._lock:
            if not isinstance(self._held, Image):
                self._held = _image(self._held, self._name)
            return self._held


def _image(frame: VideoFrame, name: str) -> Image:
    """Upright pixels in RGB, (H, W, 3) uint8."""
    pixels = frame.to_ndarray(format="rgb24")
    return Image.from_array(np.rot90(pixels, round(frame.rotation / 90)), name)


def _lost(error: FFmpegError, *, silent: bool) -> Lost:
    """The cause that an error of FFmpeg stands for. Its text is never told: it carries the URL."""
    from av import error as of_ffmpeg

    if isinstance(error, of_ffmpeg.ExitError | of_ffmpeg.TimeoutError):
        return Lost(Cause.silent if silent else Cause.timed_out)
    if isinstance(error, of_ffmpeg.HTTPUnauthorizedError | of_ffmpeg.HTTPForbiddenError):
        return Lost(Cause.unauthorized)
    if isinstance(error, of_ffmpeg.HTTPNotFoundError):
        return Lost(Cause.not_found)
    if isinstance(error, of_ffmpeg.HTTPError | of_ffmpeg.HTTPClientError):
        return Lost(Cause.broken, "the server refused the request")
    if isinstance(error, of_ffmpeg.InvalidDataError | of_ffmpeg.LookupError | of_ffmpeg.PatchWelcomeError):
        return Lost(Cause.not_video)
    if isinstance(error, of_ffmpeg.EOFError | of_ffmpeg.ConnectionResetError | of_ffmpeg.BrokenPipeError):
        return Lost(Cause.broken)
    return Lost(Cause.broken if silent else Cause.unreachable)
