"""Services with one fault each are told from right ones, by the rule that names the fault.

``benchmarks/review_faults.py`` prints all of them, over both detectors and on pictures of full size.
"""

from __future__ import annotations

import pytest

from review.faulty.detectors import Detector, by_colour, by_contours
from review.faulty.faults import FAULTS, Fault
from review.faulty.heldout import HELD_OUT
from review.faulty.trial import SMALL, faulty, right

ALL = (*FAULTS, *HELD_OUT)
IN_FULL_SIZE = {"classification index counts crops"}
"""Not to be found on smaller pictures."""


@pytest.mark.parametrize("fault", ALL, ids=[fault.name for fault in ALL])
def test_the_fault_is_found(fault: Fault) -> None:
    trial = faulty(fault, fault.detectors[-1], 1 if fault.name in IN_FULL_SIZE else SMALL)
    assert trial.telling, f"found instead: {trial.besides}"


@pytest.mark.parametrize("scale", [SMALL, 1])
@pytest.mark.parametrize("detect", [by_colour, by_contours])
def test_a_service_without_a_fault_raises_no_alarm(detect: Detector, scale: float) -> None:
    assert [(violation.check, violation.message) for violation in right(detect, scale).violations] == []
