"""What pictures of videos are called: in results by the video and the moment, on disks so that they lie in order."""

from __future__ import annotations

import re
from pathlib import PurePath

_MOMENT = re.compile(r"(.+)#t=(\d{1,7}\.\d{1,3})", re.DOTALL)


def moment_name(name: str, second: float, every_s: float) -> str:
    """What the picture of a moment is called: ``flight.ts#t=12.0``, as media fragments are."""
    decimals = max(1, len(f"{every_s:.3f}".rstrip("0").partition(".")[2]))
    return f"{name}#t={second:.{decimals}f}"


def moment_of(name: str) -> tuple[str, float] | None:
    """The video of such a name, and the seconds; None: it is the name of another picture."""
    match = _MOMENT.fullmatch(name)
    return None if match is None else (match[1], float(match[2]))


def stem(name: str) -> str:
    """What files that are made of a picture are called, without their suffix; ``flight-00012.0s`` of a moment, so that
    they lie in the order of time."""
    match = _MOMENT.fullmatch(name)
    if match is None:
        return PurePath(name).stem
    whole, _, decimals = match[2].partition(".")
    return f"{PurePath(match[1]).stem}-{int(whole):05d}.{decimals}s"
