"""How one stream is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from siseon.contracts import ContractViolation
from siseon.media.addresses import Network
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.streams.life import Pace

Transport = Literal["tcp", "udp"]
VIDEO_PIXELS = 8192 * 4320
"""Width × height that a video may have at most, whatever stills may: a decoder keeps up to 16 pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """One stream's options."""

    fps: float | None = None
    """Frames taken in a second at most; the others are skipped before their pixels are converted. None: all; of an
    address that gives single pictures one a second."""
    transport: Transport = "tcp"
    """How RTSP carries the pictures: ``udp`` loses some where the network is full, and passes few firewalls."""
    open_s: float = 5.0
    """Seconds to connect and to be told what comes."""
    read_s: float = 5.0
    """Seconds without anything from the other side until the session is given up."""
    key_s: float = 20.0
    """Seconds in which something comes, but nothing that can be shown. Cameras send a whole picture only now and then:
    until the first one, and after damage, there is nothing to decode."""
    loop: bool = True
    """A file begins again at its end."""
    allow: tuple[Network, ...] = ()
    """Networks that are not public and may be connected to."""
    ca: Path | None = None
    """Certificates (PEM) that cameras behind ``rtsps://`` are verified with."""
    bounds: MediaBounds = DEFAULT_BOUNDS
    """Of each picture."""
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        for name in ("fps", "open_s", "read_s", "key_s"):
            value = getattr(self, name)
            if value is not None and not 0.001 <= value <= 1000:
                raise ContractViolation(f"{name} is {value!r}, not a number from 0.001 to 1000")

    @property
    def max_pixels(self) -> int:
        """Of a video."""
        return min(VIDEO_PIXELS, self.bounds.max_pixels)
