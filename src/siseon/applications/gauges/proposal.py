"""What sight proposes of a dial: one of its scales, as a calibration, beside what sight itself reads and does not know.

A proposal that sight does not bear out is for a person to look at: its reading would look good, and be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.automatic import read_seen
from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.draft import Draft, proposed
from siseon.applications.gauges.reading import Known
from siseon.applications.gauges.scale_marks import marked
from siseon.applications.gauges.show import line


@dataclass(frozen=True, slots=True)
class Proposal:
    """One scale of a dial that was found by sight."""

    draft: Draft
    reading: Reading
    """By sight, on that scale."""
    unknown: tuple[tuple[float, float], ...]
    """Values between which the scale is not known: a number is missing there, and the others stand unevenly."""
    others: tuple[str, ...]
    """The other scales that were found, in words."""

    def doubts(self, draft: Draft, reading: Reading) -> tuple[str, ...]:
        """Why a draft that this has completed is not to be taken unseen; nothing where sight bears it out.

        Args:
            draft: with points of this proposal.
            reading: the picture's, by that draft.
        """
        found = []
        if self.reading.value is None:
            found.append(f"by sight the dial is {line(self.reading)}")
        elif draft.unit == self.draft.unit and not _agree(self.reading, reading):
            found.append(f"by these points it is {line(reading)}, by sight it is {line(self.reading)}")
        if draft.scale == self.draft.scale:
            found += [f"its scale is not known between {low:g} and {high:g}" for low, high in self.unknown]
        return tuple(found)


def proposal_of(pixels: NDArray[np.uint8], scales: Sequence[Known], unit: str | None) -> Proposal | str:
    """Of at least one scale in (H, W, 3) uint8 RGB the first that is read, rather one that is known all through;
    of those with the unit, where one is stated. By its marks where all of them are seen, else by its numbers. Or why
    there is none."""
    there = [one for one in scales if unit is None or one.unit == unit]
    there = there or [one for one in scales if one.unit is None]
    if not there:
        return f"no scale in {unit} was found, but {', '.join(map(_named, scales))}"
    read = [(one, read_seen(pixels, one)) for one in there]
    known, reading = max(read, key=lambda pair: (pair[1].value is not None, not pair[0].doubtful))
    return Proposal(
        proposed(marked(pixels, known) or known),
        reading,
        tuple(_between(known, first, last) for first, last in known.doubtful),
        tuple(_named(one) for one in scales if one is not known),
    )


def _agree(first: Reading, second: Reading) -> bool:
    """Whether both have values, which differ by no more than they allow for."""
    if first.value is None or second.value is None:
        return False
    return abs(first.value - second.value) <= (first.uncertainty or 0.0) + (second.uncertainty or 0.0)


def _named(known: Known) -> str:
    ends = known.scale
    return f"{ends.minimum:g} to {ends.maximum:g} {known.unit or 'without a unit'}"


def _between(known: Known, first: float, last: float) -> tuple[float, float]:
    """The values at two angles, the lower first."""
    low, high = sorted(np.interp([first, last], known.angles, known.values).tolist())
    return low, high
