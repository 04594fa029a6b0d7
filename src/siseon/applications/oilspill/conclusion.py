"""What is said of all frames of a run together; what makes it, report and map, is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from siseon.applications.concluding import Answered, Unanswered
from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.oilspill.options import OilSpillOptions
from siseon.applications.oilspill.position.sidecar import read_sidecar
from siseon.contracts import Encoded


def expect(options: OilSpillOptions, names: Sequence[str]) -> None:
    """Refuse a table that does not tell these pictures apart.

    Raises:
        InputError: that, or it cannot be read.
    """
    if options.sidecar is not None:
        read_sidecar(Path(options.sidecar)).refuse_unclear(names)


def conclude(
    options: OilSpillOptions,
    answered: Iterable[Answered[OilSpillResult]],
    unanswered: Iterable[Unanswered] = (),
) -> Iterator[Encoded]:
    """See ``flight.conclude``."""
    from siseon.applications.oilspill import flight

    return flight.conclude(options, answered, unanswered)
