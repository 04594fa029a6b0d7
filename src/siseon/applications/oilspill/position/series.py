"""The metadata of a flight's frames together: what one frame is not sure of, its neighbours decide; what cannot have
been between them is refused; what is missing is filled and says so."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.applications.oilspill.contracts import Metadata
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.clock import seconds_of, steady
from siseon.applications.oilspill.position.gaps import filled
from siseon.applications.oilspill.position.outliers import continuous, set_steadily, smooth
from siseon.applications.oilspill.position.sighted import sighted
from siseon.applications.oilspill.position.vote import decided, timed

CLOCK_S = 0.5
"""By which a clock of whole seconds and the figures beside it are of different moments."""


def settled(frames: Sequence[Metadata], seconds: Sequence[float] | None = None) -> tuple[Metadata, ...]:
    """The same frames, each with what the others say about it.

    Args:
        frames: in the order in which they were taken.
        seconds: of each, from any start, where a video tells them; else the facts' own times, as far as they are
            known. Frames without either are not compared.
    """
    if seconds is not None and len(seconds) != len(frames):
        raise ValueError(f"{len(frames)} frames have {len(seconds)} moments")
    timely = timed(steady(frames))
    moments = seconds_of(timely) if seconds is None else tuple(seconds)
    apart = CLOCK_S if seconds is None else 0.0
    timely = set_steadily(timely, moments)
    sure = smooth(continuous(timely, moments, apart), moments, apart)
    told = tuple(checked(sighted(frame)) for frame in decided(sure, moments, apart))
    whole = filled(smooth(continuous(told, moments, apart), moments, apart), moments, apart)
    # Where the camera was filled, its target can be sighted now; what was filled is no witness against what was read.
    return tuple(frame if (found := sighted(frame)) is frame else checked(found) for frame in whole)
