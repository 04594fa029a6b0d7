"""Reviews faulty services and says which faults were found."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from review.faulty.detectors import Detector
from review.faulty.faults import Fault
from review.faulty.service import LIMIT, Parts, service
from siseon.review import Hints, Options, Report, in_process, pictures
from siseon.review.cases import cases
from siseon.review.exchange import Case, Group
from siseon.review.operation import Envelope
from siseon.review.suite import ask, experiment, judged

OPTIONS = Options(flood_bytes=2 * LIMIT, patience_s=2.0)
"""The service answers within milliseconds, so that what waits half a second is blocked."""


SMALL = 0.5
"""Sides of pictures on which the detectors find the same things, in a quarter of the time."""


@cache
def _sent(scale: float) -> list[Case]:
    """All cases: to draw them takes a third of a review."""
    drawn = cases(Envelope.multipart)
    if scale == 1:
        return drawn
    scene = pictures.enlarged(pictures.scene(), scale)
    *first, last = cases(Envelope.multipart, pictures.Photo(pictures.jpeg(scene), scene))
    return [*first, *(case for case in drawn if case.group is Group.colour), last]


def reviewed(parts: Parts, groups: Collection[Group] = tuple(Group), scale: float = 1) -> Report:
    """What a review says that sends the cases of those groups and makes all experiments; ``scale``: of the scene."""

    async def go() -> Report:
        async with in_process(service(parts), "app", Hints()) as target:
            evidence = await ask(target, [case for case in _sent(scale) if case.group in groups])
            await experiment(target, evidence, OPTIONS)
            return judged(target, evidence, OPTIONS)

    return asyncio.run(go())


def drops_or_not(parts: Parts) -> bool:
    """Whether the work of clients that have gone is found to be done; the plain photo and the experiments alone."""
    report = reviewed(parts, (Group.plain,))
    return any(violation.check == "vanished-clients" for violation in report.violations)


def right(detect: Detector, scale: float = 1) -> Report:
    """The service without a fault."""
    return reviewed(Parts(detect), scale=scale)


@dataclass(frozen=True)
class Trial:
    """The rules that a service with a fault was found to break."""

    telling: tuple[str, ...]
    """Those that name the fault; none: it was missed."""
    besides: tuple[str, ...]


def faulty(fault: Fault, detect: Detector, scale: float = 1) -> Trial:
    broken = [violation.check for violation in reviewed(fault.parts(detect), scale=scale).violations]
    names = fault.rules.split()
    return Trial(
        telling=tuple(check for check in broken if check in names),
        besides=tuple(check for check in broken if check not in names),
    )
