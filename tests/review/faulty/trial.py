"""Reviews faulty services and says which faults were found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from review.faulty.detectors import Detector
from review.faulty.faults import Fault
from review.faulty.service import LIMIT, Parts, service
from siseon.review import Hints, Options, Report, in_process, review

OPTIONS = Options(flood_bytes=2 * LIMIT, patience_s=0.5)
"""The service answers within milliseconds, so that what waits half a second is blocked."""


def reviewed(parts: Parts) -> Report:
    async def go() -> Report:
        async with in_process(service(parts), "app", Hints()) as target:
            return await review(target, OPTIONS)

    return asyncio.run(go())


def right(detect: Detector) -> Report:
    """The service without a fault."""
    return reviewed(Parts(detect))


@dataclass(frozen=True)
class Trial:
    """The rules that a service with a fault was found to break."""

    telling: tuple[str, ...]
    """Those that name the fault; none: it was missed."""
    besides: tuple[str, ...]


def faulty(fault: Fault, detect: Detector) -> Trial:
    broken = [violation.check for violation in reviewed(fault.parts(detect)).violations]
    names = fault.rules.split()
    return Trial(
        telling=tuple(check for check in broken if check in names),
        besides=tuple(check for check in broken if check not in names),
    )
