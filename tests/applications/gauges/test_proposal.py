"""A proposal is borne out by sight, or says why it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from siseon.applications.gauges.contracts import Reading
from siseon.applications.gauges.draft import Draft
from siseon.applications.gauges.generated import Photo, calibration_of, photo
from siseon.applications.gauges.proposal import Proposal, proposal_of
from siseon.applications.gauges.reading import BESIDE_THE_SEEN, Known, known_of, read_dial


@pytest.fixture(scope="module")
def dial() -> Photo:
    return photo(4, "evaluation")


@pytest.fixture(scope="module")
def seen(dial: Photo) -> Known:
    """The dial as sight knows one: its marks are two degrees off, somewhere."""
    known = known_of(calibration_of(dial, off=0))
    return replace(known, unit="bar", deviation=2.0, beside=BESIDE_THE_SEEN)


def made(dial: Photo, scales: list[Known], unit: str | None = None) -> Proposal:
    found = proposal_of(dial.image.pixels, scales, unit)
    assert isinstance(found, Proposal)
    return found


def reading_by(dial: Photo, draft: Draft) -> Reading:
    calibration = draft.calibration(dial.image.width, dial.image.height, "boiler.png")
    return read_dial(dial.image.pixels, known_of(calibration))


def test_its_calibration_reads_as_sight_does_with_the_same_uncertainty(dial: Photo, seen: Known) -> None:
    proposal = made(dial, [seen])
    reading = reading_by(dial, proposal.draft)
    assert reading.value == pytest.approx(proposal.reading.value, rel=0.01)
    assert reading.uncertainty == pytest.approx(proposal.reading.uncertainty, rel=0.05)
    assert proposal.doubts(proposal.draft, reading) == ()


def test_a_scale_that_is_read_is_proposed_before_one_that_is_not(dial: Photo, seen: Known) -> None:
    whole = float(seen.angles[-1] - seen.angles[0])
    away = replace(seen, unit="psi", angles=seen.angles[0] - 1 - (360 - whole - 2) * np.array([1.0, 0.5]))
    away = replace(away, values=np.array([0.0, 9.0]))
    proposal = made(dial, [away, seen])
    assert (proposal.draft.unit, proposal.others) == ("bar", ("0 to 9 psi",))
    refused = made(dial, [away, seen], "psi")
    (doubt,) = refused.doubts(refused.draft, reading_by(dial, refused.draft))
    assert doubt.startswith("by sight the dial is not read: ambiguous_needle")


def test_a_stated_scale_that_reads_something_else_is_doubted(dial: Photo, seen: Known) -> None:
    proposal = made(dial, [seen])
    extent = seen.scale.maximum - seen.scale.minimum
    moved = [mark.model_copy(update={"value": mark.value + extent}) for mark in proposal.draft.scale]
    draft = replace(proposal.draft, scale=tuple(moved))
    (doubt,) = proposal.doubts(draft, reading_by(dial, draft))
    assert doubt.startswith("by these points it is ")


def test_what_is_not_known_of_its_scale_is_said(dial: Photo, seen: Known) -> None:
    proposal = made(dial, [replace(seen, doubtful=((float(seen.angles[-2]), float(seen.angles[-1])),))])
    low, high = sorted(seen.values[-2:].tolist())
    doubts = proposal.doubts(proposal.draft, reading_by(dial, proposal.draft))
    assert f"its scale is not known between {low:g} and {high:g}" in doubts


def test_a_stated_scale_takes_neither_unit_nor_deviation_from_the_proposal(dial: Photo, seen: Known) -> None:
    proposal = made(dial, [seen]).draft
    draft = Draft(scale=proposal.scale[:2]).completed(proposal)
    assert (draft.unit, draft.deviation, draft.centre) == (None, None, proposal.centre)


def test_a_unit_that_is_not_there_proposes_nothing(dial: Photo, seen: Known) -> None:
    assert "no scale in psi was found" in str(proposal_of(dial.image.pixels, [seen], "psi"))
