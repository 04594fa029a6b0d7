"""Videos as pictures: the moments that one has pictures of, and the picture of a moment with the data beside it.

A moment is read by itself, from the last key frame before it, so that pictures are the same in whatever order, by
whichever process and after whichever kill they are read. What FFmpeg says it has made up for what was lost is no
picture; bytes that were changed, and not lost, it may not notice.

A picture is a PNG, for nothing may be lost on the way; the packets of the video's data stream before and after
it (metadata of aircraft, MISB) are chunks of it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from siseon.contracts import FailureCode, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import name_text
from siseon.media.film.opened import LATE_S, SAME_S, SNIFF_BYTES, ends_whole, format_of, no_video, opened
from siseon.media.film.packets import with_packets
from siseon.media.formats import sniff

SUFFIXES = frozenset(
    {".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"}
)
EVERY_S, SHORTEST_S, LONGEST_S = 2.0, 0.04, 3600.0
"""Between two pictures: what is usual, and the bounds."""
LAST_S = 1e6
"""Of a video: its times are 33 bits long in MPEG, a day; what is beyond this is damaged."""
MOST_MOMENTS = 20_000
"""Of one video: eleven hours at the usual interval."""
MISSING_S = 2.0
"""By which a video may end before the time that it states."""
BACK_S = (1.2, 6.0, 30.0)
"""Before a moment, from where a key frame is looked for; after that from the beginning."""


def is_film(path: Path) -> bool:
    """Whether a file is a video by its first bytes; or by its name, where they are not of a picture."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
    except OSError:  # whatever reads it will say so: a name that is too long, a folder that is closed
        return False
    if format_of(head) is not None:
        return True
    if path.suffix.lower() not in SUFFIXES:
        return False
    try:
        sniff(head)
    except InputError:
        return True
    return False


def moments(path: Path, every_s: float = EVERY_S) -> list[float]:
    """Seconds from the first picture of a video: multiples of ``every_s`` after which it has one, none of them twice.
    Blocks, and reads the file once without decoding it.

    Of a video that is damaged or cut off there is one more, behind the last picture, whose reading fails and says so.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: it is no video, has no pictures, or too many of them.
    """
    shown: list[float] = []
    with opened(path, DEFAULT_BOUNDS) as film:
        whole = film.scan(shown) and ends_whole(path)
        stated = film.stated_s
    shown = [second for second in shown if 0 <= second < LAST_S]
    if not shown:
        raise no_video(path, "has no picture that could be found")
    times = np.sort(np.array(shown))
    grid = np.unique(np.floor((times + SAME_S) / every_s))
    if len(grid) > MOST_MOMENTS:
        raise InputError(
            f"{name_text(path.name)} has {len(grid):,} pictures at {every_s:g} s, the limit is {MOST_MOMENTS:,}",
            hint="choose a longer interval with --every",
        )
    at = np.round(grid * every_s, 3)
    near = times[np.searchsorted(times, at - SAME_S)] - at <= LATE_S
    found = [float(second) for second in at[near]]
    if not whole or stated - times[-1] > MISSING_S:
        found.append(round(float(grid[-1] + 1) * every_s, 3))
    return found


def picture_at(path: Path, second: float, bounds: MediaBounds = DEFAULT_BOUNDS) -> bytes:
    """The first picture from that moment on as a PNG, upright, with the packets of data before and after it. Blocks.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: it cannot be opened, is too large, or has no whole picture there.
    """
    import cv2

    for back in (*BACK_S, None):
        with opened(path, bounds) as film:
            found = film.look(second, back)
            if found is None:
                continue
            frame, packets = found
            bounds.check("video", frame.width, frame.height)
            turned = np.rot90(frame.to_ndarray(format="bgr24"), round(frame.rotation / 90))
        done, data = cv2.imencode(".png", np.ascontiguousarray(turned), [cv2.IMWRITE_PNG_COMPRESSION, 1])
        if done:
            return with_packets(data.tobytes(), packets)
    raise InputError(
        f"{name_text(path.name)} has no whole picture at {second:g} s: it is damaged or cut off there",
        code=FailureCode.corrupt_image,
        hint="copy the video again; what comes before stays",
    )
