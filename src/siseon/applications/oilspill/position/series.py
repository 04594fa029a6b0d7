"""The metadata of a flight's frames together: what one frame is not sure of, its neighbours decide; what cannot have
been between them is refused; what is missing is filled and says so."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.clock import Moments, seconds_of, steady
from siseon.applications.oilspill.position.course import SLACKS
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.gaps import filled
from siseon.applications.oilspill.position.outliers import continuous, set_steadily, smooth
from siseon.applications.oilspill.position.refusing import PAIRS
from siseon.applications.oilspill.position.sighted import sighted, usual_lines
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
    chosen = decided(sure, moments, apart)
    chosen = decided(_sighted(chosen, moments), moments, apart)
    told = _sighted(chosen, moments)
    whole = filled(smooth(continuous(told, moments, apart), moments, apart), moments, apart)
    whole = tuple(_with_read_half(frame, read) for frame, read in zip(whole, chosen, strict=True))
    # Where the camera was filled, its target can be sighted now; what was filled is no witness against what was read.
    usual = usual_lines(whole, moments)
    return tuple(
        frame if (found := sighted(frame, one)) is frame else checked(found)
        for frame, one in zip(whole, usual, strict=True)
    )


def _sighted(frames: Sequence[Metadata], moments: Moments) -> tuple[Metadata, ...]:
    """With targets that the lines of sight tell, as exactly as those around are known."""
    usual = usual_lines(frames, moments)
    return tuple(checked(sighted(*one)) for one in zip(frames, usual, strict=True))


def _with_read_half(frame: Metadata, read: Metadata) -> Metadata:
    """With the half of a position that was read, on its course, where the whole was filled because the other half was
    not: only that is interpolated then."""
    kept = {
        name: read.facts[name]
        for pair in PAIRS
        for name in pair
        if name in read.facts
        and sum(half in read.facts for half in pair) == 1
        and (fact := frame.facts.get(name)) is not None
        and fact.source == "interpolated"
        and _metres(name, fact.value, read.facts[name].value) <= SLACKS[name].most
    }
    if not kept:
        return frame
    refused = tuple(one for one in frame.refused if one.name not in kept)
    return frame.model_copy(update={"facts": {**frame.facts, **kept}, "refused": refused})


def _metres(name: FactName, one: float, other: float) -> float:
    """Between two latitudes, or two longitudes at the equator."""
    if name.endswith("latitude"):
        return abs(metres_between(one, 0.0, other, 0.0)[0])
    return abs(metres_between(0.0, one, 0.0, other)[1])
