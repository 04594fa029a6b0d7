"""The metadata stream of a video file: packets by the moments of the pictures that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.position.klv.local_set import local_sets
from siseon.applications.oilspill.position.klv.tags import facts_of
from siseon.contracts import DependencyMissing, FailureCode, InputError

MAX_PACKETS = 200_000
"""Two hours at 25 a second."""
AWAY_S = 1.0
"""A packet farther than this from a picture is not of it; many streams have one a second."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A packet and its time in the video."""

    seconds: float
    """From the start of the video, as its pictures are counted."""
    metadata: Metadata


def moments_of(path: Path) -> tuple[Moment, ...]:
    """All packets of a video in order of time; none where it has no stream of them.

    Blocks while it reads the file: run it in a thread. No picture is decoded.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: the file cannot be read as video.
    """
    try:
        import av
    except ImportError:
        raise DependencyMissing(
            "video needs PyAV", hint="pip install 'siseon[streams]' (GPL parts: see its README)"
        ) from None
    found: list[Moment] = []
    try:
        with av.open(str(path)) as container:
            streams = [stream for stream in container.streams if stream.type == "data"]
            start = (container.start_time or 0) / av.time_base
            for packet in container.demux(streams) if streams else ():
                if packet.pts is None or packet.time_base is None:
                    continue
                seconds = float(packet.pts * packet.time_base) - start
                found += [Moment(seconds, facts_of(tags)) for tags in local_sets(bytes(packet))]
                if len(found) >= MAX_PACKETS:
                    break
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path} cannot be read as video: {error}", code=FailureCode.corrupt_image
        ) from error
    return tuple(sorted(found, key=lambda moment: moment.seconds))


def at_moments(moments: Sequence[Moment], seconds: Sequence[float]) -> tuple[Metadata, ...]:
    """For each picture of a video the packet nearest to it in time, at most ``AWAY_S`` away; else nothing.

    Args:
        moments: in order of time.
        seconds: of the pictures, as ``Moment`` has them, in order.
    """
    chosen, at = [], 0
    for moment in seconds:
        while at + 1 < len(moments) and abs(moments[at + 1].seconds - moment) <= abs(
            moments[at].seconds - moment
        ):
            at += 1
        near = bool(moments) and abs(moments[at].seconds - moment) <= AWAY_S
        chosen.append(moments[at].metadata if near else Metadata())
    return tuple(chosen)
