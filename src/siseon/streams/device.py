"""Cameras of this machine itself, by Video4Linux2, as FFmpeg reads them.

FFmpeg waits in such a camera for as long as it is silent, whatever time-outs are set; so it is told never to wait, and
asked again and again. Size and rate are those that the camera is set to (``v4l2-ctl --set-fmt-video``).
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from siseon.streams.causes import Cause, Lost

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.error import FFmpegError
    from av.packet import Packet
    from av.stream import Stream

FORMAT = "v4l2"
"""FFmpeg's name for them."""
MAJOR = 81
"""Linux's number for devices of video."""
ASK_S = 0.005
"""Between two questions for a picture: a small part of the time between two of them."""
_DETAILS = {
    errno.EBUSY: "another program has it",
    errno.EACCES: "this user may not open it: it needs to be in the group of the device, video as a rule",
    errno.EPERM: "this user may not open it: it needs to be in the group of the device, video as a rule",
    errno.ENOENT: "it is not plugged in",
    errno.ENXIO: "it is not plugged in",
    errno.ENODEV: "it is not plugged in, or takes no pictures",
    errno.ENOTTY: "it takes no pictures",
}


def is_camera(path: str) -> bool:
    """Whether a device of video is there; one that takes no pictures is found out when it is opened."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) == MAJOR


def of_device() -> dict[str, str]:
    """Options of FFmpeg for one."""
    from av.container.core import Flags

    return {"fflags": f"+{Flags.non_block.value}", "fpsprobesize": "0"}


def asked(container: InputContainer, read_s: float, ending: Event) -> Iterator[Packet[Stream]]:
    """Its packets as they come, until ``ending``.

    Raises:
        Lost: ``silent``.
        FFmpegError: it is gone.
    """
    came = time.monotonic()
    while not ending.is_set():
        try:
            for packet in container.demux():
                yield packet
                came = time.monotonic()
            return
        except BlockingIOError:
            if time.monotonic() - came > read_s:
                raise Lost(Cause.silent) from None
            ending.wait(ASK_S)


def unopened(error: FFmpegError) -> Lost:
    """Why it could not be opened."""
    return Lost(Cause.unreachable, _DETAILS.get(error.errno or 0, ""))
